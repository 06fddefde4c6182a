"""Which pupils sit in which class: the school's list, moves between schools, and those who leave."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import (
    EnrolmentV1,
    FindEnrolment,
    FindLastEnrolment,
    MovePupil,
    PupilMovedV1,
    WithdrawPupil,
)
from services.contracts.identity import Change, Role
from services.gradebook.errors.school import EnrolledElsewhere, NotEnrolledThere
from services.gradebook.repository import enrolment, sheets
from services.gradebook.roles import LEADERS
from services.gradebook.usecases.arrivals import Arrival, carry_marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A pupil of a school's list, with the class that it names; the pupils' order in it is that of their classes."""

    pupil_id: UUID
    code: str
    class_id: UUID


def enrol_listed(tx: Tx, school_year: int, unit_id: UUID, listed: Sequence[Listed], actor: Actor) -> None:
    """Enrol the listed pupils who are new, and place those who came by transfer with the marks that they bring.

    One who is enrolled elsewhere is refused.
    """
    authority.require(tx, actor, (Role.ADMIN,), unit_id)
    known = enrolment.active_enrolments(tx, [pupil.pupil_id for pupil in listed])
    active = _without_earlier_arrivals(tx, known, school_year, unit_id)
    here = (school_year, unit_id, None)
    waiting = {of: row.id for of, row in active.items() if (row.school_year, row.unit_id, row.class_id) == here}
    settled = [pupil for pupil in listed if pupil.pupil_id in active and pupil.pupil_id not in waiting]
    elsewhere = sorted(pupil.code for pupil in settled if active[pupil.pupil_id].class_id != pupil.class_id)
    if elsewhere:
        raise EnrolledElsewhere(codes=", ".join(elsewhere))
    places = dict(enumerate(listed))
    arrived = {place: pupil for place, pupil in places.items() if pupil.pupil_id in waiting}
    sheets.hold(tx, school_year, terms={(one.class_id, term) for one in arrived.values() for term in (1, 2)})
    for place, pupil in arrived.items():
        enrolment.place_in_class(tx, waiting[pupil.pupil_id], class_id=pupil.class_id, position=place)
        came = Arrival(school_year=school_year, pupil_id=pupil.pupil_id, class_id=pupil.class_id, placed_by=actor)
        carry_marks(tx, came)
    _enrol(tx, school_year, unit_id, {place: one for place, one in places.items() if one.pupil_id not in active})


def find_enrolment(tx: Tx, query: FindEnrolment, actor: Actor) -> EnrolmentV1:
    """The pupil's active enrolment, for services and the leaders of the school; for others there is none."""
    row = enrolment.active_enrolments(tx, [query.pupil_id], hold=False).get(query.pupil_id)
    if row is None or not (actor.system or authority.holds(tx, actor, LEADERS, row.unit_id)):
        raise NotFound(pupil_id=query.pupil_id)
    return enrolment.as_enrolment(row)


def find_last_enrolment(tx: Tx, query: FindLastEnrolment, _actor: Actor) -> EnrolmentV1:
    row = enrolment.last_at(tx, query.pupil_id, query.unit_id)
    if row is None:
        raise NotFound(pupil_id=query.pupil_id)
    return enrolment.as_enrolment(row)


def move_pupil(tx: Tx, command: MovePupil, _actor: Actor) -> EnrolmentV1:
    """End one enrolment and begin the other in one step, so that there are never two and never none.

    One that the end of that year has ended stays as it is: the class's list keeps whom it taught to the end.
    """
    row = enrolment.newest_enrolments(tx, [command.pupil_id]).get(command.pupil_id)
    if row is None or row.unit_id != command.from_unit_id or not _can_move(row, command.school_year):
        raise NotEnrolledThere
    moved_on = max(today(tx), row.began_on)
    if row.ended_on is None:
        enrolment.end_enrolment(tx, row.id, moved_on, "MOVED")
    enrolment.insert_enrolments(tx, [_begun_anew(command, row, moved_on)])
    tx.emit(_moved(command, row.version + 1, at=tx.now()))
    return enrolment.as_enrolment(enrolment.active_enrolments(tx, [command.pupil_id])[command.pupil_id])


def _can_move(row: Row[Any], school_year: int) -> bool:
    return row.ended_on is None or (row.school_year == school_year and enrolment.stayed_to_the_end(row))


def withdraw_pupil(tx: Tx, command: WithdrawPupil, actor: Actor) -> EnrolmentV1:
    """The pupil's marks stay as they are; nothing more is asked of the class for this pupil."""
    row = enrolment.active_enrolments(tx, [command.pupil_id]).get(command.pupil_id)
    if row is None or row.school_year != command.school_year:
        raise NotFound(pupil_id=command.pupil_id)
    authority.require(tx, actor, LEADERS, row.unit_id)
    if not row.began_on <= command.left_on <= today(tx):
        raise Invalid(reason="a pupil leaves after coming, and not in the future")
    enrolment.end_enrolment(tx, row.id, command.left_on, "LEFT")
    return enrolment.as_enrolment(row, ended_on=command.left_on)


def _begun_anew(command: MovePupil, ended: Row[Any], on: date) -> dict[str, Any]:
    """The enrolment at the other school, in no class yet."""
    return {
        "id": new_id(),
        "school_year": command.school_year,
        "unit_id": command.to_unit_id,
        "class_id": None,
        "pupil_id": command.pupil_id,
        "code": ended.code,
        "position": 0,
        "version": ended.version + 1,
        "began_on": on,
    }


def _moved(command: MovePupil, version: int, *, at: datetime) -> PupilMovedV1:
    return PupilMovedV1(
        record_id=command.pupil_id,
        change=Change.UPDATE,
        version=version,
        updated_at=at,
        school_year=command.school_year,
        from_unit_id=command.from_unit_id,
        to_unit_id=command.to_unit_id,
    )


def today(tx: Tx) -> date:
    """The date at school: days are judged in Vietnam's time."""
    return authority.local_day(tx.now())


def _without_earlier_arrivals(
    tx: Tx, active: Mapping[UUID, Row[Any]], school_year: int, unit_id: UUID
) -> dict[UUID, Row[Any]]:
    """Who came by transfer when an earlier year was over here, and never had a class in it, begins this one anew."""
    earlier = {
        row.id: row
        for row in active.values()
        if (row.unit_id, row.class_id) == (unit_id, None) and row.school_year < school_year
    }
    for row in earlier.values():
        enrolment.end_enrolment(tx, row.id, max(today(tx), row.began_on), "YEAR_ENDED")
    return {pupil_id: row for pupil_id, row in active.items() if row.id not in earlier}


def _enrol(tx: Tx, school_year: int, unit_id: UUID, pupils: Mapping[int, Listed]) -> None:
    """Begin the enrolments of these pupils, given by their places on the list."""
    versions = enrolment.last_version(tx, [pupil.pupil_id for pupil in pupils.values()])
    here = {"school_year": school_year, "unit_id": unit_id, "began_on": today(tx)}
    rows = [
        here | asdict(pupil) | {"id": new_id(), "position": position, "version": versions.get(pupil.pupil_id, 0) + 1}
        for position, pupil in pupils.items()
    ]
    enrolment.insert_enrolments(tx, rows)
