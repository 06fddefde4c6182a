"""One pupil's year under TT58/2011, before or after TT26/2020, with what the summer brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.chassis.codec import digest
from services.gradebook.rules import reasons58, tt58_2011, wording
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.judgement.year import SummerNotOpen
from services.gradebook.rules.judgement58.study import ClassRules, StudyResult, study_of, title_of
from services.gradebook.rules.judgement58.term import TermInput, TermResult
from services.gradebook.rules.reassessment import renewed
from services.gradebook.rules.subjects import (
    SubjectResult,
    Subjects,
    by_code,
    names_of,
    pairs_of,
    rated,
    year_result,
)
from services.gradebook.rules.tt58_2011 import ConductLevel, StudyLevel, Title
from services.gradebook.rules.vocabulary import Promotion, Result

Reasons = tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearInput:
    """A year by its subjects' results, its conduct and what the summer brought."""

    subjects: Subjects
    conduct: ConductLevel | None
    absences: int
    rules: ClassRules
    reassessed: Mapping[str, Result] = field(default_factory=dict)  # by subject code, Art. 16
    conduct_after_summer: ConductLevel | None = None  # Art. 17
    terms: tuple[TermInput, ...] = ()  # what the results come from, where that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class YearResult:
    """One pupil's year; the ``_after`` values count the summer and decide promotion, the title is won before it."""

    subjects: Subjects
    average: Decimal | None  # ĐTBcn
    level: StudyLevel | None
    conduct: ConductLevel | None
    absences: int
    to_reassess: tuple[str, ...]
    subjects_after: Subjects
    average_after: Decimal | None
    level_after: StudyLevel | None
    conduct_after: ConductLevel | None
    promotion: Promotion | None
    title: Title | None
    reasons: Reasons
    inputs: YearInput = field(compare=False, repr=False)

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was judged, whatever the order of the subjects."""
        return digest(self.inputs)


def judge_year(
    first: TermResult | None,
    second: TermResult,
    *,
    conduct: ConductLevel | None = None,
    reassessed: Mapping[str, Result] | None = None,
    conduct_after_summer: ConductLevel | None = None,
) -> YearResult:
    """The year of two terms, ``first`` None for a pupil who was at no school then.

    ``conduct`` is what the school decided for the year; without it term 2's stands.
    """
    rules = second.inputs.rules
    pairs = pairs_of(first.subjects if first else None, second.subjects, rules.switches.single_term_subject)
    year = YearInput(
        subjects=tuple(year_result(*pair) for pair in pairs),
        conduct=second.conduct if conduct is None else conduct,
        absences=second.absences + (first.absences if first else 0),
        rules=rules,
        reassessed=reassessed or {},
        conduct_after_summer=conduct_after_summer,
        terms=tuple(term.inputs for term in (first, second) if term),
    )
    return judge_given_year(year)


def judge_given_year(year: YearInput) -> YearResult:
    """Level, promotion and title of a year; raises SummerNotOpen for a summer result without a place in law."""
    year = replace(year, subjects=by_code(year.subjects))
    study = study_of(year.subjects, year.rules)
    to_reassess = _to_reassess(year, study.level)
    _check_summer(year, study.level, to_reassess)
    subjects_after, after, why_after = _after(year, study)
    conduct_after = year.conduct if year.conduct_after_summer is None else year.conduct_after_summer
    promotion, why_promotion = _promotion(year, after.level, conduct_after)
    title, why_title = title_of(study.level, year.conduct)
    return YearResult(
        subjects=year.subjects,
        average=study.average,
        level=study.level,
        conduct=year.conduct,
        absences=year.absences,
        to_reassess=to_reassess,
        subjects_after=subjects_after,
        average_after=after.average,
        level_after=after.level,
        conduct_after=conduct_after,
        promotion=promotion,
        title=title,
        reasons=study.reasons + _conduct_reasons(year) + why_after + why_promotion + why_title,
        inputs=year,
    )


def _conduct_reasons(year: YearInput) -> Reasons:
    return (reasons58.conduct_of_year(year.conduct) if year.conduct else wording.conduct_missing(clause="4"),)


def _before_summer(year: YearInput, level: StudyLevel | None) -> Promotion | None:
    if level is None or year.conduct is None:
        return None
    return tt58_2011.promotion_of(level, year.conduct, year.absences)


def _to_reassess(year: YearInput, level: StudyLevel | None) -> tuple[str, ...]:
    if _before_summer(year, level) is not Promotion.RETEST:
        return ()
    return tuple(code for code, result in rated(year.subjects).items() if tt58_2011.may_retest(result))


def _check_summer(year: YearInput, level: StudyLevel | None, to_reassess: tuple[str, ...]) -> None:
    misplaced = sorted(year.reassessed.keys() - set(to_reassess))
    is_open = _before_summer(year, level) is Promotion.SUMMER_TRAINING
    if year.conduct_after_summer is not None and not is_open:
        misplaced.append("conduct")
    if misplaced:
        raise SummerNotOpen(what=", ".join(misplaced))


def _after(year: YearInput, study: StudyResult) -> tuple[Subjects, StudyResult, Reasons]:
    if not year.reassessed:
        return year.subjects, study, ()
    subjects = tuple(_renewed(subject, year) for subject in year.subjects)
    after = study_of(subjects, year.rules)
    names = names_of(year.subjects)
    why = wording.reassessed([names[code] for code in sorted(year.reassessed)], clause=tt58_2011.may_retest.clause)
    return subjects, after, (why, *after.reasons)


def _renewed(subject: SubjectResult, year: YearInput) -> SubjectResult:
    new = year.reassessed.get(subject.code)
    if new is None or subject.result is None:
        return subject
    return replace(subject, result=renewed(subject.result, new, year.rules.switches.lower_reassessment))


def _promotion(
    year: YearInput, level: StudyLevel | None, conduct: ConductLevel | None
) -> tuple[Promotion | None, Reasons]:
    if level is None or conduct is None:
        return None, ()
    had_summer = year.reassessed or year.conduct_after_summer is not None
    rule = tt58_2011.promotion_after_summer if had_summer else tt58_2011.promotion_of
    promotion = rule(level, conduct, year.absences)
    return promotion, reasons58.of_promotion(promotion, year.absences)
