"""One pupil's year under TT22/2021 or TT43/2021, with what the summer brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from services.chassis.codec import digest
from services.chassis.errors import Refused
from services.gradebook.rules import reasons, tt22_2021, wording
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.judgement.level import level_of, subjects_at_bar
from services.gradebook.rules.judgement.term import TermResult, term_facts
from services.gradebook.rules.reassessment import renewed
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.subjects import (
    SubjectResult,
    Subjects,
    averages_of,
    by_code,
    comments_of,
    exempt,
    names_of,
    pairs_of,
    rated,
    year_result,
)
from services.gradebook.rules.switches import ConductWithoutFirstTerm, Switches
from services.gradebook.rules.tt22_2021 import Level, Title
from services.gradebook.rules.vocabulary import CommentResult, Promotion, Result


class SummerNotOpen(Refused):
    """The law opens no second chance in the summer for: {what}."""

    code = "gradebook.summer_not_open"
    vi = "Quy định không cho đánh giá lại, rèn luyện lại trong hè: {what}."


@dataclass(frozen=True, slots=True, kw_only=True)
class YearInput:
    """Both terms and what the summer brought; ``first`` is None for a pupil who was at no school in term 1."""

    first: TermResult | None
    second: TermResult
    reassessed: Mapping[str, Result] = field(default_factory=dict)  # by subject code, Art. 14
    conduct_after_summer: Level | None = None  # Art. 13
    switches: Switches = field(default_factory=Switches)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenYear:
    """A year known by its results alone, as a transcript states them, and what the summer brought."""

    subjects: Subjects
    conduct: Level | None
    absences: int
    reassessed: Mapping[str, Result] = field(default_factory=dict)
    conduct_after_summer: Level | None = None
    switches: Switches = field(default_factory=Switches)
    regulation: Regulation = Regulation.TT22_2021


@dataclass(frozen=True, slots=True, kw_only=True)
class YearResult:
    """One pupil's year; the ``_after`` values count re-assessment and summer training, and decide promotion."""

    subjects: Subjects  # before re-assessment
    level: Level | None
    conduct: Level | None
    absences: int
    to_reassess: tuple[str, ...]  # subject codes open to re-assessment
    subjects_after: Subjects
    level_after: Level | None
    conduct_after: Level | None
    promotion: Promotion | None
    title: Title | None
    reasons: tuple[Reason, ...]
    switches: Switches
    inputs: YearInput | GivenYear = field(compare=False, repr=False)
    regulation: str = Regulation.TT22_2021.value

    @property
    def inputs_digest(self) -> str:
        """SHA-256 of what was judged, whatever the order of the subjects."""
        return digest(_facts(self.inputs))

    @property
    def averages(self) -> dict[str, Decimal | None]:
        """ĐTBmcn by subject code."""
        return averages_of(self.subjects)

    @property
    def comments(self) -> dict[str, CommentResult | None]:
        """Đ or CĐ by subject code."""
        return comments_of(self.subjects)


def judge_year(year: YearInput) -> YearResult:
    """Results of the year, promotion and title; raises SummerNotOpen for a summer result without a place in law."""
    first, second = year.first, year.second
    pairs = pairs_of(first.subjects if first else None, second.subjects, year.switches.single_term_subject)
    conduct, why_conduct = _conduct(first, second, year.switches)
    given = GivenYear(
        subjects=tuple(year_result(*pair) for pair in pairs),
        conduct=conduct,
        absences=second.absences + (first.absences if first else 0),
        reassessed=year.reassessed,
        conduct_after_summer=year.conduct_after_summer,
        switches=year.switches,
        regulation=Regulation(second.regulation),
    )
    return _judge(given, year, why_conduct)


def judge_given_year(given: GivenYear) -> YearResult:
    """Level, promotion and title of a year whose subjects' results are known; raises SummerNotOpen as judge_year."""
    conduct_missing = () if given.conduct else (wording.conduct_missing(clause=tt22_2021.conduct_of_year.clause),)
    return _judge(replace(given, subjects=by_code(given.subjects)), given, conduct_missing)


def _judge(given: GivenYear, inputs: YearInput | GivenYear, why_conduct: tuple[Reason, ...]) -> YearResult:
    level, why_level = level_of(given.subjects, given.regulation, given.switches)
    to_reassess = _to_reassess(given, level)
    if _had_summer(given):
        _check_summer(given, level, to_reassess)
    subjects_after = _renewed(given)
    level_after, why_level_after = _level_after(given, subjects_after, level)
    promotion, why_promotion = _promotion(given, level, level_after)
    title, why_title = _title(given, level)
    return YearResult(
        subjects=given.subjects,
        level=level,
        conduct=given.conduct,
        absences=given.absences,
        to_reassess=to_reassess,
        subjects_after=subjects_after,
        level_after=level_after,
        conduct_after=_conduct_after(given),
        promotion=promotion,
        title=title,
        reasons=why_level + why_conduct + why_level_after + why_promotion + why_title,
        switches=given.switches,
        inputs=inputs,
        regulation=given.regulation.value,
    )


def _facts(inputs: YearInput | GivenYear) -> tuple[object, ...]:
    summer = inputs.reassessed, inputs.conduct_after_summer, inputs.switches
    if isinstance(inputs, YearInput):
        return *(term and term_facts(term.inputs) for term in (inputs.first, inputs.second)), summer
    subjects = {one.code: (one.kind, one.result, one.is_exempt) for one in inputs.subjects}
    return inputs.regulation, inputs.conduct, inputs.absences, subjects, summer


def _conduct(
    first: TermResult | None, second: TermResult, switches: Switches
) -> tuple[Level | None, tuple[Reason, ...]]:
    if second.conduct is None:
        return None, (wording.conduct_missing(clause=tt22_2021.conduct_of_year.clause),)
    if not first:
        return _conduct_of_one_term(second.conduct, switches)
    if first.conduct is None:
        return None, (wording.conduct_missing(clause=tt22_2021.conduct_of_year.clause),)
    conduct = tt22_2021.conduct_of_year(first.conduct, second.conduct)
    return conduct, (reasons.conduct_of_year(first.conduct, second.conduct, conduct),)


def _conduct_of_one_term(conduct: Level, switches: Switches) -> tuple[Level | None, tuple[Reason, ...]]:
    """A pupil who was at no school in term 1 keeps term 2's conduct, unless that is left to a person."""
    if switches.conduct_without_first_term is ConductWithoutFirstTerm.UNDECIDED:
        return None, (wording.conduct_missing(clause=tt22_2021.conduct_of_year.clause),)
    return conduct, (reasons.conduct_of_one_term(conduct),)


def _had_summer(given: GivenYear) -> bool:
    return bool(given.reassessed) or given.conduct_after_summer is not None


def _conduct_after(given: GivenYear) -> Level | None:
    return given.conduct if given.conduct_after_summer is None else given.conduct_after_summer


def _promotion_before(given: GivenYear, level: Level | None, conduct: Level | None) -> Promotion | None:
    """Promotion before any re-assessment, by the conduct named."""
    if level is None or conduct is None:
        return None
    return tt22_2021.promotion_of(level, conduct, given.absences, both_fail=given.switches.both_fail)


def _to_reassess(given: GivenYear, level: Level | None) -> tuple[str, ...]:
    """Subjects to sit again; a pupil whose conduct fell short too must have mended it before, where that is open."""
    if _promotion_before(given, level, _conduct_after(given)) is not Promotion.RETEST:
        return ()
    return tuple(code for code, result in rated(given.subjects).items() if tt22_2021.is_reassessed(result))


def _check_summer(given: GivenYear, level: Level | None, to_reassess: tuple[str, ...]) -> None:
    misplaced = sorted(given.reassessed.keys() - set(to_reassess))
    before = _promotion_before(given, level, given.conduct)
    if given.conduct_after_summer is not None and before is not Promotion.SUMMER_TRAINING:
        misplaced.append("conduct")
    if misplaced:
        raise SummerNotOpen(what=", ".join(misplaced))


def _renewed(given: GivenYear) -> Subjects:
    if not given.reassessed:
        return given.subjects
    return tuple(_renewed_subject(subject, given) for subject in given.subjects)


def _renewed_subject(subject: SubjectResult, given: GivenYear) -> SubjectResult:
    new = given.reassessed.get(subject.code)
    if new is None or subject.result is None:
        return subject
    return replace(subject, result=renewed(subject.result, new, given.switches.lower_reassessment))


def _level_after(
    given: GivenYear, subjects_after: Subjects, level: Level | None
) -> tuple[Level | None, tuple[Reason, ...]]:
    if not given.reassessed:
        return level, ()
    level_after, why = level_of(subjects_after, given.regulation, given.switches)
    names = names_of(given.subjects)
    return level_after, (
        wording.reassessed([names[code] for code in sorted(given.reassessed)], clause=tt22_2021.is_reassessed.clause),
        *why,
    )


def _promotion(
    given: GivenYear, level: Level | None, level_after: Level | None
) -> tuple[Promotion | None, tuple[Reason, ...]]:
    """Without a second chance used, the end of the year decides; of disabled pupils the principal does."""
    principal = (reasons.principal_decides(),) if exempt(given.subjects) else ()
    conduct_after = _conduct_after(given)
    promotion = _promotion_before(given, level, conduct_after)
    if promotion is None or level_after is None or conduct_after is None:
        return None, principal
    is_open = promotion is Promotion.RETEST and not given.reassessed
    if _had_summer(given) and not is_open:
        promotion = tt22_2021.promotion_after_summer(level_after, conduct_after, given.absences)
    return promotion, reasons.of_promotion(promotion, given.absences) + principal


def _title(given: GivenYear, level: Level | None) -> tuple[Title | None, tuple[Reason, ...]]:
    if level is None or given.conduct is None:
        return None, ()
    at_bar = subjects_at_bar(given.regulation, given.switches)
    title = tt22_2021.title_of(level, given.conduct, rated(given.subjects), at_bar)
    return title, (reasons.of_title(title),) if title else ()
