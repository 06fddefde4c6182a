"""Conduct, absences and remarks: what the homeroom teacher says of a class each term."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.contracts.gradebook.conduct import ClassConduct, ConductEntry, ReadConduct, SaveConduct
from services.contracts.gradebook.school import ClassV1
from services.gradebook.domain import CONDUCT_LEVELS
from services.gradebook.errors.entering import StaleVersion
from services.gradebook.repository import conduct, enrolment, sheets
from services.gradebook.roles import LEADERS
from services.gradebook.rules.regulation import Stage
from services.gradebook.usecases import guards
from services.gradebook.usecases.guards import TERM_PERIOD


def save_conduct(tx: Tx, command: SaveConduct, actor: Actor) -> ClassConduct:
    """Write conduct, absences and remarks of a class for a term: all or none, and none over another's."""
    of_class = guards.get_class(tx, command.school_year, command.class_id)
    guards.require_homeroom(tx, of_class, actor)
    _check(command, of_class, set(enrolment.pupils_of(tx, command.school_year, command.class_id)))
    sheets.hold_class(tx, command.school_year, command.class_id, command.term)  # results are not locked meanwhile
    guards.require_unlocked(tx, command.school_year, command.class_id, TERM_PERIOD[command.term])
    guards.require_open_conduct(tx, of_class, command.term)
    known = conduct.conduct_of(tx, command.school_year, command.class_id)
    _refuse_stale(command, known)
    conduct.write_conduct(
        tx,
        school_year=command.school_year,
        class_id=command.class_id,
        term=command.term,
        entries=command.entries,
        person_id=actor.person_id,
    )
    return _conduct(tx, of_class, command.term)


def read_conduct(tx: Tx, query: ReadConduct, actor: Actor) -> ClassConduct:
    """For the homeroom teacher and the school's leaders."""
    of_class = guards.get_class(tx, query.school_year, query.class_id)
    if not authority.holds(tx, actor, LEADERS, of_class.unit_id):
        guards.require_homeroom(tx, of_class, actor)
    return _conduct(tx, of_class, query.term)


def _conduct(tx: Tx, of_class: ClassV1, term: int) -> ClassConduct:
    known = conduct.conduct_of(tx, of_class.school_year, of_class.id)
    pupils = enrolment.pupils_of(tx, of_class.school_year, of_class.id)
    entries = (known.get((term, pupil_id), _nothing_yet(pupil_id)) for pupil_id in pupils)
    return ClassConduct(class_id=of_class.id, term=term, entries=tuple(entries))


def _nothing_yet(pupil_id: UUID) -> ConductEntry:
    return ConductEntry(pupil_id=pupil_id, conduct=None, absences=0, remark="", version=0)


def _check(command: SaveConduct, of_class: ClassV1, pupils: set[UUID]) -> None:
    levels = (None,) if of_class.stage == Stage.PRIMARY else CONDUCT_LEVELS
    for entry in command.entries:
        if entry.pupil_id not in pupils:
            raise NotFound(pupil_id=entry.pupil_id)
        if entry.conduct not in levels:
            raise Invalid(reason=f"conduct is one of {', '.join(CONDUCT_LEVELS)}; primary pupils have none")
        if not 0 <= entry.unexcused <= entry.absences:
            raise Invalid(reason="absences are not negative, and those without leave are among them")


def _refuse_stale(command: SaveConduct, known: Mapping[tuple[int, UUID], ConductEntry]) -> None:
    pairs = ((e, known.get((command.term, e.pupil_id), _nothing_yet(e.pupil_id))) for e in command.entries)
    stale = [_both(entry, current) for entry, current in pairs if entry.version != current.version]
    if stale:
        raise StaleVersion(count=len(stale), cells=stale)


def _both(yours: ConductEntry, current: ConductEntry) -> dict[str, Any]:
    names = ("conduct", "absences", "unexcused", "remark", "version")
    sides = {"yours": yours, "current": current}
    return {"pupil_id": yours.pupil_id} | {
        side: {name: getattr(entry, name) for name in names} for side, entry in sides.items()
    }
