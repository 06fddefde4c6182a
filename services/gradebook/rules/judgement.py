"""A pupil's term and year judged under TT22/2021: cells in; results, and the reasons a parent can be told, out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from services.chassis.errors import Refused
from services.gradebook.rules import reasons, tt22_2021
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.tt22_2021 import (
    SUBJECTS_AT_BAR,
    Cell,
    CellState,
    CommentResult,
    Level,
    Marks,
    Promotion,
    Result,
    SubjectKind,
    Switches,
    Title,
)

R = TypeVar("R", Decimal, CommentResult)

REGULATION = Regulation.TT22_2021.value


class SummerNotOpen(Refused):
    """Articles 13 and 14 open no second chance for: {what}."""

    code = "gradebook.summer_not_open"
    vi = "Điều 13 và Điều 14 không cho đánh giá lại: {what}."


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectMarks:
    """One subject's cells of one term; ``regular`` holds as many as the term requires (Art. 6)."""

    code: str
    name: str
    kind: SubjectKind
    regular: tuple[Cell, ...]
    midterm: Cell
    final: Cell

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*self.regular, self.midterm, self.final)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResult:
    """What a term or a year says of one subject; ``result`` is None while incomplete, and when exempt."""

    code: str
    name: str
    kind: SubjectKind
    result: Result | None
    is_exempt: bool = False


Subjects = tuple[SubjectResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermInput:
    """Everything that decides one pupil's term; conduct is a judgement (Art. 8), None until it is made."""

    subjects: tuple[SubjectMarks, ...]
    conduct: Level | None
    absences: int  # buổi
    switches: Switches = field(default_factory=Switches)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermResult:
    """One pupil's term; ``level`` is None while any subject is incomplete, and a reason names the subjects."""

    subjects: Subjects  # by code
    level: Level | None
    conduct: Level | None
    absences: int
    reasons: tuple[Reason, ...]
    switches: Switches
    regulation: str = REGULATION

    @property
    def averages(self) -> dict[str, Decimal | None]:
        """ĐTBmhk by subject code."""
        return _of_kind(SubjectKind.SCORED, Decimal, self.subjects)

    @property
    def comments(self) -> dict[str, CommentResult | None]:
        """Đ or CĐ by subject code."""
        return _of_kind(SubjectKind.COMMENT, CommentResult, self.subjects)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearInput:
    """Both terms and what the summer brought; ``first`` is None for a pupil who was at no school in term 1."""

    first: TermResult | None
    second: TermResult
    reassessed: Mapping[str, Result] = field(default_factory=dict)  # by subject code, Art. 14
    conduct_after_summer: Level | None = None  # Art. 13
    switches: Switches = field(default_factory=Switches)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearResult:
    """One pupil's year; the ``_after`` levels count re-assessment and summer training, and decide promotion."""

    subjects: Subjects  # by code, before re-assessment
    level: Level | None
    conduct: Level | None
    absences: int
    to_reassess: tuple[str, ...]  # subject codes open to re-assessment
    level_after: Level | None
    conduct_after: Level | None
    promotion: Promotion | None
    title: Title | None
    reasons: tuple[Reason, ...]
    switches: Switches
    regulation: str = REGULATION

    @property
    def averages(self) -> dict[str, Decimal | None]:
        """ĐTBmcn by subject code."""
        return _of_kind(SubjectKind.SCORED, Decimal, self.subjects)

    @property
    def comments(self) -> dict[str, CommentResult | None]:
        """Đ or CĐ by subject code."""
        return _of_kind(SubjectKind.COMMENT, CommentResult, self.subjects)


def judge_term(term: TermInput) -> TermResult:
    """Averages, comment results and level of one term."""
    subjects = tuple(_term_result(subject) for subject in sorted(term.subjects, key=lambda subject: subject.code))
    level, why = _level(subjects, term.switches)
    return TermResult(
        subjects=subjects,
        level=level,
        conduct=term.conduct,
        absences=term.absences,
        reasons=why,
        switches=term.switches,
    )


def judge_year(year: YearInput) -> YearResult:
    """Results of the year, promotion and title; raises SummerNotOpen for a summer result without a place in law."""
    subjects = _year_results(year.first, year.second)
    level, why_level = _level(subjects, year.switches)
    conduct, why_conduct = _conduct(year.first, year.second)
    absences = year.second.absences + (year.first.absences if year.first else 0)
    before_summer, _ = _promotion(level, conduct, absences, is_final=False)
    to_reassess = _to_reassess(subjects) if before_summer is Promotion.RETEST else ()
    _check_summer(year, before_summer, to_reassess)
    level_after, why_level_after = _level_after(subjects, level, year)
    conduct_after = conduct if year.conduct_after_summer is None else year.conduct_after_summer
    promotion, why_promotion = _promotion(level_after, conduct_after, absences, is_final=_had_summer(year))
    title, why_title = _title(level, conduct, subjects)
    return YearResult(
        subjects=subjects,
        level=level,
        conduct=conduct,
        absences=absences,
        to_reassess=to_reassess,
        level_after=level_after,
        conduct_after=conduct_after,
        promotion=promotion,
        title=title,
        reasons=why_level + why_conduct + why_level_after + why_promotion + why_title,
        switches=year.switches,
    )


def _of_kind(kind: SubjectKind, of: type[R], subjects: Subjects) -> dict[str, R | None]:
    listed = (subject for subject in subjects if subject.kind is kind and not subject.is_exempt)
    return {subject.code: subject.result if isinstance(subject.result, of) else None for subject in listed}


def _rated(subjects: Subjects) -> dict[str, Result]:
    return {subject.code: subject.result for subject in subjects if subject.result is not None}


def _names(subjects: Subjects) -> dict[str, str]:
    return {subject.code: subject.name for subject in subjects}


def _term_result(subject: SubjectMarks) -> SubjectResult:
    """A subject is exempt as a whole; one exempt cell among marks leaves it incomplete for a person to settle."""
    is_exempt = all(cell.state is CellState.EXEMPT for cell in subject.cells)
    return SubjectResult(
        code=subject.code, name=subject.name, kind=subject.kind, result=_term_value(subject), is_exempt=is_exempt
    )


def _term_value(subject: SubjectMarks) -> Result | None:
    counted = [tt22_2021.counted(cell, subject.kind) for cell in subject.cells]
    if subject.kind is SubjectKind.COMMENT:
        comments = [value for value in counted if isinstance(value, CommentResult)]
        return tt22_2021.comment_of_term(comments) if len(comments) == len(counted) else None
    marks = [value for value in counted if isinstance(value, Decimal)]
    if len(marks) < len(counted):
        return None
    *regular, midterm, final = marks
    return tt22_2021.term_average(Marks(regular=tuple(regular), midterm=midterm, final=final))


def _year_results(first: TermResult | None, second: TermResult) -> Subjects:
    earlier = {subject.code: subject for subject in first.subjects} if first else {}
    later = {subject.code: subject for subject in second.subjects}
    codes = sorted(earlier | later)
    return tuple(_year_result(earlier.get(code), later.get(code)) for code in codes)


def _year_result(first: SubjectResult | None, second: SubjectResult | None) -> SubjectResult:
    """A subject of one term alone keeps that term's result as the year's."""
    terms = [term for term in (first, second) if term]
    rated = [term for term in terms if not term.is_exempt] or terms
    *earlier, latest = rated
    if not earlier or latest.kind is SubjectKind.COMMENT:  # by comments, term 2 decides: Art. 9(1)(a)
        return latest
    marks = [term.result for term in rated if isinstance(term.result, Decimal)]
    return replace(latest, result=tt22_2021.year_average(*marks) if len(marks) == len(rated) else None)


def _level(subjects: Subjects, switches: Switches) -> tuple[Level | None, tuple[Reason, ...]]:
    unrated = [subject.name for subject in subjects if subject.result is None and not subject.is_exempt]
    if unrated:
        return None, (reasons.incomplete(unrated),)
    results = _rated(subjects)
    scored = len(tt22_2021.scores_of(results))
    if scored < SUBJECTS_AT_BAR:
        return None, (reasons.too_few_scored(scored),)
    level = tt22_2021.level_after_adjustment(results, switches)
    return level, reasons.of_level(results, _names(subjects), switches)


def _conduct(first: TermResult | None, second: TermResult) -> tuple[Level | None, tuple[Reason, ...]]:
    """A pupil who was at no school in term 1 keeps term 2's conduct."""
    if second.conduct is None or (first and first.conduct is None):
        return None, (reasons.conduct_missing(),)
    if not first or first.conduct is None:
        return second.conduct, (reasons.conduct_of_one_term(second.conduct),)
    conduct = tt22_2021.conduct_of_year(first.conduct, second.conduct)
    return conduct, (reasons.conduct_of_year(first.conduct, second.conduct, conduct),)


def _to_reassess(subjects: Subjects) -> tuple[str, ...]:
    return tuple(code for code, result in _rated(subjects).items() if tt22_2021.is_reassessed(result))


def _check_summer(year: YearInput, before: Promotion | None, to_reassess: tuple[str, ...]) -> None:
    misplaced = sorted(set(year.reassessed) - set(to_reassess))
    if year.conduct_after_summer is not None and before is not Promotion.SUMMER_TRAINING:
        misplaced.append("conduct")
    if misplaced:
        raise SummerNotOpen(what=", ".join(misplaced))


def _level_after(subjects: Subjects, level: Level | None, year: YearInput) -> tuple[Level | None, tuple[Reason, ...]]:
    if not year.reassessed:
        return level, ()
    renewed = tuple(replace(subject, result=year.reassessed.get(subject.code, subject.result)) for subject in subjects)
    level_after, why = _level(renewed, year.switches)
    names = _names(subjects)
    return level_after, (reasons.reassessed([names[code] for code in sorted(year.reassessed)]), *why)


def _had_summer(year: YearInput) -> bool:
    return bool(year.reassessed) or year.conduct_after_summer is not None


def _promotion(
    level: Level | None, conduct: Level | None, absences: int, *, is_final: bool
) -> tuple[Promotion | None, tuple[Reason, ...]]:
    if level is None or conduct is None:
        return None, ()
    rule = tt22_2021.promotion_after_summer if is_final else tt22_2021.promotion_of
    promotion = rule(level, conduct, absences)
    return promotion, reasons.of_promotion(promotion, absences)


def _title(level: Level | None, conduct: Level | None, subjects: Subjects) -> tuple[Title | None, tuple[Reason, ...]]:
    if level is None or conduct is None:
        return None, ()
    title = tt22_2021.title_of(level, conduct, _rated(subjects))
    return title, (reasons.of_title(title),) if title else ()
