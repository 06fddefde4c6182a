"""Circular 58/2011/TT-BGDĐT: assessing secondary pupils until Circular 22/2021, in the order of its articles.

Last reread against the official text: not yet; the weights of Art. 7 and the two thirds of Art. 10 are from memory of
practice. What Circular 26/2020 changed stands in tt26_2020.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction

from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.clauses import clause
from services.gradebook.rules.named_subjects import NamedSubject
from services.gradebook.rules.reassessment import falls_short
from services.gradebook.rules.switches import SingleSubjectMode, Switches58
from services.gradebook.rules.tt22_2021 import is_absent_too_often
from services.gradebook.rules.vocabulary import (
    HIGHEST_MARK,
    CommentResult,
    Promotion,
    Result,
    Results,
    comments_failed,
    scores_of,
)


class StudyLevel(IntEnum):
    """A level of study (học lực); the greater is the better."""

    POOR = 1
    WEAK = 2
    AVERAGE = 3
    FAIR = 4
    GOOD = 5

    @property
    def vi(self) -> str:
        return ("Kém", "Yếu", "Trung bình", "Khá", "Giỏi")[self - 1]


class ConductLevel(IntEnum):
    """A level of conduct (hạnh kiểm, Art. 4): a judgement, of the year mainly by term 2."""

    WEAK = 1
    AVERAGE = 2
    FAIR = 3
    GOOD = 4

    @property
    def vi(self) -> str:
        return ("Yếu", "Trung bình", "Khá", "Tốt")[self - 1]


REGULAR, PERIODIC, FINAL = 1, 2, 3  # Art. 7: oral and up to 15 minutes; a period or more; the term test


@clause("10(1)(a)")
def term_average(regular: Sequence[Decimal], periodic: Sequence[Decimal], final: Decimal) -> Decimal:
    """Average of one subject over a term (ĐTBmhk), to one decimal, of its KTtx, KTđk and KThk."""
    points = REGULAR * sum(regular) + PERIODIC * sum(periodic) + FINAL * final
    return half_up(points / (REGULAR * len(regular) + PERIODIC * len(periodic) + FINAL))


TWO_THIRDS = Fraction(2, 3)


@clause("10(2)(a)")
def comment_of_term(tests: Sequence[Result]) -> CommentResult:
    """A comment subject's term: Đ when two thirds of the tests are, the term test (the last) among them."""
    achieved = sum(test is CommentResult.ACHIEVED for test in tests)
    is_enough = achieved >= TWO_THIRDS * len(tests)
    return CommentResult.ACHIEVED if is_enough and tests[-1] is CommentResult.ACHIEVED else CommentResult.NOT_ACHIEVED


@clause("11")
def overall_average(averages: Sequence[Decimal]) -> Decimal:
    """Average of all subjects (ĐTBhk, ĐTBcn), each weighing the same, to one decimal."""
    return half_up(sum(averages, Decimal(0)) / len(averages))


CORE_SUBJECTS = frozenset({NamedSubject.MATHEMATICS, NamedSubject.LITERATURE})  # of one of which a level asks its bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A pupil's results with the codes that Art. 13 looks at: the core subjects', and a specialised class's subject."""

    results: Results
    core: frozenset[str]
    specialised: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What a level asks of the overall average, of one core subject (None: nothing), and of every mark."""

    level: StudyLevel
    average: Decimal
    core: Decimal | None
    floor: Decimal
    needs_comments: bool


def _rung(level: StudyLevel, average: str, core: str | None, floor: str, *, needs_comments: bool = True) -> Rung:
    return Rung(
        level=level,
        average=Decimal(average),
        core=Decimal(core) if core else None,
        floor=Decimal(floor),
        needs_comments=needs_comments,
    )


LADDER = (  # Art. 13(1) to 13(4)
    _rung(StudyLevel.GOOD, "8.0", "8.0", "6.5"),
    _rung(StudyLevel.FAIR, "6.5", "6.5", "5.0"),
    _rung(StudyLevel.AVERAGE, "5.0", "5.0", "3.5"),
    _rung(StudyLevel.WEAK, "3.5", None, "2.0", needs_comments=False),
)


def has_core(rung: Rung, study: Study) -> bool:
    """Whether a core subject reaches the bar, and the specialised one too where the class has one."""
    if rung.core is None:
        return True
    marks = {code: mark for code, mark in study.results.items() if isinstance(mark, Decimal)}
    is_special = study.specialised not in marks or marks[study.specialised] >= rung.core
    return is_special and any(marks[code] >= rung.core for code in study.core & marks.keys())


def _meets(rung: Rung, study: Study) -> bool:
    """All that the rung asks but the overall average."""
    has_floor = all(score >= rung.floor for score in scores_of(study.results))
    has_comments = not rung.needs_comments or not comments_failed(study.results)
    return has_floor and has_comments and has_core(rung, study)


@clause("13")
def general_level(study: Study) -> StudyLevel:
    """The highest level whose demands are all met."""
    average = overall_average(scores_of(study.results))
    reached = (rung.level for rung in LADDER if average >= rung.average and _meets(rung, study))
    return next(reached, StudyLevel.POOR)


RAISED = {  # Art. 13(6): (the level of the overall average, the level one subject has brought about): the level given
    (StudyLevel.GOOD, StudyLevel.AVERAGE): StudyLevel.FAIR,
    (StudyLevel.GOOD, StudyLevel.WEAK): StudyLevel.AVERAGE,
    (StudyLevel.FAIR, StudyLevel.WEAK): StudyLevel.AVERAGE,
    (StudyLevel.FAIR, StudyLevel.POOR): StudyLevel.WEAK,  # an average of Giỏi is one of Khá too
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The level before Art. 13(6), the one given, and the code of the subject that was forgiven, if any."""

    general: StudyLevel
    level: StudyLevel
    forgiven: str | None = None


@clause("13(6)")
def standing_of(study: Study, switches: Switches58) -> Standing:
    """Exception: where one subject alone keeps a pupil from the level of the overall average."""
    general = general_level(study)
    average = overall_average(scores_of(study.results))
    for rung in LADDER:
        level = RAISED.get((rung.level, general))
        forgiven = _single_at_fault(rung, study, switches) if level and average >= rung.average else None
        if level and forgiven:
            return Standing(general=general, level=level, forgiven=forgiven)
    return Standing(general=general, level=general)


def _single_at_fault(rung: Rung, study: Study, switches: Switches58) -> str | None:
    return next((code for code in sorted(study.results) if _meets_but_for(code, rung, study, switches)), None)


def _meets_but_for(code: str, rung: Rung, study: Study, switches: Switches58) -> bool:
    is_scored = isinstance(study.results[code], Decimal)
    if not is_scored and not switches.adjust_comment_subject:
        return False
    others: dict[str, Result] = {other: result for other, result in study.results.items() if other != code}
    if is_scored and switches.single_subject_mode is SingleSubjectMode.REPLACEMENT:
        others[code] = HIGHEST_MARK
    return _meets(rung, replace(study, results=others))


SECOND_CHANCE: Mapping[tuple[StudyLevel, bool], Promotion] = {  # study up to Trung bình, conduct from Trung bình
    (StudyLevel.AVERAGE, True): Promotion.PROMOTED,
    (StudyLevel.WEAK, True): Promotion.RETEST,  # Art. 16
    (StudyLevel.AVERAGE, False): Promotion.SUMMER_TRAINING,  # Art. 17
}


@clause("15")
def promotion_of(level: StudyLevel, conduct: ConductLevel, absences: int) -> Promotion:
    """Promotion at the end of the year, before any summer."""
    if is_absent_too_often(absences):  # Art. 15(1)(b), kept by TT22/2021
        return Promotion.NOT_PROMOTED
    case = (min(level, StudyLevel.AVERAGE), conduct >= ConductLevel.AVERAGE)
    return SECOND_CHANCE.get(case, Promotion.NOT_PROMOTED)


@clause("15")
def promotion_after_summer(level: StudyLevel, conduct: ConductLevel, absences: int) -> Promotion:
    """Promotion once the second chance is used: there is no third."""
    at_last = promotion_of(level, conduct, absences)
    return at_last if at_last is Promotion.PROMOTED else Promotion.NOT_PROMOTED


@clause("16")
def may_retest(result: Result) -> bool:
    """Whether a pupil held back by study may choose this subject to sit again."""
    return falls_short(result)


class Title(Enum):
    """A commendation of a term or a year (danh hiệu)."""

    GOOD = "good"
    ADVANCED = "advanced"

    @property
    def vi(self) -> str:
        return {Title.GOOD: "Học sinh giỏi", Title.ADVANCED: "Học sinh tiên tiến"}[self]


@clause("18")
def title_of(level: StudyLevel, conduct: ConductLevel) -> Title | None:
    if level is StudyLevel.GOOD and conduct is ConductLevel.GOOD:
        return Title.GOOD
    return Title.ADVANCED if level >= StudyLevel.FAIR and conduct >= ConductLevel.FAIR else None
