"""Transcripts (học bạ): freezing a class's, reading them, their files, revocation."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import BYTES, YEAR, offer, read, resource, send_file, serve
from services.chassis.errors import NotFound
from services.contracts.transcript import (
    FindClassTranscripts,
    FreezeClass,
    ReadTranscript,
    RevokeTranscript,
    TranscriptV1,
)

CLASS = f"{YEAR}/classes/<uuid:class_id>/transcripts"
TRANSCRIPT = f"{YEAR}/transcripts/<uuid:transcript_id>"
PROGRESS = "/v1/years/{request.school_year}/classes/{request.class_id}/transcripts"
api = resource("transcripts", "Học bạ (transcripts)")

offer(api, "POST", CLASS, FreezeClass, status=202, location=PROGRESS)
offer(api, "GET", CLASS, FindClassTranscripts)
offer(api, "GET", TRANSCRIPT, ReadTranscript)
offer(api, "POST", f"{TRANSCRIPT}/revocation", RevokeTranscript)


@serve(api, "GET", f"{TRANSCRIPT}/pdf", ReadTranscript, content={"application/pdf": BYTES})
def read_pdf() -> flask.Response:
    transcript = _transcript()
    return _file(transcript, transcript.pdf, kind="pdf")


@serve(api, "GET", f"{TRANSCRIPT}/xml", ReadTranscript, content={"application/xml": BYTES})
def read_xml() -> flask.Response:
    transcript = _transcript()
    return _file(transcript, transcript.xml, kind="xml")


def _transcript() -> TranscriptV1:
    caller = admit(ReadTranscript)
    return ask(read(ReadTranscript, {}), caller)


def _file(transcript: TranscriptV1, name: str | None, *, kind: str) -> flask.Response:
    """The newest file, as a download; NotFound while there is none."""
    if name is None:
        raise NotFound
    label = f"hocba-{transcript.code or transcript.id}-{transcript.version}.{kind}"
    return send_file(name, mimetype=f"application/{kind}", name=label)
