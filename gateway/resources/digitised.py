"""Digitised copies of paper transcripts: made of a scan that is kept as evidence, listed, and the scan itself."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import BYTES, UNIT_YEAR, YEAR, offer, read, resource, send_file, serve
from services.contracts.transcript.digitised import Digitise, FindDigitisedCopies, ReadDigitisedCopy

COPIES = f"{UNIT_YEAR}/digitised-copies"
COPY = f"{YEAR}/digitised-copies/<uuid:transcript_id>"
PLACE = "/v1/years/{request.school_year}/digitised-copies/{answer.document.id}"
SCANS = {"application/pdf": BYTES, "image/jpeg": BYTES, "image/png": BYTES}
SECONDS = 50.0  # forty pages are drawn in some twenty on an idle machine
api = resource("digitised", "Bản sao điện tử của học bạ giấy (digitised copies)")

offer(api, "POST", COPIES, Digitise, status=201, location=PLACE, timeout=SECONDS)
offer(api, "GET", COPIES, FindDigitisedCopies)
offer(api, "GET", COPY, ReadDigitisedCopy)


@serve(api, "GET", f"{COPY}/scan", ReadDigitisedCopy, content=SCANS)
def read_digitised_scan() -> flask.Response:
    caller = admit(ReadDigitisedCopy)
    copy = ask(read(ReadDigitisedCopy, {}), caller)
    kind = copy.scan_type.split("/")[1]
    return send_file(copy.scan, mimetype=copy.scan_type, name=f"ban-quet-{copy.document.code}.{kind}")
