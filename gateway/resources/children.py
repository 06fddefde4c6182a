"""Guardians: their accounts, their children, what was issued and what was handed out of it."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import BYTES, offer, read, resource, serve
from gateway.resources.transcripts import send_transcript
from services.contracts.identity import FindChildren, OpenGuardianAccount
from services.contracts.transcript.children import FindChildCopies, FindChildTranscripts, ReadChildTranscript

PUPIL = "/v1/pupils/<uuid:pupil_id>"
TRANSCRIPT = f"{PUPIL}/transcripts/<uuid:transcript_id>"
api = resource("children", "Phụ huynh và con (guardians and their children)")

offer(api, "POST", "/v1/guardians/<uuid:guardian_id>/account", OpenGuardianAccount, status=201)
offer(api, "GET", "/v1/me/children", FindChildren)
offer(api, "GET", f"{PUPIL}/copies", FindChildCopies)
offer(api, "GET", f"{PUPIL}/transcripts", FindChildTranscripts)


@serve(api, "GET", f"{TRANSCRIPT}/pdf", ReadChildTranscript, content={"application/pdf": BYTES})
def read_child_pdf() -> flask.Response:
    return _sent("pdf")


@serve(api, "GET", f"{TRANSCRIPT}/xml", ReadChildTranscript, content={"application/xml": BYTES})
def read_child_xml() -> flask.Response:
    return _sent("xml")


def _sent(kind: str) -> flask.Response:
    caller = admit(ReadChildTranscript)
    return send_transcript(ask(read(ReadChildTranscript, {}), caller), kind)
