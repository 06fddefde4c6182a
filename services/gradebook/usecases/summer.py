"""Second chances: what a summer brought, told by a teacher and accepted by the principal."""

from dataclasses import replace

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.contracts.gradebook.results import Period, PupilResult
from services.contracts.gradebook.school import ClassV1, SubjectKind
from services.contracts.gradebook.sheets import Scale, SheetHead
from services.contracts.gradebook.summer import (
    DecideSecondChance,
    FindSecondChances,
    ProposeSecondChance,
    SecondChances,
    SecondChanceV1,
)
from services.contracts.identity import Role
from services.gradebook.domain import CONDUCT_LEVELS, READERS
from services.gradebook.errors.results import NoSecondChance, NotLocked, ReportRequired, SamePerson
from services.gradebook.repository import corrections, results, sheets
from services.gradebook.roles import LEADERS
from services.gradebook.rules.regulation import Stage
from services.gradebook.usecases import guards
from services.gradebook.usecases.corrections import refuse_sealed
from services.gradebook.usecases.evidence import require_kept
from services.gradebook.usecases.results import judge_again

OPEN = ("RETEST", "SUMMER_TRAINING")
DECISIONS = ("PROMOTED", "NOT_PROMOTED")
SCALES = {SubjectKind.SCORED: Scale.MARK, SubjectKind.COMMENT: Scale.PASS}


def propose_second_chance(tx: Tx, command: ProposeSecondChance, actor: Actor) -> SecondChanceV1:
    """Keep a result of the summer until the principal has decided; what is decided stays."""
    of_class = guards.get_class(tx, command.school_year, command.class_id)
    head = _sheet_of(tx, of_class, command.subject)
    if head is None:
        guards.require_homeroom(tx, of_class, actor)
    else:
        guards.require_teacher(tx, head, actor)
    _require_open(tx, of_class, command)
    if command.report:
        require_kept(tx, of_class.unit_id, command.report)
    chance = SecondChanceV1(
        class_id=command.class_id,
        pupil_id=command.pupil_id,
        subject=command.subject,
        result=_result(of_class, head, command),
        report=command.report,
        note=command.note,
        proposed_by=actor.person_id,
        proposed_at=tx.now(),
        decided_by=None,
        decided_at=None,
    )
    corrections.keep_chance(tx, command.school_year, chance)
    return chance


def decide_second_chance(tx: Tx, command: DecideSecondChance, actor: Actor) -> SecondChanceV1:
    """Accept what was proposed, and judge the pupil's year with it; refused where the law opens no second chance."""
    of_class = guards.get_class(tx, command.school_year, command.class_id)
    authority.require(tx, actor, (Role.PRINCIPAL,), of_class.unit_id)
    chance = corrections.hold_chance(tx, command)
    if chance is None or chance.decided_by:
        raise NotFound(pupil_id=command.pupil_id)
    if chance.proposed_by == actor.person_id:
        raise SamePerson
    sheets.hold_class(tx, command.school_year, command.class_id)
    refuse_sealed(tx, command.school_year, command.pupil_id)
    decided = replace(chance, decided_by=actor.person_id, decided_at=tx.now())
    corrections.keep_chance(tx, command.school_year, decided)
    judge_again(tx, of_class, [command.pupil_id], basis=f"summer:{command.subject}")
    return decided


def find_second_chances(tx: Tx, query: FindSecondChances, actor: Actor) -> SecondChances:
    """For the homeroom teacher and the school's leaders."""
    of_class = guards.get_class(tx, query.school_year, query.class_id)
    if not authority.holds(tx, actor, LEADERS, of_class.unit_id):
        guards.require_homeroom(tx, of_class, actor)
    return SecondChances(second_chances=tuple(corrections.chances_of(tx, query.school_year, query.class_id)))


def _sheet_of(tx: Tx, of_class: ClassV1, subject: str) -> SheetHead | None:
    """The last sheet of the subject in the class; None for what no subject's teacher tells."""
    found = sheets.sheets_of_classes(tx, of_class.school_year, [of_class.id])
    mine = [head for head in found if head.subject == subject and head.kind is not SubjectKind.QUALITIES]
    return mine[-1] if mine else None


def _require_open(tx: Tx, of_class: ClassV1, command: ProposeSecondChance) -> None:
    """The year is locked, the pupil waits for a second chance, and nothing is decided there yet."""
    if Period.YEAR not in results.locked_periods(tx, of_class.school_year, of_class.id):
        raise NotLocked
    result = results.year_results(tx, of_class.school_year, of_class.id).get(command.pupil_id)
    if result is None:
        raise NotFound(pupil_id=command.pupil_id)
    before = corrections.hold_chance(tx, command)
    if (before and before.decided_by) or not _waits(result):
        raise NoSecondChance(promotion=result.promotion, what=command.subject or "rèn luyện")
    refuse_sealed(tx, command.school_year, command.pupil_id)


def _waits(result: PupilResult) -> bool:
    """Whether a second chance is open; one who has used a part of it may go on with the rest of the summer."""
    return result.promotion in OPEN or (result.level_after is not None and result.promotion == "NOT_PROMOTED")


def _result(of_class: ClassV1, head: SheetHead | None, command: ProposeSecondChance) -> str:
    """What was brought, in the form in which it is judged."""
    if of_class.stage == Stage.PRIMARY:
        return _primary_result(head, command)
    if head is None:
        return _conduct_result(command)
    return _read(SCALES[head.kind], command.result)


def _conduct_result(command: ProposeSecondChance) -> str:
    if command.subject or command.result not in CONDUCT_LEVELS:
        raise Invalid(reason=f"conduct is one of {', '.join(CONDUCT_LEVELS)}, told without a subject")
    if not command.report:
        raise ReportRequired
    return command.result


def _primary_result(head: SheetHead | None, command: ProposeSecondChance) -> str:
    """A subject's level, with its test's mark after a space; a quality's level; or the decision on the pupil."""
    if head is not None:
        level, _, test = command.result.partition(" ")
        return " ".join([_read(Scale.LEVEL, level), *([_read(Scale.TEST, test)] if test else [])])
    if command.subject:
        return _read(Scale.QUALITY, command.result)
    if command.result not in DECISIONS:
        raise Invalid(reason=f"the decision on a pupil is {' or '.join(DECISIONS)}")
    return command.result


def _read(scale: Scale, text: str) -> str:
    value = READERS[scale](text)
    if value is None:
        raise Invalid(reason=f"{text} is no result of this subject")
    return value
