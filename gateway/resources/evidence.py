"""Scanned papers that changes of marks rest on: sent before a change names them, read by those who decide on it."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import BYTES, UNIT, UNIT_YEAR, offer_upload, read, resource, send_file, serve
from services.contracts.gradebook.evidence import KeepEvidence, ReadEvidence

FILES = {"application/pdf": BYTES, "image/jpeg": BYTES, "image/png": BYTES}
api = resource("evidence", "Bản chụp làm căn cứ (evidence)")

offer_upload(api, f"{UNIT_YEAR}/evidence", KeepEvidence)


@serve(api, "GET", f"{UNIT}/evidence/<file>", ReadEvidence, content=FILES)
def read_evidence() -> flask.Response:
    caller = admit(ReadEvidence)
    kept = ask(read(ReadEvidence, {}), caller)
    return send_file(kept.file, mimetype=kept.content_type, name=f"{kept.file[:12]}.{kept.content_type.split('/')[1]}")
