"""Packing a class for the ministry's hub: which transcripts go, who waits and why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.identity import FindPeople, PersonV1
from services.contracts.signing.class_sheets import ReadSheetFiles
from services.contracts.transcript import TranscriptState
from services.contracts.transcript.hub import HubPackage, HubParked, HubWaiting, PackForHub
from services.transcript import repository
from services.transcript.canonical import from_canonical
from services.transcript.freezing import LEADERS
from services.transcript.hub_package import Entry, pack, record_of, waits_for


def pack_class(query: PackForHub, outside: Outside) -> HubPackage:
    """Read the class as it stands, its signed sheets, and the pupils as identity knows them now; store the zip."""
    with outside.db.transaction() as tx:
        unit_id = repository.find_unit_of_class(tx, query.school_year, query.class_id)
        if unit_id is None or outside.actor is None or not authority.holds(tx, outside.actor, LEADERS, unit_id):
            raise NotFound(class_id=query.class_id)
        rows = repository.newest_told(tx, query.school_year, query.class_id)
    ours = replace(outside, actor=None)
    people = {person.id: person for person in ours.ask(FindPeople(person_ids=tuple(rows)), timeout=30).people}
    sheets = ours.ask(ReadSheetFiles(school_year=query.school_year, class_id=query.class_id), timeout=30).files
    parked = {pupil_id: reason for pupil_id, row in rows.items() if (reason := _reason(row, people))}
    entries = [_entry(row, people[pupil_id], outside) for pupil_id, row in rows.items() if pupil_id not in parked]
    return HubPackage(
        file=outside.objects.put(outside.run(pack, entries, [outside.objects.get(name) for name in sheets])),
        records=tuple(map(record_of, entries)),
        parked=tuple(HubParked(pupil_id=pupil_id, reason=reason) for pupil_id, reason in parked.items()),
    )


def give_package(_tx: Tx, _query: PackForHub, _actor: Actor, package: HubPackage) -> HubPackage:
    return package


def _reason(row: Row[Any], people: Mapping[UUID, PersonV1]) -> HubWaiting | None:
    if row.state == TranscriptState.PARKED:
        return HubWaiting(row.reason)
    if row.state not in (TranscriptState.ISSUED, TranscriptState.REVOKED):
        return HubWaiting.NOT_ISSUED
    return waits_for(people[row.pupil_id])


def _entry(row: Row[Any], pupil: PersonV1, outside: Outside) -> Entry:
    return Entry(
        data=from_canonical(outside.objects.get(row.canonical)),
        pupil=pupil,
        xml=outside.objects.get(row.xml),
        pdf=outside.objects.get(row.pdf),
        is_revoked=row.state == TranscriptState.REVOKED,
        updated_at=row.revoked_at or row.issued_at,
    )
