"""The locking of results: the law's judgement on a class, made again for a pupil when a cause of it changes."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.results import (
    ClassResults,
    LockResults,
    Period,
    PeriodLocked,
    ReadClassResults,
    ResultsLockedV1,
    TakeResults,
)
from services.contracts.gradebook.school import ClassV1
from services.contracts.identity import Change
from services.gradebook.errors.results import Incomplete, LockOrder, NotLocked
from services.gradebook.judging import judge
from services.gradebook.judging.class_marks import TERMS_OF, ClassMarks
from services.gradebook.repository import enrolment, results, school, sheets
from services.gradebook.repository.class_marks import GovernedClass, marks_of_classes
from services.gradebook.repository.results import ClassPeriod
from services.gradebook.roles import LEADERS
from services.gradebook.rules.regulation import Regulation, governing
from services.gradebook.usecases import guards
from services.gradebook.usecases.guards import PERIOD_VI
from services.gradebook.usecases.statistics import CountClassTask

BEFORE = {Period.TERM_2: Period.TERM_1, Period.YEAR: Period.TERM_2}
JUDGED = frozenset({Regulation.TT27_2020, Regulation.TT22_2021, Regulation.TT43_2021})
"""The regulations that classes are taught under since the platform began; older years are kept as they were given."""
SETTLED = ("PROMOTED", "NOT_PROMOTED")
"""What a transcript is made of; it waits while the year is open to a second chance."""
MOST_NAMED = 500  # missing things that one refusal names


def lock_results(tx: Tx, command: LockResults, actor: Actor) -> PeriodLocked:
    """Judge every pupil of the class by the regulation in force and make the period final."""
    of_class = guards.get_class(tx, command.school_year, command.class_id)
    authority.require(tx, actor, LEADERS, of_class.unit_id)
    sheets.hold_class(tx, command.school_year, command.class_id, *TERMS_OF[command.period])
    _check_order(tx, command)
    [known] = class_marks(tx, [of_class])
    _refuse_incomplete(known, command.period)
    judged = [judge(known, pupil_id, command.period) for pupil_id in known.pupils]
    place = ClassPeriod(school_year=command.school_year, class_id=command.class_id, period=command.period)
    results.lock(tx, place, actor.person_id)
    results.add_results(tx, command.school_year, command.period, {command.class_id: judged})
    _announce(tx, of_class, command.period, Change.NEW)
    return PeriodLocked(class_id=command.class_id, period=command.period, pupils=len(judged))


def judge_again(tx: Tx, of_class: ClassV1, pupil_ids: Collection[UUID], *, basis: str) -> None:
    """New versions of these pupils' locked results, after a cause of theirs has changed; `basis` names the change."""
    sheets.hold_class(tx, of_class.school_year, of_class.id)
    [known] = class_marks(tx, [of_class])
    for period in sorted(results.locked_periods(tx, of_class.school_year, of_class.id), key=list(Period).index):
        _refuse_incomplete(known, period, pupil_ids)
        judged = [judge(known, pupil_id, period) for pupil_id in pupil_ids]
        results.add_results(tx, of_class.school_year, period, {of_class.id: judged}, basis=basis)
        _announce(tx, of_class, period, Change.UPDATE)


def read_class_results(tx: Tx, query: ReadClassResults, actor: Actor) -> ClassResults:
    """A class's year, for services under a system grant and for the school's leaders."""
    of_class = guards.get_class(tx, query.school_year, query.class_id)
    if not actor.system and not authority.holds(tx, actor, LEADERS, of_class.unit_id):
        raise NotFound
    return _class_results(tx, of_class)


def take_results(tx: Tx, request: TakeResults, _actor: Actor) -> ClassResults:
    """Whoever changes a result holds the class's sheets too, and only then asks whether a transcript rests on it."""
    of_class = guards.get_class(tx, request.school_year, request.class_id)
    sheets.hold_class(tx, request.school_year, request.class_id)
    found = _class_results(tx, of_class)
    settled = {one.pupil_id for one in found.results if one.promotion in SETTLED}
    made = [one for one in request.transcripts if one.pupil_id in settled]
    results.note_documents(tx, request.school_year, [(one.pupil_id, one.version, "FROZEN") for one in made])
    return found


def _class_results(tx: Tx, of_class: ClassV1) -> ClassResults:
    school_year, class_id = of_class.school_year, of_class.id
    if Period.YEAR not in results.locked_periods(tx, school_year, class_id):
        raise NotLocked
    by_pupil = results.year_results(tx, school_year, class_id)
    order = enrolment.pupils_of(tx, school_year, class_id, ended_too=True)
    return ClassResults(
        school_year=school_year,
        unit_id=of_class.unit_id,
        class_id=class_id,
        class_name=of_class.name,
        stage=of_class.stage,
        grade=of_class.grade,
        homeroom_id=of_class.homeroom_id,
        results=tuple(by_pupil[pupil_id] for pupil_id in order if pupil_id in by_pupil),
    )


def class_marks(tx: Tx, classes: Sequence[ClassV1]) -> list[ClassMarks]:
    """What decides the results of classes of one school's year, one at least, with the regulation that governs each."""
    school_year, unit_id = classes[0].school_year, classes[0].unit_id
    years = school.years_of(tx, school_year, unit_id)
    governed = [
        GovernedClass(
            of_class=one,
            regulation=governing(one.stage, one.grade, school_year, among=JUDGED),
            second_term_on=years[one.stage].second_term_on,
        )
        for one in classes
    ]
    return marks_of_classes(tx, school_year, governed)


def _check_order(tx: Tx, command: LockResults) -> None:
    locked = results.locked_periods(tx, command.school_year, command.class_id)
    guards.require_unlocked(tx, command.school_year, command.class_id, command.period)
    before = BEFORE.get(command.period)
    if before and before not in locked:
        raise LockOrder(first=PERIOD_VI[before], period=PERIOD_VI[command.period])


def _refuse_incomplete(known: ClassMarks, period: Period, pupil_ids: Collection[UUID] | None = None) -> None:
    """Nothing is locked while a mark or a conduct is missing; each missing thing is named by pupil's code."""
    missing = [
        one
        for pupil_id in (known.pupils if pupil_ids is None else pupil_ids)
        for one in known.missing(pupil_id, period)
    ]
    if missing:
        raise Incomplete(count=len(missing), errors=missing[:MOST_NAMED])


def _announce(tx: Tx, of_class: ClassV1, period: Period, change: Change) -> None:
    tx.emit(
        ResultsLockedV1(
            record_id=of_class.id,
            change=change,
            version=school.next_results_version(tx, of_class.school_year, of_class.id),
            updated_at=tx.now(),
            school_year=of_class.school_year,
            unit_id=of_class.unit_id,
            period=period,
        )
    )
    tx.later(CountClassTask(school_year=of_class.school_year, class_id=of_class.id, period=period))
