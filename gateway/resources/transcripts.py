"""Transcripts (học bạ): freezing a class's, reading them, their files in all forms, revocation; copies handed out."""

import flask

from gateway.backend import HEAVY_SECONDS, admit, ask
from gateway.endpoints import BYTES, UNIT, YEAR, offer, offer_query, published, read, resource, send_file, serve
from services.chassis.errors import NotFound
from services.contracts.transcript import (
    FindClassTranscripts,
    FreezeClass,
    ReadTranscript,
    RevokeTranscript,
    TranscriptV1,
)
from services.contracts.transcript.copies import FindCopies, HandOutClass, HandOutExtract, HandOutRecord, ReadCopy
from services.contracts.transcript.files import FileForm, ReadTranscriptFile, ReadXmlSchema
from services.contracts.transcript.hub import PackForHub

CLASS = f"{YEAR}/classes/<uuid:class_id>/transcripts"
TRANSCRIPT = f"{YEAR}/transcripts/<uuid:transcript_id>"
PROGRESS = "/v1/years/{request.school_year}/classes/{request.class_id}/transcripts"
PUPIL = f"{UNIT}/pupils/<uuid:pupil_id>"
COPY = "/v1/copies/{answer.id}"
SCHEMA_SECONDS = 24 * 3600
api = resource("transcripts", "Học bạ (transcripts)")

offer(api, "POST", CLASS, FreezeClass, status=202, location=PROGRESS)
offer(api, "GET", CLASS, FindClassTranscripts)
offer(api, "GET", TRANSCRIPT, ReadTranscript)
offer(api, "POST", f"{TRANSCRIPT}/revocation", RevokeTranscript)
offer(api, "POST", f"{PUPIL}/record-copies", HandOutRecord, status=201, location=COPY, timeout=HEAVY_SECONDS)
offer(
    api,
    "POST",
    f"{PUPIL}/years/<int(fixed_digits=4):school_year>/extracts",
    HandOutExtract,
    status=201,
    location=COPY,
    timeout=HEAVY_SECONDS,
)
offer(api, "POST", f"{CLASS}/copies", HandOutClass, status=201, location=COPY, timeout=HEAVY_SECONDS)
offer(api, "GET", f"{CLASS}/hub-package", PackForHub, timeout=HEAVY_SECONDS)
offer_query(api, f"{UNIT}/copies", FindCopies)
offer(api, "GET", "/v1/copies/<uuid:copy_id>", ReadCopy)


@serve(api, "GET", f"{TRANSCRIPT}/pdf", ReadTranscript, content={"application/pdf": BYTES})
def read_pdf() -> flask.Response:
    return send_transcript(_transcript(), "pdf")


@serve(api, "GET", f"{TRANSCRIPT}/xml", ReadTranscript, content={"application/xml": BYTES})
def read_xml() -> flask.Response:
    return send_transcript(_transcript(), "xml")


@serve(api, "GET", "/schemas/hoc_ba.v1.xsd", ReadXmlSchema, content={"application/xml": BYTES})
def read_xml_schema() -> flask.Response:
    caller = admit(ReadXmlSchema)
    schema = ask(ReadXmlSchema(), caller)
    return published(flask.Response(schema.text, mimetype="application/xml"), SCHEMA_SECONDS)


@serve(api, "GET", f"{TRANSCRIPT}/json", ReadTranscriptFile, content={"application/json": BYTES})
def read_json() -> flask.Response:
    return _form(FileForm.JSON, "application/json", "json")


@serve(api, "GET", f"{TRANSCRIPT}/clr", ReadTranscriptFile, content={"application/vc+jwt": BYTES})
def read_clr() -> flask.Response:
    return _form(FileForm.CLR, "application/vc+jwt", "clr.jwt")


@serve(api, "GET", f"{TRANSCRIPT}/elmo", ReadTranscriptFile, content={"application/xml": BYTES})
def read_elmo() -> flask.Response:
    return _form(FileForm.ELMO, "application/xml", "elmo.xml")


@serve(api, "GET", "/v1/copies/<uuid:copy_id>/pdf", ReadCopy, content={"application/pdf": BYTES})
def read_copy_pdf() -> flask.Response:
    caller = admit(ReadCopy)
    copy = ask(read(ReadCopy, {}), caller)
    return send_file(copy.file, mimetype="application/pdf", name=f"ban-in-hoc-ba-{copy.id}.pdf")


@serve(api, "GET", f"{CLASS}/hub-package.zip", PackForHub, content={"application/zip": BYTES})
def read_hub_package() -> flask.Response:
    caller = admit(PackForHub)
    package = ask(read(PackForHub, {}), caller, timeout=HEAVY_SECONDS)
    return send_file(package.file, mimetype="application/zip", name=f"hocba-{package.file[:16]}.zip")


def _form(form: FileForm, mimetype: str, ending: str) -> flask.Response:
    caller = admit(ReadTranscriptFile)
    found = ask(read(ReadTranscriptFile, {"form": form}), caller, timeout=HEAVY_SECONDS)
    return send_file(found.file, mimetype=mimetype, name=f"hocba-{found.code}-{found.version}.{ending}")


def send_transcript(transcript: TranscriptV1, kind: str) -> flask.Response:
    """The newest file of the kind, pdf or xml, as a download; NotFound while there is none."""
    name = transcript.pdf if kind == "pdf" else transcript.xml
    if name is None:
        raise NotFound
    label = f"hocba-{transcript.code or transcript.id}-{transcript.version}.{kind}"
    return send_file(name, mimetype=f"application/{kind}", name=label)


def _transcript() -> TranscriptV1:
    caller = admit(ReadTranscript)
    return ask(read(ReadTranscript, {}), caller)
