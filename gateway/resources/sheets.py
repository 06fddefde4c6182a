"""Mark sheets: one class, one subject, one term."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import YEAR, offer, offer_upload, read, reply, resource, serve
from services.contracts.gradebook.history import AuditSheet
from services.contracts.gradebook.sheets import ImportMarks, ReadSheet, SaveColumn, SaveComments

SHEET = f"{YEAR}/sheets/<uuid:sheet_id>"
api = resource("sheets", "Bảng điểm (mark sheets)")

offer(api, "PUT", f"{SHEET}/columns/<uuid:column_id>", SaveColumn)
offer_upload(api, f"{SHEET}/mark-imports", ImportMarks)
offer(api, "PUT", f"{SHEET}/comments", SaveComments)
offer(api, "GET", f"{SHEET}/audit", AuditSheet)


@serve(api, "GET", SHEET, ReadSheet)
def read_sheet() -> flask.Response:
    caller = admit(ReadSheet)
    response = reply(ask(read(ReadSheet, {}), caller))
    response.add_etag()  # of the content: a sheet's roster and window change without its marks' version
    response.make_conditional(flask.request)
    return response
