"""Mark sheets: one class, one subject, one term; and corrections of what is closed."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import SHEET, YEAR, offer, read, reply, resource, serve
from services.contracts.gradebook.corrections import DecideCorrection, RequestCorrection, VerifyCorrection
from services.contracts.gradebook.phrases import AddPhrases, FindPhrases, RemovePhrase
from services.contracts.gradebook.sheets import MergeDraft, ReadSheet, SaveColumn, SaveComments

CORRECTION = f"{YEAR}/corrections/<uuid:correction_id>"
api = resource("sheets", "Bảng điểm (mark sheets)")

offer(api, "PUT", f"{SHEET}/columns/<uuid:column_id>", SaveColumn)
offer(api, "POST", f"{SHEET}/drafts", MergeDraft)
offer(api, "PUT", f"{SHEET}/comments", SaveComments)
offer(api, "POST", f"{SHEET}/corrections", RequestCorrection, status=201)
offer(api, "POST", f"{CORRECTION}/verification", VerifyCorrection)
offer(api, "POST", f"{CORRECTION}/decision", DecideCorrection)
offer(api, "GET", "/v1/me/phrases", FindPhrases)
offer(api, "POST", "/v1/me/phrases", AddPhrases, status=201)
offer(api, "DELETE", "/v1/me/phrases/<uuid:phrase_id>", RemovePhrase)


@serve(api, "GET", SHEET, ReadSheet)
def read_sheet() -> flask.Response:
    caller = admit(ReadSheet)
    response = reply(ask(read(ReadSheet, {}), caller))
    response.add_etag()  # of the content: a sheet's roster and window change without its marks' version
    response.make_conditional(flask.request)
    return response
