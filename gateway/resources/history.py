"""What marks were before, whether their history is whole, and where somebody should look twice."""

import flask

from gateway.backend import Caller, ask
from gateway.endpoints import SHEET, UNIT_YEAR, offer, offer_query, reply, resource
from services.contracts.gradebook.history import AuditSheet, CompareSheet, ReadCellHistory, ReadLedgerKeys
from services.contracts.gradebook.signals import FindSignals

KEYS_SECONDS = 300
api = resource("history", "Lịch sử điểm, đối chứng, cảnh báo (history of marks, audit, signals)")

offer(api, "GET", f"{SHEET}/columns/<uuid:column_id>/pupils/<uuid:pupil_id>/history", ReadCellHistory)
offer(api, "GET", f"{SHEET}/audit", AuditSheet)
offer_query(api, f"{SHEET}/differences", CompareSheet)
offer(api, "GET", f"{UNIT_YEAR}/signals", FindSignals)


@api.get(
    "/.well-known/ledger-keys.json", summary="The public keys that seals on mark histories are checked by (RFC 7517)"
)
def read_ledger_keys() -> flask.Response:
    response = reply(ask(ReadLedgerKeys(), Caller()).key_set)
    response.cache_control.public, response.cache_control.max_age = True, KEYS_SECONDS
    return response
