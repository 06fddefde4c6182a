"""The words in which a judgement under TT27/2020 explains itself, in Vietnamese and in English."""

from collections.abc import Mapping, Sequence

from services.gradebook.rules import tt27_2020
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.tt27_2020 import (
    LADDER,
    LAST_GRADE,
    Outcome,
    Rung,
    SubjectLevel,
    Title,
    YearEnd,
    YearLevel,
)
from services.gradebook.rules.wording import listed

ENGLISH_LEVEL = {
    YearLevel.EXCELLENT: "Excellently completed",
    YearLevel.WELL_COMPLETED: "Well completed",
    YearLevel.COMPLETED: "Completed",
    YearLevel.NOT_COMPLETED: "Not completed",
}
ENGLISH_TITLE = {Title.EXCELLENT: "Excellent pupil", Title.OUTSTANDING: "Outstanding pupil in study and training"}
RUNG_ABOVE = {YearLevel(rung.level - 1): rung for rung in LADDER}
QUALITY_NAMES = {
    "yeu_nuoc": "Yêu nước",
    "nhan_ai": "Nhân ái",
    "cham_chi": "Chăm chỉ",
    "trung_thuc": "Trung thực",
    "trach_nhiem": "Trách nhiệm",
    "tu_chu_tu_hoc": "Tự chủ và tự học",
    "giao_tiep_hop_tac": "Giao tiếp và hợp tác",
    "giai_quyet_van_de": "Giải quyết vấn đề và sáng tạo",
    "ngon_ngu": "Ngôn ngữ",
    "tinh_toan": "Tính toán",
    "khoa_hoc": "Khoa học",
    "cong_nghe": "Công nghệ",
    "tin_hoc": "Tin học",
    "tham_mi": "Thẩm mĩ",
    "the_chat": "Thể chất",
}


def quality_name(code: str) -> str:
    return QUALITY_NAMES.get(code, code)


def missing(*, subjects: Sequence[str], tests: Sequence[str], qualities: Sequence[str]) -> tuple[Reason, ...]:
    """A reason for each kind of value that is still due."""
    return (
        *((_missing("7(1)", "mức của môn", "the level of", subjects),) if subjects else ()),
        *((_missing("7(1)(b)", "điểm kiểm tra định kì", "the test of", tests),) if tests else ()),
        *((_missing("7(2)", "phẩm chất, năng lực", "qualities and competences:", qualities),) if qualities else ()),
    )


def _missing(clause: str, vi: str, en: str, names: Sequence[str]) -> Reason:
    return Reason(
        code="incomplete", clause=clause, vi=f"Còn thiếu {vi}: {listed(names)}.", en=f"Missing: {en} {listed(names)}."
    )


def of_level(level: YearLevel, year_end: YearEnd, names: Mapping[str, str]) -> tuple[Reason, ...]:
    """The level reached, and what keeps the pupil from the next one."""
    reached = Reason(
        code="level_reached",
        clause=tt27_2020.year_level.clause,
        vi=f"Kết quả giáo dục cả năm: {level.vi}.",
        en=f"Result of the year: {ENGLISH_LEVEL[level]}.",
    )
    return (reached, *(_short_of(RUNG_ABOVE[level], year_end, names) if level in RUNG_ABOVE else ()))


def _short_of(rung: Rung, year_end: YearEnd, names: Mapping[str, str]) -> tuple[Reason, ...]:
    short = tt27_2020.shortfall(rung, year_end)
    subjects = [f"{names[code]} ({year_end.subjects[code]})" for code in short.subjects]
    tests = [f"{names[code]} {year_end.tests[code]}" for code in short.tests]
    qualities = [f"{quality_name(code)} ({year_end.qualities[code]})" for code in short.qualities]
    return (
        *((_below(rung, "subjects_below", "môn học", "subjects", subjects),) if subjects else ()),
        *((_tests_below(rung, tests),) if tests else ()),
        *((_below(rung, "qualities_below", "phẩm chất, năng lực", "qualities", qualities),) if qualities else ()),
    )


def _below(rung: Rung, code: str, vi: str, en: str, values: Sequence[str]) -> Reason:
    return Reason(
        code=code,
        clause=tt27_2020.year_level.clause,
        vi=f"Chưa đạt mức {rung.level.vi} vì {vi}: {listed(values)}.",
        en=f"Not {ENGLISH_LEVEL[rung.level]} because of {en}: {listed(values)}.",
    )


def _tests_below(rung: Rung, values: Sequence[str]) -> Reason:
    return Reason(
        code="tests_below",
        clause=tt27_2020.year_level.clause,
        vi=f"Mức {rung.level.vi} cần mọi bài kiểm tra từ {rung.test} điểm; còn thấp hơn: {listed(values)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks {rung.test} in every test; lower: {listed(values)}.",
    )


def of_outcome(outcome: Outcome, grade: int) -> Reason:
    vi, en = _outcome_words(outcome, grade)
    return Reason(code=outcome.value, clause=tt27_2020.outcome_of.clause, vi=vi, en=en)


def _outcome_words(outcome: Outcome, grade: int) -> tuple[str, str]:
    if outcome is Outcome.ADDITIONAL_ASSESSMENT:
        return "Giáo viên hướng dẫn, giúp đỡ và đánh giá bổ sung.", "The teacher helps, and assesses once more."
    if outcome is Outcome.SCHOOL_DECIDES:
        return "Nhà trường xem xét, quyết định việc lên lớp.", "The school decides on promotion."
    if grade == LAST_GRADE:
        return "Hoàn thành chương trình tiểu học.", "Primary school is completed."
    return (
        f"Hoàn thành chương trình lớp {grade}, được lên lớp {grade + 1}.",
        f"Grade {grade} is completed; promoted to grade {grade + 1}.",
    )


def of_candidate(title: Title, *, is_won: bool) -> Reason:
    waiting_vi, waiting_en = ("", "") if is_won else (" (cần được tập thể lớp công nhận)", " (if the class agrees)")
    return Reason(
        code=f"title_{title.value}",
        clause=tt27_2020.title_of.clause,
        vi=f"Khen thưởng {title.vi}{waiting_vi}.",
        en=f"Commendation: {ENGLISH_TITLE[title]}{waiting_en}.",
    )


def contradiction(name: str, level: SubjectLevel, test: int) -> Reason:
    return Reason(
        code="abnormal_test",
        clause=tt27_2020.contradictions.clause,
        vi=f"{name}: mức {level} trái với bài kiểm tra {test} điểm; có thể đề xuất kiểm tra lại.",
        en=f"{name}: level {level} contradicts a test of {test}; another test may be proposed.",
    )


def test_not_foreseen(names: Sequence[str], grade: int) -> Reason:
    return Reason(
        code="test_not_foreseen",
        clause=tt27_2020.tested_subjects.clause,
        vi=f"Lớp {grade} không có bài kiểm tra định kì ở: {listed(names)}; điểm không được tính.",
        en=f"Grade {grade} has no test in: {listed(names)}; the mark does not count.",
    )
