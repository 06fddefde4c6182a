"""From a class's locked results to what it adds to its school's counts. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import NONE, VALUES, Measure, WaitingReason
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.regulation import Stage
from services.gradebook.rules.tt22_2021 import MOST_ABSENCES

BANDS = (
    (Decimal(9), "FROM_9"),
    (Decimal(8), "FROM_8"),
    (Decimal("6.5"), "FROM_6_5"),
    (Decimal(5), "FROM_5"),
    (Decimal("3.5"), "FROM_3_5"),
    (Decimal(0), "UNDER_3_5"),
)
"""Floors of the bands in which subjects' averages are counted, highest first."""

SECOND_CHANCES = {"RETEST": WaitingReason.RETEST, "SUMMER_TRAINING": WaitingReason.PENDING_SUMMER}
LAST_GRADES = frozenset({5, 9, 12})


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilFacts:
    """What is counted of one pupil: a value for each measure, and the band of each subject."""

    gender: str
    ethnicity: str
    values: Mapping[Measure, str]
    subjects: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Pupils who are counted together; `subject` is empty but for the measure SUBJECT."""

    measure: Measure
    gender: str
    ethnicity: str
    subject: str


Counts = dict[Group, tuple[int, ...]]
"""How many pupils of each group have the measure's values, in the order of VALUES."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What decides which measures there are: a term has fewer than a year, primary school other ones."""

    period: Period
    stage: str
    grade: int


def measures_of(scope: Scope) -> tuple[Measure, ...]:
    """What is measured of a pupil besides subjects."""
    is_primary, is_year = scope.stage == Stage.PRIMARY, scope.period is Period.YEAR
    levels = (Measure.PRIMARY_LEVEL,) * is_year if is_primary else (Measure.LEVEL, Measure.CONDUCT)
    of_year = (Measure.PROMOTION, Measure.TITLE) * is_year
    completion = (Measure.COMPLETION,) * (is_year and scope.grade in LAST_GRADES)
    return (*levels, *of_year, *completion, Measure.ABSENCE)


def facts_of(result: Mapping[str, Any], scope: Scope, *, gender: str, ethnicity: str) -> PupilFacts:
    """What a stored result says of its pupil after the summer: the one place that knows how results are stored."""
    level = result.get("level_after") or result.get("level")
    said = {
        Measure.LEVEL: level,
        Measure.PRIMARY_LEVEL: level,
        Measure.CONDUCT: result.get("conduct_after") or result.get("conduct"),
        Measure.PROMOTION: result.get("promotion"),
        Measure.TITLE: result.get("title"),
        Measure.COMPLETION: result.get("completion"),
        Measure.ABSENCE: "OVER_45" if (result.get("absences") or 0) > MOST_ABSENCES else "UP_TO_45",
    }
    values = {one: str(said[one]) if said[one] in VALUES[one] else NONE for one in measures_of(scope)}
    subjects = {code: band_of(text) for code, text in _subjects(result.get("subjects") or ()) if text is not None}
    return PupilFacts(gender=gender, ethnicity=ethnicity, values=values, subjects=subjects)


def band_of(text: str) -> str:
    """The band of a subject's result: of an average its interval, of a word the word itself."""
    if text in VALUES[Measure.SUBJECT]:
        return text
    try:
        average = Decimal(text)
    except InvalidOperation:
        return NONE
    return next((name for floor, name in BANDS if average >= floor), NONE)


def count(pupils: Iterable[PupilFacts]) -> Counts:
    """What the pupils come to, group by group."""
    found = Counter(one for pupil in pupils for one in _places(pupil))
    counts: dict[Group, list[int]] = {}
    for (group, place), pupils_there in found.items():
        counts.setdefault(group, [0] * len(VALUES[group.measure]))[place] = pupils_there
    return {group: tuple(numbers) for group, numbers in counts.items()}


def difference(new: Counts, old: Counts) -> Counts:
    """What has to be added to a sum in which `old` is contained, so that `new` is in its place."""
    moved = {}
    for group in {*new, *old}:
        nothing = (0,) * len(VALUES[group.measure])
        change = tuple(a - b for a, b in zip(new.get(group, nothing), old.get(group, nothing), strict=True))
        if any(change):
            moved[group] = change
    return moved


def stored(counts: Counts) -> list[list[Any]]:
    """The counts as they are kept with their class."""
    return [
        [group.measure, group.gender, group.ethnicity, group.subject, list(numbers)]
        for group, numbers in sorted(counts.items())
    ]


def from_stored(rows: Iterable[Sequence[Any]]) -> Counts:
    return {
        Group(Measure(measure), gender, ethnicity, subject): tuple(numbers)
        for measure, gender, ethnicity, subject, numbers in rows
    }


def shares(counts: Sequence[int]) -> tuple[str, ...]:
    """Percentages to one decimal, half-up; of nobody there are none."""
    whole = sum(counts)
    return tuple(str(half_up(Decimal(100 * one) / whole)) for one in counts) if whole else ()


def waiting_reason(
    *, state: str | None, is_locked: bool, promotion: str | None, lacks_id: bool
) -> WaitingReason | None:
    """Why a pupil has no transcript in force, in the order in which the obstacles come; None where there is one."""
    if state == "ISSUED":
        return None
    if state == "REVOKED":
        return WaitingReason.REVOKED
    if not is_locked:
        return WaitingReason.NOT_LOCKED
    if promotion in SECOND_CHANCES:
        return SECOND_CHANCES[promotion]
    return WaitingReason.NO_PERSONAL_ID if lacks_id else WaitingReason.NOT_ISSUED


def _places(pupil: PupilFacts) -> Iterator[tuple[Group, int]]:
    for measure, value in pupil.values.items():
        yield Group(measure, pupil.gender, pupil.ethnicity, ""), VALUES[measure].index(value)
    for subject, band in pupil.subjects.items():
        group = Group(Measure.SUBJECT, pupil.gender, pupil.ethnicity, subject)
        yield group, VALUES[Measure.SUBJECT].index(band)


def _subjects(stored_subjects: Any) -> Iterator[tuple[str, str | None]]:
    """Subject and result, of a term's mapping or of a year's list."""
    if isinstance(stored_subjects, Mapping):
        yield from stored_subjects.items()
        return
    for one in stored_subjects:
        yield one["code"], one.get("retest") or one.get("year")
