"""Pupils one by one: registered, looked up, given a personal ID, and the log of who looked at whom."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import UNIT, offer, read, reply, resource, serve
from services.contracts.identity import (
    AddPersonalId,
    FindAccesses,
    FindPupils,
    ReadHealthLink,
    RegisterPupils,
    SetHealthLink,
)

PUPIL = "/v1/pupils/<uuid:pupil_id>"
api = resource("people", "Học sinh, tra cứu, nhật ký truy cập (pupils, look-up, access log)")

offer(api, "POST", f"{UNIT}/pupils", RegisterPupils, status=201)
offer(api, "POST", f"{UNIT}/pupil-searches", FindPupils)
offer(api, "PUT", f"{PUPIL}/personal-id", AddPersonalId)
offer(api, "PUT", f"{PUPIL}/health-link", SetHealthLink)
offer(api, "GET", f"{PUPIL}/health-link", ReadHealthLink)

TIMES = [
    {
        "name": name,
        "in": "query",
        "required": True,
        "description": f"{which} moment, with its offset.",
        "schema": {"type": "string", "format": "date-time"},
    }
    for name, which in (("since", "The first"), ("until", "The first no longer asked for,"))
]


def _find_accesses(rule: str, name: str) -> None:
    """One address for each of: accesses to a pupil, at a unit, by oneself."""

    def view() -> flask.Response:
        caller = admit(FindAccesses)
        return reply(ask(read(FindAccesses, _times()), caller))

    view.__name__ = name
    serve(api, "GET", rule, FindAccesses, parameters=TIMES)(view)


def _times() -> dict[str, str]:
    return {name: flask.request.args[name] for name in ("since", "until") if name in flask.request.args}


_find_accesses(f"{PUPIL}/accesses", "find_accesses_to_pupil")
_find_accesses(f"{UNIT}/accesses", "find_accesses_at_unit")
_find_accesses("/v1/me/accesses", "find_own_accesses")
