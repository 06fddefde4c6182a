"""Which pupils sit in which class: the admin's list, moves between schools, and those who leave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.chassis.workbook import bounded
from services.contracts.gradebook.enrolment import (
    EnrolmentV1,
    FindEnrolment,
    ImportPupils,
    MovePupil,
    PupilMovedV1,
    PupilsImported,
    WithdrawPupil,
)
from services.contracts.identity import Change, NewPupil, RegisterPupils, Role
from services.gradebook.errors.school import EnrolledElsewhere, NotEnrolledThere
from services.gradebook.repository import enrolment, school
from services.gradebook.roles import LEADERS
from services.gradebook.spreadsheets import PupilRow, read_pupils
from services.gradebook.usecases.arrivals import Arrival, carry_marks


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPupil:
    """A pupil of the imported list, with the person that identity knows by the code."""

    row: PupilRow
    person_id: UUID


Places = Mapping[ListedPupil, tuple[UUID, int]]
"""Where the list puts each pupil: the class, and the place on its list."""


def register_listed(command: ImportPupils, outside: Outside) -> tuple[ListedPupil, ...]:
    """Read the list and have identity register its pupils; those who left the school are passed over."""
    with outside.db.transaction() as tx:
        names = [one.name for one in school.classes_of(tx, command.school_year, command.unit_id)]
    read = partial(bounded, class_codes=names)
    listed: tuple[PupilRow, ...] = outside.run(read, read_pupils, outside.objects.get(command.file))
    rows = [row for row in listed if row.state.is_at_school]
    new = tuple(_new_pupil(row) for row in rows)
    registered = outside.ask(RegisterPupils(unit_id=command.unit_id, pupils=new), timeout=30)
    ids = {ref.code: ref.person_id for ref in registered.pupils}
    return tuple(ListedPupil(row=row, person_id=ids[row.pupil_code]) for row in rows)


def import_pupils(tx: Tx, command: ImportPupils, actor: Actor, listed: tuple[ListedPupil, ...]) -> PupilsImported:
    """Enrol the listed pupils who are new, and place those who came by transfer with the marks that they bring.

    One who is enrolled elsewhere is refused.
    """
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    class_ids = {one.name: one.id for one in school.classes_of(tx, command.school_year, command.unit_id)}
    places = {pupil: (class_ids[pupil.row.class_code], position) for position, pupil in enumerate(listed)}
    active = enrolment.active_enrolments(tx, [pupil.person_id for pupil in listed])
    arrived = [pupil for pupil in listed if _waits_for_class(active.get(pupil.person_id), command)]
    new = [pupil for pupil in listed if pupil.person_id not in active]
    _refuse_elsewhere(set(listed) - {*arrived, *new}, active, places)
    for pupil in arrived:
        class_id, position = places[pupil]
        enrolment.place_in_class(tx, active[pupil.person_id].id, class_id=class_id, position=position)
        arrival = Arrival(school_year=command.school_year, pupil_id=pupil.person_id, class_id=class_id, placed_by=actor)
        carry_marks(tx, arrival)
    _enrol(tx, command, new, places)
    return PupilsImported(pupils=len(listed), enrolled=len(new) + len(arrived))


def find_enrolment(tx: Tx, query: FindEnrolment, actor: Actor) -> EnrolmentV1:
    """The pupil's active enrolment, for services and the leaders of the school; for others there is none."""
    row = enrolment.active_enrolments(tx, [query.pupil_id]).get(query.pupil_id)
    if row is None or not (actor.system or authority.holds(tx, actor, LEADERS, row.unit_id)):
        raise NotFound(pupil_id=query.pupil_id)
    return enrolment.as_enrolment(row)


def move_pupil(tx: Tx, command: MovePupil, _actor: Actor) -> EnrolmentV1:
    """End one enrolment and begin the other in one step, so that there are never two and never none."""
    row = enrolment.active_enrolments(tx, [command.pupil_id]).get(command.pupil_id)
    if row is None or row.unit_id != command.from_unit_id:
        raise NotEnrolledThere
    moved_on = max(today(tx), row.began_on)
    enrolment.end_enrolment(tx, row.id, moved_on, "MOVED")
    new = {
        "id": new_id(),
        "school_year": command.school_year,
        "unit_id": command.to_unit_id,
        "class_id": None,
        "pupil_id": command.pupil_id,
        "code": row.code,
        "position": 0,
        "version": row.version + 1,
        "began_on": moved_on,
    }
    enrolment.insert_enrolments(tx, [new])
    tx.emit(
        PupilMovedV1(
            record_id=command.pupil_id,
            change=Change.UPDATE,
            version=row.version + 1,
            updated_at=tx.now(),
            school_year=command.school_year,
            from_unit_id=command.from_unit_id,
            to_unit_id=command.to_unit_id,
        )
    )
    return enrolment.as_enrolment(enrolment.active_enrolments(tx, [command.pupil_id])[command.pupil_id])


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


def today(tx: Tx) -> date:
    """The date at school: days are judged in Vietnam's time."""
    return authority.local_day(tx.now())


def _waits_for_class(row: Row[Any] | None, command: ImportPupils) -> bool:
    """Whether the pupil came to this school by transfer and has no class yet."""
    if row is None:
        return False
    here = (command.school_year, command.unit_id, None)
    return (row.school_year, row.unit_id, row.class_id) == here


def _refuse_elsewhere(enrolled: Collection[ListedPupil], active: Mapping[UUID, Row[Any]], places: Places) -> None:
    elsewhere = sorted(
        pupil.row.pupil_code for pupil in enrolled if active[pupil.person_id].class_id != places[pupil][0]
    )
    if elsewhere:
        raise EnrolledElsewhere(codes=", ".join(elsewhere))


def _enrol(tx: Tx, command: ImportPupils, pupils: Sequence[ListedPupil], places: Places) -> None:
    versions = enrolment.last_version(tx, [pupil.person_id for pupil in pupils])
    here = {"school_year": command.school_year, "unit_id": command.unit_id, "began_on": today(tx)}
    rows = [
        here
        | {
            "id": new_id(),
            "class_id": places[pupil][0],
            "pupil_id": pupil.person_id,
            "code": pupil.row.pupil_code,
            "position": places[pupil][1],
            "version": versions.get(pupil.person_id, 0) + 1,
        }
        for pupil in pupils
    ]
    enrolment.insert_enrolments(tx, rows)


def _new_pupil(row: PupilRow) -> NewPupil:
    return NewPupil(
        code=row.pupil_code,
        name=row.full_name,
        born_on=row.born_on,
        gender=row.sex.value,
        ethnicity=row.ethnicity or "",
        personal_id=row.personal_id,
    )
