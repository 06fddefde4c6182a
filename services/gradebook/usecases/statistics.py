"""Locked results in numbers: counted class by class behind each lock, read by any tree of units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor, local_day
from services.chassis.database import Tx
from services.chassis.errors import Invalid
from services.chassis.service import Outside
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import (
    VALUES,
    Dimension,
    Measure,
    ReadStatistics,
    RebuildStarted,
    RebuildStatistics,
    Statistics,
    StatisticsRow,
)
from services.contracts.identity import Role
from services.contracts.messages import Task
from services.gradebook.errors.school import TreeOfAnotherTime
from services.gradebook.repository import boards, result_counts, statistics
from services.gradebook.repository.result_counts import ClassPeriod
from services.gradebook.repository.statistics import Place, Sum, Wanted
from services.gradebook.statistics_counting import Counts, PupilFacts, Scope, count, difference, facts_of, shares
from services.gradebook.usecases.people import known_to_us
from services.gradebook.usecases.supervision import leads, require_reader_as_of

FIRST_MONTH = 7  # a school year's figures run by the trees of 1 July, when it begins for units, and later
SMALL = 5
"""Pupils: groups told apart by gender or ethnicity that are smaller are shown to their own school alone."""

PERSONAL = frozenset({Dimension.GENDER, Dimension.ETHNICITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class CountClassTask(Task):
    """Count a class's results of a period: added in the transaction that locks or changes them."""

    type: ClassVar[str] = "gradebook.count_class"
    school_year: int
    class_id: UUID
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSchoolTask(Task):
    """Sum a school's counts anew, and count all its locked classes again."""

    type: ClassVar[str] = "gradebook.rebuild_school"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Gender and ethnicity of the pupils of whom identity was asked; empty where it does not know."""

    people: Mapping[UUID, tuple[str, str]]


def ask_people(task: CountClassTask, outside: Outside) -> Asked:
    """What the counts tell pupils apart by, from identity."""
    with outside.db.transaction() as tx:
        wanted = list(result_counts.results_of(tx, task.school_year, task.class_id, period=task.period))
    told = {one.id: (one.gender or "", one.ethnicity or "") for one in known_to_us(wanted, outside).values()}
    return Asked(people=dict.fromkeys(wanted, ("", "")) | told)


def count_class(tx: Tx, task: CountClassTask, asked: Asked) -> None:
    """Replace the class's counts and move its school's by the difference.

    Results of pupils of whom nobody was asked came meanwhile: then it is counted once more.
    """
    one = result_counts.class_period(tx, task.school_year, task.class_id, period=task.period)
    result_counts.hold_school(tx, one.unit_id)
    results = result_counts.results_of(tx, task.school_year, task.class_id, period=task.period)
    if not results.keys() <= asked.people.keys():
        tx.later(task)
        return
    new, old = _counts(one, results, asked), result_counts.counts_of(tx, one)
    result_counts.put_counts(tx, one, new)
    result_counts.add_to_school(tx, one, difference(new, old))


def rebuild_statistics(tx: Tx, command: RebuildStatistics, actor: Actor) -> RebuildStarted:
    """Have every school at or below the unit counted anew."""
    authority.require_cover(tx, actor, (Role.OPERATOR, Role.ADMIN), command.unit_id)
    below = boards.schools_below(tx, command.unit_id, local_day(tx.now()))
    schools = boards.open_schools(tx, command.school_year, below)
    for unit_id in schools:
        tx.later(RebuildSchoolTask(school_year=command.school_year, unit_id=unit_id))
    return RebuildStarted(schools=len(schools))


def rebuild_school(tx: Tx, task: RebuildSchoolTask) -> None:
    """Sum the school's counts from its classes', and have each locked class counted again."""
    result_counts.hold_school(tx, task.unit_id)
    result_counts.sum_school_anew(tx, task.school_year, task.unit_id)
    for class_id, period in result_counts.locked_in(tx, task.school_year, task.unit_id):
        tx.later(CountClassTask(school_year=task.school_year, class_id=class_id, period=period))


def read_statistics(tx: Tx, query: ReadStatistics, actor: Actor) -> Statistics:
    """The figures of the schools at or below the unit on the day; the total is the sum of the rows."""
    on = _day_of_tree(tx, query)
    require_reader_as_of(tx, actor, query.unit_id, on)
    if query.measure is not Measure.SUBJECT and (Dimension.SUBJECT in query.by or query.subject is not None):
        raise Invalid(reason="figures by subject exist for the measure SUBJECT only")
    places = statistics.places_below(tx, query.unit_id, on)
    wanted = _wanted(query)
    sums = statistics.sums(tx, places, wanted)
    is_personal = bool(PERSONAL & {*wanted.by, *wanted.only}) and not leads(tx, actor, query.unit_id)
    whole = Sum(keys={}, counts=_added(sums, query.measure), is_one_school=len(places) == 1)
    return Statistics(
        measure=query.measure,
        values=VALUES[query.measure],
        rows=tuple(_told(one, is_personal=is_personal) for one in sums),
        total=_told(whole, is_personal=is_personal),
        on=on,
        as_of=_as_of(tx, places),
        subject_names=_subject_names(tx, query.school_year, sums),
    )


def _counts(one: ClassPeriod, results: Mapping[UUID, Mapping[str, Any]], asked: Asked) -> Counts:
    scope = Scope(period=one.period, stage=one.stage, grade=one.grade)

    def facts(pupil_id: UUID, result: Mapping[str, Any]) -> PupilFacts:
        gender, ethnicity = asked.people[pupil_id]
        return facts_of(result, scope, gender=gender, ethnicity=ethnicity)

    return count(facts(pupil_id, result) for pupil_id, result in results.items())


def _day_of_tree(tx: Tx, query: ReadStatistics) -> date:
    """Refused is a day on which a unit had schools that left it before the year: their figures are not its own."""
    today = local_day(tx.now())
    on = query.on or today
    first = min(date(query.school_year, FIRST_MONTH, 1), today)
    if not first <= on <= today:
        raise TreeOfAnotherTime(first=first.strftime("%d/%m/%Y"), last=today.strftime("%d/%m/%Y"))
    return on


def _wanted(query: ReadStatistics) -> Wanted:
    given = {
        Dimension.STAGE: query.stage,
        Dimension.GRADE: query.grade,
        Dimension.GENDER: query.gender,
        Dimension.ETHNICITY: query.ethnicity,
        Dimension.SUBJECT: query.subject,
    }
    return Wanted(
        school_year=query.school_year,
        period=query.period,
        measure=query.measure,
        by=frozenset(query.by),
        only={one: value for one, value in given.items() if value is not None},
    )


def _added(sums: Sequence[Sum], measure: Measure) -> tuple[int, ...]:
    columns = zip(*(one.counts for one in sums), strict=True)
    return tuple(sum(column) for column in columns) or (0,) * len(VALUES[measure])


def _told(one: Sum, *, is_personal: bool) -> StatisticsRow:
    pupils = sum(one.counts)
    is_hidden = is_personal and one.is_one_school and 0 < pupils < SMALL
    return StatisticsRow(
        unit_id=one.keys.get(Dimension.UNIT),
        stage=one.keys.get(Dimension.STAGE),
        grade=one.keys.get(Dimension.GRADE),
        gender=one.keys.get(Dimension.GENDER),
        ethnicity=one.keys.get(Dimension.ETHNICITY),
        subject=one.keys.get(Dimension.SUBJECT),
        pupils=None if is_hidden else pupils,
        counts=() if is_hidden else one.counts,
        shares=() if is_hidden else shares(one.counts),
        is_hidden=is_hidden,
    )


def _subject_names(tx: Tx, school_year: int, sums: Sequence[Sum]) -> dict[str, str]:
    codes = {one.keys[Dimension.SUBJECT] for one in sums if Dimension.SUBJECT in one.keys}
    return statistics.subject_names(tx, school_year, codes)


def _as_of(tx: Tx, places: Sequence[Place]) -> datetime:
    waiting = (CountClassTask.type, RebuildSchoolTask.type)
    return statistics.uncounted_since(tx, waiting, [place.unit_id for place in places]) or tx.now()
