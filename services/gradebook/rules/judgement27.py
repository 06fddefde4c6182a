"""A primary pupil's periodic assessment and year judged under TT27/2020: values in; results and reasons out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.chassis.codec import digest
from services.gradebook.rules import reasons27, tt27_2020, wording
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.judgement.year import SummerNotOpen
from services.gradebook.rules.named_subjects import named
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.switches import PrimarySwitches
from services.gradebook.rules.tt27_2020 import (
    Moment,
    Outcome,
    QualityLevel,
    SubjectLevel,
    Title,
    YearEnd,
    YearLevel,
)

Reasons = tuple[Reason, ...]
REGULATION = Regulation.TT27_2020.value


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimarySubject:
    """One subject at one moment; ``level`` is None until it is given, ``test`` where there is no mark (yet)."""

    code: str
    name: str
    level: SubjectLevel | None
    test: int | None = None
    is_exempt: bool = False  # a disabled pupil's


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryTermInput:
    """A pupil's values at one of the four moments of a year."""

    grade: int
    moment: Moment
    subjects: tuple[PrimarySubject, ...]
    qualities: Mapping[str, QualityLevel]
    is_whole: bool = False  # nothing more is due than what is given
    switches: PrimarySwitches = field(default_factory=PrimarySwitches)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryTermResult:
    """Whether everything due at the moment is there; a term has no level of its own in this circular."""

    is_complete: bool
    reasons: Reasons  # what is missing
    warnings: Reasons  # what the teacher should look at again
    switches: PrimarySwitches
    inputs: PrimaryTermInput = field(compare=False, repr=False)
    regulation: str = REGULATION

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was judged, whatever the order of the subjects."""
        return digest(replace(self.inputs, subjects=_by_code(self.inputs.subjects)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryYearInput:
    """A pupil's values at the end of the year; the ``_again`` ones come from the assessment after help (Art. 11)."""

    grade: int
    subjects: tuple[PrimarySubject, ...]
    qualities: Mapping[str, QualityLevel]
    subjects_again: tuple[PrimarySubject, ...] = ()
    qualities_again: Mapping[str, QualityLevel] = field(default_factory=dict)
    is_whole: bool = False  # nothing more is due than what is given
    is_acknowledged: bool = False  # by the class, as outstanding in a subject or of clear progress (Art. 13)
    switches: PrimarySwitches = field(default_factory=PrimarySwitches)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryYearResult:
    """A primary pupil's year; ``level`` is None while a value is missing, and a reason names it."""

    level: YearLevel | None
    level_after: YearLevel | None  # after help and a second assessment
    outcome: Outcome | None
    completes_primary: bool
    title: Title | None
    candidate_for: Title | None
    reasons: Reasons
    warnings: Reasons
    switches: PrimarySwitches
    inputs: PrimaryYearInput = field(compare=False, repr=False)
    regulation: str = REGULATION

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was judged, whatever the order of the subjects."""
        return digest(_in_order(self.inputs))


def judge_primary_term(term: PrimaryTermInput) -> PrimaryTermResult:
    """What is missing at one of the four moments, and what looks contradictory."""
    missing = _missing(term)
    return PrimaryTermResult(
        is_complete=not missing, reasons=missing, warnings=_warnings(term), switches=term.switches, inputs=term
    )


def judge_primary_year(year: PrimaryYearInput) -> PrimaryYearResult:
    """Level, completion and commendation of a year; SummerNotOpen for values assessed again without need."""
    values = _values(year)
    level, why_level = _level(values)
    if (year.subjects_again or year.qualities_again) and level is not YearLevel.NOT_COMPLETED:
        raise SummerNotOpen(what=", ".join(_codes_again(year)))
    values_after, level_after, why_after = _after(year, values, level)
    outcome = _outcome(year, level_after)
    candidate = tt27_2020.candidate_for(level) if level else None
    title = tt27_2020.title_of(level, is_acknowledged=year.is_acknowledged) if level else None
    completes_primary = outcome is not None and tt27_2020.completes_primary(year.grade, outcome)
    return PrimaryYearResult(
        level=level,
        level_after=level_after,
        outcome=outcome,
        completes_primary=completes_primary,
        title=title,
        candidate_for=candidate,
        reasons=(
            *why_level,
            *why_after,
            *((reasons27.of_outcome(outcome, year.grade),) if outcome else ()),
            *((reasons27.of_candidate(candidate, is_won=title is not None),) if candidate else ()),
        ),
        warnings=_warnings(values_after),
        switches=year.switches,
        inputs=year,
    )


def _values(year: PrimaryYearInput) -> PrimaryTermInput:
    return PrimaryTermInput(
        grade=year.grade,
        moment=Moment.YEAR_END,
        subjects=_by_code(year.subjects),
        qualities=year.qualities,
        is_whole=year.is_whole,
        switches=year.switches,
    )


def _by_code(subjects: tuple[PrimarySubject, ...]) -> tuple[PrimarySubject, ...]:
    return tuple(sorted(subjects, key=lambda subject: subject.code))


def _in_order(year: PrimaryYearInput) -> PrimaryYearInput:
    return replace(year, subjects=_by_code(year.subjects), subjects_again=_by_code(year.subjects_again))


def _level(values: PrimaryTermInput) -> tuple[YearLevel | None, Reasons]:
    missing = _missing(values)
    if missing:
        return None, missing
    year_end = _year_end(values)
    level = tt27_2020.year_level(year_end)
    free = [subject.name for subject in values.subjects if subject.is_exempt]
    why_exempt = (wording.exempt(free, clause="8"),) if free else ()
    names = {subject.code: subject.name for subject in values.subjects}
    return level, reasons27.of_level(level, year_end, names) + why_exempt


def _year_end(values: PrimaryTermInput) -> YearEnd:
    counted = [subject for subject in values.subjects if not subject.is_exempt]
    return YearEnd(
        subjects={subject.code: subject.level for subject in counted if subject.level},
        tests={
            subject.code: subject.test for subject in counted if subject.test is not None and _counts(subject, values)
        },
        qualities=values.qualities,
    )


def _counts(subject: PrimarySubject, values: PrimaryTermInput) -> bool:
    """A test in a subject that the circular names counts only in the grades that have one."""
    which = named(subject.code)
    return which is None or which in tt27_2020.tested_subjects(values.grade, values.moment)


def _missing(values: PrimaryTermInput) -> Reasons:
    """What is due and not there: a level of every subject, and what the circular asks of the grade."""
    tested = frozenset() if values.is_whole else tt27_2020.tested_subjects(values.grade, values.moment)
    required = () if values.is_whole else tt27_2020.required_qualities(values.grade, values.switches)
    due = [subject for subject in values.subjects if not subject.is_exempt]
    levels = [subject.name for subject in due if subject.level is None]
    tests = [subject.name for subject in due if named(subject.code) in tested and subject.test is None]
    qualities = [reasons27.quality_name(code) for code in required if code not in values.qualities]
    return reasons27.missing(subjects=levels, tests=tests, qualities=qualities)


def _warnings(values: PrimaryTermInput) -> Reasons:
    names = {subject.code: subject.name for subject in values.subjects}
    year_end = _year_end(values)
    contrary = tt27_2020.contradictions(year_end.subjects, year_end.tests)
    surplus = [one.name for one in values.subjects if one.test is not None and not _counts(one, values)]
    return (
        *(reasons27.contradiction(names[code], year_end.subjects[code], year_end.tests[code]) for code in contrary),
        *((reasons27.test_not_foreseen(surplus, values.grade),) if surplus else ()),
    )


def _codes_again(year: PrimaryYearInput) -> list[str]:
    return sorted({subject.code for subject in year.subjects_again} | year.qualities_again.keys())


def _after(
    year: PrimaryYearInput, values: PrimaryTermInput, level: YearLevel | None
) -> tuple[PrimaryTermInput, YearLevel | None, Reasons]:
    """The last assessment stands for its subject, its test among it."""
    codes = _codes_again(year)
    if not codes:
        return values, level, ()
    merged = {subject.code: subject for subject in (*values.subjects, *year.subjects_again)}
    after = replace(
        values, subjects=_by_code(tuple(merged.values())), qualities={**values.qualities, **year.qualities_again}
    )
    level_after, why = _level(after)
    names = [merged[code].name if code in merged else reasons27.quality_name(code) for code in codes]
    return after, level_after, (wording.reassessed(names, clause=tt27_2020.outcome_of.clause), *why)


def _outcome(year: PrimaryYearInput, level_after: YearLevel | None) -> Outcome | None:
    if level_after is None:
        return None
    return tt27_2020.outcome_of(level_after, was_assessed_again=bool(_codes_again(year)))
