"""What marks were before, whether their history is whole, and where somebody should look twice."""

import flask

from gateway.backend import Caller, admit, ask
from gateway.endpoints import YEAR, offer, read, reply, resource, serve
from services.contracts.gradebook.history import AuditSheet, CompareSheet, ReadCellHistory, ReadLedgerKeys
from services.contracts.gradebook.signals import FindSignals

SHEET = f"{YEAR}/sheets/<uuid:sheet_id>"
KEYS_SECONDS = 300
MOMENTS = [
    {
        "name": name,
        "in": "query",
        "required": True,
        "description": "RFC 3339, with its offset from UTC.",
        "schema": {"type": "string", "format": "date-time"},
    }
    for name in ("from_at", "to_at")
]
api = resource("history", "Lịch sử điểm, đối chứng, cảnh báo (history of marks, audit, signals)")

offer(api, "GET", f"{SHEET}/columns/<uuid:column_id>/pupils/<uuid:pupil_id>/history", ReadCellHistory)
offer(api, "GET", f"{SHEET}/audit", AuditSheet)
offer(api, "GET", f"{YEAR}/units/<uuid:unit_id>/signals", FindSignals)


@serve(api, "GET", f"{SHEET}/differences", CompareSheet, parameters=MOMENTS)
def compare_sheet() -> flask.Response:
    caller = admit(CompareSheet)
    moments = {name: moment for name in ("from_at", "to_at") if (moment := flask.request.args.get(name)) is not None}
    return reply(ask(read(CompareSheet, moments), caller))


@api.get(
    "/.well-known/ledger-keys.json", summary="The public keys that seals on mark histories are checked by (RFC 7517)"
)
def read_ledger_keys() -> flask.Response:
    response = reply(ask(ReadLedgerKeys(), Caller()).key_set)
    response.cache_control.public, response.cache_control.max_age = True, KEYS_SECONDS
    return response
