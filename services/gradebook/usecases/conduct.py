"""Conduct, absences and remarks: what the homeroom teacher says of a class each term."""

from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.contracts.gradebook.conduct import ConductSaved, SaveConduct
from services.contracts.gradebook.windows import WindowKind
from services.contracts.identity import Role
from services.gradebook.domain import CONDUCT_LEVELS
from services.gradebook.errors import NotYourClass
from services.gradebook.repository import marks, results, school
from services.gradebook.usecases.marks import TERM_PERIOD, require_open, require_unlocked


def save_conduct(tx: Tx, command: SaveConduct, actor: Actor) -> ConductSaved:
    """Write conduct, absences and remarks of a class for a term, in one request."""
    of_class = school.get_class(tx, command.school_year, command.class_id)
    if of_class is None:
        raise NotFound(class_id=command.class_id)
    if of_class.homeroom_id != actor.person_id:
        raise NotYourClass if authority.holds(tx, actor, tuple(Role), of_class.unit_id) else NotFound
    pupils = school.pupils_of(tx, command.school_year, command.class_id)
    _check_conduct(command, set(pupils))
    marks.hold_class(tx, command.school_year, command.class_id, command.term)  # results are not locked meanwhile
    require_unlocked(tx, command.school_year, command.class_id, TERM_PERIOD[command.term])
    require_open(
        tx, school_year=command.school_year, unit_id=of_class.unit_id, term=command.term, kind=WindowKind.COMMENTS
    )
    results.write_conduct(
        tx,
        school_year=command.school_year,
        class_id=command.class_id,
        term=command.term,
        entries=command.entries,
        person_id=actor.person_id,
    )
    return ConductSaved(written=len(command.entries))


def _check_conduct(command: SaveConduct, pupils: set[UUID]) -> None:
    for entry in command.entries:
        if entry.pupil_id not in pupils:
            raise NotFound(pupil_id=entry.pupil_id)
        if entry.conduct not in CONDUCT_LEVELS or entry.absences < 0:
            raise Invalid(reason=f"conduct is one of {', '.join(CONDUCT_LEVELS)}, and absences are not negative")
