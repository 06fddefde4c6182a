"""Circular 22/2021/TT-BGDĐT: assessing secondary pupils, in the order of its articles.

Last reread against the official text: not yet; paragraph and point numbers follow published summaries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, IntEnum

from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.clauses import clause
from services.gradebook.rules.reassessment import falls_short
from services.gradebook.rules.switches import BothFail, SingleSubjectMode, Switches
from services.gradebook.rules.vocabulary import (
    FAILED,
    HIGHEST_MARK,
    Cell,
    CellState,
    CommentResult,
    Promotion,
    Result,
    Results,
    SubjectKind,
    comments_failed,
    scores_of,
)

__all__ = [  # what users of the law may also name here
    "Cell",
    "CellState",
    "CommentResult",
    "Promotion",
    "Result",
    "SingleSubjectMode",
    "SubjectKind",
    "Switches",
]


class Level(IntEnum):
    """A level (mức) of study (học tập) or conduct (rèn luyện); the greater is the better."""

    NOT_ACHIEVED = 1
    ACHIEVED = 2
    FAIR = 3
    GOOD = 4

    @property
    def vi(self) -> str:
        return ("Chưa đạt", "Đạt", "Khá", "Tốt")[self - 1]


@clause("5(2)")
def is_mark(value: Decimal) -> bool:
    """Whether ``value`` may stand as a mark: 0 to 10, at most one decimal."""
    return value.is_finite() and 0 <= value <= HIGHEST_MARK and value == half_up(value)


COMMENT_ASSESSMENTS = 2
REGULAR_ASSESSMENTS = ((35, 2), (70, 3))  # up to so many periods a year: so many assessments a term
MOST_REGULAR_ASSESSMENTS = 4


@clause("6")
def regular_assessments(kind: SubjectKind, periods: int, *, has_cluster: bool = False) -> int:
    """How many regular assessments (ĐĐGtx) a term requires.

    ``periods`` are of the whole year and without the study-topic cluster (cụm chuyên đề), which counts as one more.
    """
    if kind is SubjectKind.COMMENT:
        return COMMENT_ASSESSMENTS
    plain = next((count for most, count in REGULAR_ASSESSMENTS if periods <= most), MOST_REGULAR_ASSESSMENTS)
    return plain + has_cluster


MISSED: Mapping[SubjectKind, Result] = {SubjectKind.SCORED: Decimal(0), SubjectKind.COMMENT: CommentResult.NOT_ACHIEVED}


@clause("7")
def counted(cell: Cell, kind: SubjectKind) -> Result | None:
    """What a cell contributes: missed without a reason counts as 0 or Chưa đạt; None while it is still to come."""
    if cell.state is CellState.MISSED_UNEXCUSED:
        return MISSED[kind]
    return cell.value if cell.state is CellState.VALUE else None


@clause("7")
def counted_regular(cell: Cell, kind: SubjectKind, switches: Switches) -> Result | None:
    """A regular assessment's contribution; whether a missed one is 0 is open."""
    if cell.state is CellState.MISSED_UNEXCUSED and not switches.zero_for_missed_regular:
        return None
    return counted(cell, kind)


CONDUCT_OF_YEAR = {  # term 1: the year's conduct by term 2 (Chưa đạt, Đạt, Khá, Tốt)
    Level.GOOD: (Level.NOT_ACHIEVED, Level.FAIR, Level.FAIR, Level.GOOD),
    Level.FAIR: (Level.NOT_ACHIEVED, Level.ACHIEVED, Level.FAIR, Level.GOOD),
    Level.ACHIEVED: (Level.NOT_ACHIEVED, Level.ACHIEVED, Level.FAIR, Level.FAIR),
    Level.NOT_ACHIEVED: (Level.NOT_ACHIEVED, Level.ACHIEVED, Level.ACHIEVED, Level.FAIR),
}


@clause("8(2)(b)")
def conduct_of_year(first: Level, second: Level) -> Level:
    """Conduct (kết quả rèn luyện) of the year from that of its two terms."""
    return CONDUCT_OF_YEAR[first][second - 1]


@clause("9(1)(a)")
def comment_of_term(results: Sequence[Result]) -> CommentResult:
    """A comment subject's term: Đạt when every assessment is."""
    return FAILED if FAILED in results else CommentResult.ACHIEVED


REGULAR, MIDTERM, FINAL = 1, 2, 3


@clause("9(1)(b)")
def term_average(regular: Sequence[Decimal], midterm: Decimal, final: Decimal) -> Decimal:
    """Average of one subject over a term (ĐTBmhk), to one decimal, of its ĐĐGtx, ĐĐGgk and ĐĐGck."""
    points = REGULAR * sum(regular) + MIDTERM * midterm + FINAL * final
    return half_up(points / (REGULAR * len(regular) + MIDTERM + FINAL))


FIRST_TERM, SECOND_TERM = 1, 2


@clause("9(1)(b)")
def year_average(first: Decimal, second: Decimal) -> Decimal:
    """Average of one subject over the year (ĐTBmcn), from its two rounded term averages."""
    return half_up((FIRST_TERM * first + SECOND_TERM * second) / (FIRST_TERM + SECOND_TERM))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What a level asks: a floor for every mark, a bar that six must reach, how many comments may be Chưa đạt."""

    level: Level
    floor: Decimal
    bar: Decimal
    comments_forgiven: int


LADDER = (
    Rung(level=Level.GOOD, floor=Decimal("6.5"), bar=Decimal("8.0"), comments_forgiven=0),
    Rung(level=Level.FAIR, floor=Decimal("5.0"), bar=Decimal("6.5"), comments_forgiven=0),
    Rung(level=Level.ACHIEVED, floor=Decimal("3.5"), bar=Decimal("5.0"), comments_forgiven=1),
)
SUBJECTS_AT_BAR = 6


@clause("9(2)")
def general_level(results: Results, at_bar: int = SUBJECTS_AT_BAR) -> Level:
    """The highest rung that the pupil's results reach; ``at_bar`` subjects must reach its bar."""
    return _general_level(sorted(scores_of(results)), len(comments_failed(results)), at_bar)


def _general_level(ascending: Sequence[Decimal], failed: int, at_bar: int) -> Level:
    if len(ascending) < at_bar:
        return Level.NOT_ACHIEVED
    weakest, last_counted = ascending[0], ascending[-at_bar]
    for rung in LADDER:
        if weakest >= rung.floor and last_counted >= rung.bar and failed <= rung.comments_forgiven:
            return rung.level
    return Level.NOT_ACHIEVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where results stand: the general level, and the code of the one subject that Art. 9(3) forgives, if any."""

    scores: Sequence[tuple[Decimal, str]]  # with their subjects' codes, the weakest first
    failed: Sequence[str]  # codes of the comment subjects that are Chưa đạt
    general: Level
    forgiven: str | None = None

    @property
    def level(self) -> Level:
        """The level given: the next higher one where a subject is forgiven."""
        return self.general if self.forgiven is None else Level(self.general + 1)


@clause("9(3)")
def standing_of(results: Results, switches: Switches, at_bar: int = SUBJECTS_AT_BAR) -> Standing:
    """Exception: one subject alone may not cost a pupil two levels."""
    scores = sorted([(result, code) for code, result in results.items() if isinstance(result, Decimal)])
    failed = sorted(comments_failed(results))
    general = _general_level([score for score, _ in scores], len(failed), at_bar)
    standing = Standing(scores=scores, failed=failed, general=general)
    at_fault = _single_at_fault(standing, switches, at_bar) if general < Level.FAIR else None
    return replace(standing, forgiven=at_fault) if at_fault else standing


def _single_at_fault(standing: Standing, switches: Switches, at_bar: int) -> str | None:
    """Only two subjects can be: the weakest mark, as looking past any other leaves it, and a lone failed comment."""
    ascending, failed = [score for score, _ in standing.scores], len(standing.failed)
    if _general_level(_but_for_weakest(ascending, switches), failed, at_bar) - standing.general > 1:
        return standing.scores[0][1]
    is_comment_looked_past = failed == 1 and switches.adjust_comment_subject
    if is_comment_looked_past and _general_level(ascending, 0, at_bar) - standing.general > 1:
        return standing.failed[0]
    return None


def _but_for_weakest(ascending: Sequence[Decimal], switches: Switches) -> Sequence[Decimal]:
    is_replaced = switches.single_subject_mode is SingleSubjectMode.REPLACEMENT
    return [*ascending[1:], HIGHEST_MARK] if is_replaced else ascending[1:]


MOST_ABSENCES = 45  # buổi, with or without permission


@clause("12(1)(c)")
def is_absent_too_often(absences: int) -> bool:
    return absences > MOST_ABSENCES


SECOND_CHANCE = {  # (study achieved, conduct achieved)
    (True, True): Promotion.PROMOTED,
    (False, True): Promotion.RETEST,
    (True, False): Promotion.SUMMER_TRAINING,
}
BOTH_FAIL = {  # Art. 14 asks for conduct of Đạt before any re-assessment
    BothFail.NOT_PROMOTED: Promotion.NOT_PROMOTED,
    BothFail.SUMMER_FIRST: Promotion.SUMMER_TRAINING,
}


@clause("12")
def promotion_of(
    level: Level, conduct: Level, absences: int, *, both_fail: BothFail = BothFail.NOT_PROMOTED
) -> Promotion:
    """Promotion at the end of the year, before any summer."""
    if is_absent_too_often(absences):
        return Promotion.NOT_PROMOTED
    achieved = (level >= Level.ACHIEVED, conduct >= Level.ACHIEVED)
    return SECOND_CHANCE.get(achieved, BOTH_FAIL[both_fail])


@clause("12")
def promotion_after_summer(level: Level, conduct: Level, absences: int) -> Promotion:
    """Promotion once the second chance is used: there is no third."""
    at_last = promotion_of(level, conduct, absences)
    return at_last if at_last is Promotion.PROMOTED else Promotion.NOT_PROMOTED


@clause("14")
def is_reassessed(result: Result) -> bool:
    """Whether a pupil held back by study sits this subject again."""
    return falls_short(result)


class Title(Enum):
    """A commendation of the year (danh hiệu)."""

    EXCELLENT = "excellent"
    GOOD = "good"

    @property
    def vi(self) -> str:
        return {Title.EXCELLENT: "Học sinh Xuất sắc", Title.GOOD: "Học sinh Giỏi"}[self]


EXCELLENT_AVERAGE = Decimal("9.0")


@clause("15(1)(a)")
def title_of(level: Level, conduct: Level, results: Results, at_bar: int = SUBJECTS_AT_BAR) -> Title | None:
    """The title of the year, from the results before any summer."""
    if level is not Level.GOOD or conduct is not Level.GOOD:
        return None
    excellent = sum(score >= EXCELLENT_AVERAGE for score in scores_of(results))
    return Title.EXCELLENT if excellent >= at_bar else Title.GOOD
