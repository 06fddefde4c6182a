"""Circular 22/2021/TT-BGDĐT: assessing secondary pupils, in the order of its articles.

Last reread against the official text: not yet; paragraph and point numbers follow published summaries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import TypeAlias

from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.clauses import clause


class Level(IntEnum):
    """A level (mức) of study (học tập) or conduct (rèn luyện); the greater is the better."""

    NOT_ACHIEVED = 1
    ACHIEVED = 2
    FAIR = 3
    GOOD = 4

    @property
    def vi(self) -> str:
        return ("Chưa đạt", "Đạt", "Khá", "Tốt")[self - 1]


class CommentResult(StrEnum):
    """What an assessment by comments (nhận xét) says; the value is how schools write it."""

    ACHIEVED = "Đ"
    NOT_ACHIEVED = "CĐ"


class SubjectKind(Enum):
    """How a subject is assessed (Art. 5): by comments alone, or by comments and marks."""

    SCORED = "scored"
    COMMENT = "comment"


class SingleSubjectMode(Enum):
    """How Art. 9(3) looks past one subject: leave it out, or suppose it perfect. The circular does not say."""

    REMOVAL = "removal"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The readings of Art. 9(3) that the official text leaves open; stored with every result."""

    single_subject_mode: SingleSubjectMode = SingleSubjectMode.REMOVAL
    adjust_comment_subject: bool = True


Result: TypeAlias = Decimal | CommentResult
Results: TypeAlias = Mapping[str, Result]  # by subject code; exempt subjects stay out (Art. 11)
HIGHEST_MARK = Decimal(10)


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


class CellState(Enum):
    """What is known of one assessment of one pupil; a missed one is not an empty one, and zero is neither."""

    EMPTY = "empty"
    VALUE = "value"
    MISSED_EXCUSED = "missed_excused"  # to be made up; until then the term cannot be judged
    MISSED_UNEXCUSED = "missed_unexcused"
    EXEMPT = "exempt"  # a disabled pupil's subject (Art. 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One assessment of one pupil; ``value`` is set exactly when the state is VALUE."""

    state: CellState = CellState.EMPTY
    value: Result | None = None


MISSED: Mapping[SubjectKind, Result] = {SubjectKind.SCORED: Decimal(0), SubjectKind.COMMENT: CommentResult.NOT_ACHIEVED}


@clause("7")
def counted(cell: Cell, kind: SubjectKind) -> Result | None:
    """What a cell contributes: missed without a reason counts as 0 or Chưa đạt; None while it is still to come."""
    if cell.state is CellState.MISSED_UNEXCUSED:
        return MISSED[kind]
    return cell.value if cell.state is CellState.VALUE else None


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
def comment_of_term(results: Sequence[CommentResult]) -> CommentResult:
    """A comment subject's term: Đạt when every assessment is."""
    return CommentResult.NOT_ACHIEVED if CommentResult.NOT_ACHIEVED in results else CommentResult.ACHIEVED


REGULAR, MIDTERM, FINAL = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """One subject's marks of one term: regular (ĐĐGtx), mid-term (ĐĐGgk), final (ĐĐGck)."""

    regular: tuple[Decimal, ...]
    midterm: Decimal
    final: Decimal


@clause("9(1)(b)")
def term_average(marks: Marks) -> Decimal:
    """Average of one subject over a term (ĐTBmhk), to one decimal."""
    points = REGULAR * sum(marks.regular) + MIDTERM * marks.midterm + FINAL * marks.final
    return half_up(points / (REGULAR * len(marks.regular) + MIDTERM + FINAL))


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


def scores_of(results: Results) -> list[Decimal]:
    return [result for result in results.values() if isinstance(result, Decimal)]


def comments_failed(results: Results) -> list[str]:
    """Codes of the comment subjects that are Chưa đạt."""
    return [code for code, result in results.items() if result == CommentResult.NOT_ACHIEVED]


def reaches(rung: Rung, results: Results) -> bool:
    scores = scores_of(results)
    return (
        all(score >= rung.floor for score in scores)
        and sum(score >= rung.bar for score in scores) >= SUBJECTS_AT_BAR
        and len(comments_failed(results)) <= rung.comments_forgiven
    )


@clause("9(2)")
def general_level(results: Results) -> Level:
    """The highest rung that the pupil's results reach."""
    return next((rung.level for rung in LADDER if reaches(rung, results)), Level.NOT_ACHIEVED)


@clause("9(3)")
def single_subject_at_fault(results: Results, switches: Switches) -> str | None:
    """Code of the one subject that alone holds the pupil two or more levels below Tốt or Khá."""
    level = general_level(results)
    return next((code for code in sorted(results) if _level_but_for(code, results, switches) - level > 1), None)


@clause("9(3)")
def level_after_adjustment(results: Results, switches: Switches) -> Level:
    """Exception: one subject alone may not cost a pupil two levels; the next higher one is given."""
    level = general_level(results)
    return level if single_subject_at_fault(results, switches) is None else Level(level + 1)


def _level_but_for(code: str, results: Results, switches: Switches) -> Level:
    is_scored = isinstance(results[code], Decimal)
    if not is_scored and not switches.adjust_comment_subject:
        return general_level(results)
    others = {other: result for other, result in results.items() if other != code}
    if is_scored and switches.single_subject_mode is SingleSubjectMode.REPLACEMENT:
        return general_level({**others, code: HIGHEST_MARK})
    return general_level(others)


class Promotion(Enum):
    """What follows a school year: the next grade, a second chance, or the same grade again."""

    PROMOTED = "promoted"  # lên lớp
    RETEST = "retest"  # kiểm tra lại, Art. 14
    SUMMER_TRAINING = "summer_training"  # rèn luyện trong hè, Art. 13
    NOT_PROMOTED = "not_promoted"  # không lên lớp


MOST_ABSENCES = 45  # buổi, with or without permission


@clause("12(1)(c)")
def is_absent_too_often(absences: int) -> bool:
    return absences > MOST_ABSENCES


SECOND_CHANCE = {  # (study achieved, conduct achieved)
    (True, True): Promotion.PROMOTED,
    (False, True): Promotion.RETEST,
    (True, False): Promotion.SUMMER_TRAINING,
    (False, False): Promotion.NOT_PROMOTED,  # Art. 14 asks for conduct of Đạt before any re-assessment
}


@clause("12")
def promotion_of(level: Level, conduct: Level, absences: int) -> Promotion:
    """Promotion at the end of the year, before any summer."""
    if is_absent_too_often(absences):
        return Promotion.NOT_PROMOTED
    return SECOND_CHANCE[level >= Level.ACHIEVED, conduct >= Level.ACHIEVED]


@clause("12")
def promotion_after_summer(level: Level, conduct: Level, absences: int) -> Promotion:
    """Promotion once the second chance is used: there is no third."""
    at_last = promotion_of(level, conduct, absences)
    return at_last if at_last is Promotion.PROMOTED else Promotion.NOT_PROMOTED


REASSESSED_BELOW = Decimal("5.0")


@clause("14")
def is_reassessed(result: Result) -> bool:
    """Whether a pupil held back by study sits this subject again: Chưa đạt by comments, or an average below 5.0."""
    return result < REASSESSED_BELOW if isinstance(result, Decimal) else result == CommentResult.NOT_ACHIEVED


class Title(Enum):
    """A commendation of the year (danh hiệu)."""

    EXCELLENT = "excellent"
    GOOD = "good"

    @property
    def vi(self) -> str:
        return {Title.EXCELLENT: "Học sinh Xuất sắc", Title.GOOD: "Học sinh Giỏi"}[self]


EXCELLENT_AVERAGE = Decimal("9.0")


@clause("15(1)(a)")
def title_of(level: Level, conduct: Level, results: Results) -> Title | None:
    """The title of the year, from the results before any summer."""
    if level is not Level.GOOD or conduct is not Level.GOOD:
        return None
    excellent = sum(score >= EXCELLENT_AVERAGE for score in scores_of(results))
    return Title.EXCELLENT if excellent >= SUBJECTS_AT_BAR else Title.GOOD
