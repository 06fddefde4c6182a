"""Circular 27/2020/TT-BGDĐT: assessing primary pupils, in the order of its articles.

Last reread against the official text: not yet; paragraph and point numbers follow published summaries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum

from services.gradebook.rules.clauses import clause
from services.gradebook.rules.named_subjects import NamedSubject
from services.gradebook.rules.switches import PrimarySwitches


class SubjectLevel(StrEnum):
    """What a periodic assessment says of a subject (Art. 7(1)); the value is how schools write it."""

    DONE_WELL = "T"  # Hoàn thành tốt
    DONE = "H"  # Hoàn thành
    NOT_DONE = "C"  # Chưa hoàn thành


class QualityLevel(StrEnum):
    """What a periodic assessment says of a quality or competence (Art. 7(2))."""

    GOOD = "T"  # Tốt
    ACHIEVED = "Đ"  # Đạt
    NEEDS_EFFORT = "C"  # Cần cố gắng


class Moment(Enum):
    """When a periodic assessment takes place (Art. 7)."""

    MID_TERM_1 = "mid_term_1"
    END_TERM_1 = "end_term_1"
    MID_TERM_2 = "mid_term_2"
    YEAR_END = "year_end"


TESTED_AT_END = {  # subject: its grades with a test at the end of a term and of the year
    NamedSubject.LITERATURE: range(1, 6),
    NamedSubject.MATHEMATICS: range(1, 6),
    NamedSubject.FOREIGN_LANGUAGE: range(3, 6),
    NamedSubject.INFORMATICS_AND_TECHNOLOGY: range(3, 6),
    NamedSubject.HISTORY_AND_GEOGRAPHY: range(4, 6),
    NamedSubject.SCIENCE: range(4, 6),
}
TESTED_AT_MIDDLE = {NamedSubject.LITERATURE: range(4, 6), NamedSubject.MATHEMATICS: range(4, 6)}
ENDS = (Moment.END_TERM_1, Moment.YEAR_END)


@clause("7(1)(b)")
def tested_subjects(grade: int, moment: Moment) -> frozenset[NamedSubject]:
    """The subjects with a test (bài kiểm tra định kì) at that moment, if the class is taught them."""
    grades_of = TESTED_AT_END if moment in ENDS else TESTED_AT_MIDDLE
    return frozenset(subject for subject, grades in grades_of.items() if grade in grades)


HIGHEST_TEST = 10


@clause("7(1)(d)")
def is_test_mark(value: Decimal) -> bool:
    """Whether ``value`` may stand as the mark of a test: a whole number from 0 to 10."""
    return value.is_finite() and 0 <= value <= HIGHEST_TEST and value == value.to_integral_value()


QUALITIES = ("yeu_nuoc", "nhan_ai", "cham_chi", "trung_thuc", "trach_nhiem")
GENERAL_COMPETENCES = ("tu_chu_tu_hoc", "giao_tiep_hop_tac", "giai_quyet_van_de")
TECHNICAL_COMPETENCES = ("cong_nghe", "tin_hoc")
SPECIFIC_COMPETENCES = ("ngon_ngu", "tinh_toan", "khoa_hoc", *TECHNICAL_COMPETENCES, "tham_mi", "the_chat")


@clause("7(2)")
def required_qualities(grade: int, switches: PrimarySwitches) -> tuple[str, ...]:
    """Codes of the qualities and competences that a pupil of the grade must be assessed in."""
    every = (*QUALITIES, *GENERAL_COMPETENCES, *SPECIFIC_COMPETENCES)
    if grade > switches.competences_optional_until_grade:
        return every
    return tuple(code for code in every if code not in TECHNICAL_COMPETENCES)


class YearLevel(IntEnum):
    """The result of a year (đánh giá kết quả giáo dục); the greater is the better."""

    NOT_COMPLETED = 1
    COMPLETED = 2
    WELL_COMPLETED = 3
    EXCELLENT = 4

    @property
    def vi(self) -> str:
        return ("Chưa hoàn thành", "Hoàn thành", "Hoàn thành tốt", "Hoàn thành xuất sắc")[self - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """A pupil's values at the end of the year, by code: of subjects, of tests, of qualities and competences."""

    subjects: Mapping[str, SubjectLevel]
    tests: Mapping[str, int]
    qualities: Mapping[str, QualityLevel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What a level asks: the subject levels and quality levels it admits, and a floor for every test."""

    level: YearLevel
    subjects: frozenset[SubjectLevel]
    qualities: frozenset[QualityLevel]
    test: int


BEST_SUBJECTS, BEST_QUALITIES = frozenset({SubjectLevel.DONE_WELL}), frozenset({QualityLevel.GOOD})
PASSED_SUBJECTS = BEST_SUBJECTS | {SubjectLevel.DONE}
PASSED_QUALITIES = BEST_QUALITIES | {QualityLevel.ACHIEVED}
PASSED_TEST = 5
LADDER = (
    Rung(level=YearLevel.EXCELLENT, subjects=BEST_SUBJECTS, qualities=BEST_QUALITIES, test=9),
    Rung(level=YearLevel.WELL_COMPLETED, subjects=BEST_SUBJECTS, qualities=BEST_QUALITIES, test=7),
    Rung(level=YearLevel.COMPLETED, subjects=PASSED_SUBJECTS, qualities=PASSED_QUALITIES, test=PASSED_TEST),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Codes of what keeps a pupil from a level."""

    subjects: tuple[str, ...]
    tests: tuple[str, ...]
    qualities: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.subjects or self.tests or self.qualities)


def shortfall(rung: Rung, year_end: YearEnd) -> Shortfall:
    """What the rung asks and the pupil's values lack."""
    return Shortfall(
        subjects=_outside(rung.subjects, year_end.subjects),
        tests=tuple(sorted(code for code, mark in year_end.tests.items() if mark < rung.test)),
        qualities=_outside(rung.qualities, year_end.qualities),
    )


def _outside(admitted: Iterable[str], values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(code for code, value in values.items() if value not in admitted))


@clause("9")
def year_level(year_end: YearEnd) -> YearLevel:
    """The highest level whose demands the values at the end of the year all meet."""
    reached = (rung.level for rung in LADDER if not shortfall(rung, year_end))
    return next(reached, YearLevel.NOT_COMPLETED)


@clause("7(1)(đ)")
def contradictions(subjects: Mapping[str, SubjectLevel], tests: Mapping[str, int]) -> tuple[str, ...]:
    """Codes whose test says the contrary of the subject's level: another test may be proposed to the pupil."""
    both = sorted(subjects.keys() & tests.keys())
    return tuple(code for code in both if (subjects[code] in PASSED_SUBJECTS) is not (tests[code] >= PASSED_TEST))


class Outcome(Enum):
    """What follows a primary year; the school, not a formula, decides on a pupil who twice fell short (Art. 11)."""

    PROMOTED = "promoted"  # hoàn thành chương trình lớp học
    ADDITIONAL_ASSESSMENT = "additional_assessment"  # hướng dẫn, giúp đỡ và đánh giá bổ sung
    SCHOOL_DECIDES = "school_decides"


@clause("11")
def outcome_of(level: YearLevel, *, was_assessed_again: bool) -> Outcome:
    """Completion of the class, a second assessment after help, or after that the school's decision."""
    if level is not YearLevel.NOT_COMPLETED:
        return Outcome.PROMOTED
    return Outcome.SCHOOL_DECIDES if was_assessed_again else Outcome.ADDITIONAL_ASSESSMENT


LAST_GRADE = 5


@clause("11(2)")
def completes_primary(grade: int, outcome: Outcome) -> bool:
    """Whether the transcript confirms completion of primary school."""
    return grade == LAST_GRADE and outcome is Outcome.PROMOTED


class Title(Enum):
    """A commendation of the year (Art. 13)."""

    EXCELLENT = "excellent"
    OUTSTANDING = "outstanding"

    @property
    def vi(self) -> str:
        return {
            Title.EXCELLENT: "Học sinh Xuất sắc",
            Title.OUTSTANDING: "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
        }[self]


TITLE_OF = {YearLevel.EXCELLENT: Title.EXCELLENT, YearLevel.WELL_COMPLETED: Title.OUTSTANDING}
ASKS_CLASS = frozenset({Title.OUTSTANDING})  # an outstanding result or clear progress that the class acknowledges


@clause("13")
def candidate_for(level: YearLevel) -> Title | None:
    """The title that a pupil's level opens."""
    return TITLE_OF.get(level)


@clause("13")
def title_of(level: YearLevel, *, is_acknowledged: bool) -> Title | None:
    """The title won; one kind needs the class's acknowledgement."""
    candidate = candidate_for(level)
    return None if candidate in ASKS_CLASS and not is_acknowledged else candidate
