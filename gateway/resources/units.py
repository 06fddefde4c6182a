"""Units (Sở, xã, trường), their staff, their pupils' guardians, consents and messages."""

import flask

from gateway.backend import admit, ask
from gateway.endpoints import UNIT, offer, offer_upload, read, reply, resource, serve
from services.contracts.identity import (
    AddGuardians,
    AddStaff,
    CreateUnit,
    FindStaff,
    FindUnits,
    ImportStaff,
    ReissueActivation,
)
from services.contracts.notify import CountDeliveries, RecordConsents

api = resource("units", "Đơn vị, nhân sự, phụ huynh (units, staff, guardians)")

offer(api, "POST", "/v1/units", CreateUnit, status=201)
offer(api, "POST", f"{UNIT}/staff", AddStaff, status=201)
offer_upload(api, f"{UNIT}/staff-imports", ImportStaff)
offer(api, "GET", f"{UNIT}/staff", FindStaff)
offer(api, "POST", f"{UNIT}/staff/<uuid:person_id>/activation-codes", ReissueActivation)
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


@serve(api, "GET", "/v1/units", FindUnits, parameters=[IDS])
def find_units() -> flask.Response:
    caller = admit(FindUnits)
    return reply(ask(read(FindUnits, {"unit_ids": flask.request.args.getlist("id")}), caller))
