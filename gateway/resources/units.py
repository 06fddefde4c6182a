"""Units (Bộ, Sở, Phòng, xã, trường): the tree valid in time, and who holds which role where."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import UNIT, offer, offer_query, offer_upload, read, reply, resource, serve
from services.contracts.identity import (
    AddGuardians,
    AddStaff,
    CloseUnit,
    CreateUnit,
    EndGrant,
    FindGrants,
    FindStaff,
    FindUnits,
    FindUnitsBelow,
    ImportStaff,
    MergeUnits,
    MoveUnit,
    MoveUnits,
    ReissueActivation,
    RenameUnit,
)
from services.contracts.notify import CountDeliveries, RecordConsents

api = resource("units", "Đơn vị, nhân sự, phụ huynh (units, staff, guardians)")

offer(api, "POST", "/v1/units", CreateUnit, status=201)
offer(api, "PUT", f"{UNIT}/name", RenameUnit)
offer(api, "PUT", f"{UNIT}/parent", MoveUnit)
offer(api, "POST", "/v1/unit-moves", MoveUnits)
offer(api, "POST", f"{UNIT}/closure", CloseUnit)
offer(api, "POST", f"{UNIT}/mergers", MergeUnits)
offer_query(api, f"{UNIT}/units", FindUnitsBelow)
offer(api, "POST", f"{UNIT}/staff", AddStaff, status=201)
offer_upload(api, f"{UNIT}/staff-imports", ImportStaff)
offer(api, "GET", f"{UNIT}/staff", FindStaff)
offer(api, "POST", f"{UNIT}/staff/<uuid:person_id>/activation-codes", ReissueActivation)
offer(api, "GET", f"{UNIT}/grants", FindGrants)
offer(api, "POST", "/v1/grants/<uuid:grant_id>/end", EndGrant)
offer(api, "POST", f"{UNIT}/guardians", AddGuardians, status=201)
offer(api, "POST", f"{UNIT}/consents", RecordConsents)
offer(api, "GET", f"{UNIT}/deliveries", CountDeliveries)

IDS = {
    "name": "id",
    "in": "query",
    "required": True,
    "description": "May be repeated.",
    "schema": {"type": "array", "items": {"type": "string", "format": "uuid"}},
}
ON = {
    "name": "on",
    "in": "query",
    "description": "As of this day in Vietnam's time; today where it is not said.",
    "schema": {"type": "string", "format": "date"},
}


@serve(api, "GET", "/v1/units", FindUnits, parameters=[IDS, ON])
def find_units() -> flask.Response:
    caller = admit(FindUnits)
    given = {"unit_ids": flask.request.args.getlist("id"), "on": flask.request.args.get("on")}
    return reply(ask(read(FindUnits, given), caller))
