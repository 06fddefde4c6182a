"""The words in which a judgement under TT22/2021 explains itself, in Vietnamese and in English."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.gradebook.rules import tt22_2021
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.tt22_2021 import (
    LADDER,
    MOST_ABSENCES,
    SUBJECTS_AT_BAR,
    Level,
    Promotion,
    Result,
    Results,
    Rung,
    Switches,
    Title,
)

ENGLISH_LEVEL = {
    Level.GOOD: "Good",
    Level.FAIR: "Fair",
    Level.ACHIEVED: "Achieved",
    Level.NOT_ACHIEVED: "Not achieved",
}


def incomplete(names: Sequence[str]) -> Reason:
    return Reason(
        code="incomplete",
        clause=tt22_2021.counted.clause,
        vi=f"Chưa đủ số lần đánh giá: {_list(names)}.",
        en=f"Assessments are missing in: {_list(names)}.",
    )


def too_few_scored(count: int) -> Reason:
    return Reason(
        code="too_few_scored",
        clause=tt22_2021.general_level.clause,
        vi=f"Chỉ có {count} môn được cho điểm; xếp mức cần ít nhất {SUBJECTS_AT_BAR} môn.",
        en=f"Only {count} subjects have marks; a level needs at least {SUBJECTS_AT_BAR}.",
    )


def of_level(results: Results, names: Mapping[str, str], switches: Switches) -> tuple[Reason, ...]:
    """The level that the results reach, what keeps them from the next one, and the adjustment if there is one."""
    level = tt22_2021.general_level(results)
    above = next((rung for rung in reversed(LADDER) if rung.level > level), None)
    at_fault = tt22_2021.single_subject_at_fault(results, switches)
    return (
        _level_reached(level),
        *(_short_of(above, results, names) if above else ()),
        *((_raised(Level(level + 1), names[at_fault]),) if at_fault else ()),
    )


def conduct_missing() -> Reason:
    return Reason(
        code="conduct_missing",
        clause=tt22_2021.conduct_of_year.clause,
        vi="Chưa có kết quả rèn luyện.",
        en="Conduct has not been judged yet.",
    )


def conduct_of_one_term(conduct: Level) -> Reason:
    return Reason(
        code="conduct_of_one_term",
        clause=tt22_2021.conduct_of_year.clause,
        vi=f"Rèn luyện cả năm {conduct.vi}, theo học kỳ 2 vì không học học kỳ 1.",
        en=f"Conduct of the year {ENGLISH_LEVEL[conduct]}, from term 2, as term 1 was not attended.",
    )


def conduct_of_year(first: Level, second: Level, year: Level) -> Reason:
    return Reason(
        code="conduct_of_year",
        clause=tt22_2021.conduct_of_year.clause,
        vi=f"Rèn luyện học kỳ 1 {first.vi}, học kỳ 2 {second.vi}: cả năm {year.vi}.",
        en=f"Conduct {ENGLISH_LEVEL[first]} in term 1, {ENGLISH_LEVEL[second]} in term 2: {ENGLISH_LEVEL[year]}.",
    )


def reassessed(names: Sequence[str]) -> Reason:
    return Reason(
        code="reassessed",
        clause=tt22_2021.is_reassessed.clause,
        vi=f"Đã đánh giá lại: {_list(names)}; kết quả mới thay kết quả cả năm của môn.",
        en=f"Re-assessed: {_list(names)}; the new result replaces the subject's result of the year.",
    )


PROMOTION_WORDS = {
    Promotion.PROMOTED: ("Được lên lớp.", "Promoted to the next grade."),
    Promotion.RETEST: (
        "Kết quả học tập Chưa đạt: đánh giá lại các môn học chưa đạt.",
        "Study not achieved: the subjects that fell short are assessed again.",
    ),
    Promotion.SUMMER_TRAINING: (
        "Kết quả rèn luyện Chưa đạt: rèn luyện trong kì nghỉ hè.",
        "Conduct not achieved: training during the summer.",
    ),
    Promotion.NOT_PROMOTED: ("Không được lên lớp.", "Not promoted; the grade is repeated."),
}
PROMOTION_CLAUSE = {Promotion.RETEST: tt22_2021.is_reassessed.clause, Promotion.SUMMER_TRAINING: "13"}


def of_promotion(promotion: Promotion, absences: int) -> tuple[Reason, ...]:
    vi, en = PROMOTION_WORDS[promotion]
    clause = PROMOTION_CLAUSE.get(promotion, tt22_2021.promotion_of.clause)
    decided = Reason(code=promotion.value, clause=clause, vi=vi, en=en)
    return (_absent(absences), decided) if tt22_2021.is_absent_too_often(absences) else (decided,)


def of_title(title: Title) -> Reason:
    english = {Title.EXCELLENT: "Excellent pupil", Title.GOOD: "Good pupil"}[title]
    return Reason(
        code=f"title_{title.value}",
        clause=tt22_2021.title_of.clause,
        vi=f"Danh hiệu {title.vi}.",
        en=f"Title: {english}.",
    )


def _level_reached(level: Level) -> Reason:
    return Reason(
        code="level_reached",
        clause=tt22_2021.general_level.clause,
        vi=f"Các môn học xếp mức {level.vi}.",
        en=f"The subjects reach the level {ENGLISH_LEVEL[level]}.",
    )


def _short_of(rung: Rung, results: Results, names: Mapping[str, str]) -> tuple[Reason, ...]:
    """Each condition of the rung that the results fail."""
    below = [code for code, result in results.items() if isinstance(result, Decimal) and result < rung.floor]
    at_bar = sum(score >= rung.bar for score in tt22_2021.scores_of(results))
    failed = tt22_2021.comments_failed(results)
    return (
        *((_below_floor(rung, [f"{names[code]} {_comma(results[code])}" for code in sorted(below)]),) if below else ()),
        *((_too_few_at_bar(rung, at_bar),) if at_bar < SUBJECTS_AT_BAR else ()),
        *((_comments(rung, [names[code] for code in sorted(failed)]),) if len(failed) > rung.comments_forgiven else ()),
    )


def _below_floor(rung: Rung, subjects: Sequence[str]) -> Reason:
    return Reason(
        code="below_floor",
        clause=tt22_2021.general_level.clause,
        vi=f"Mức {rung.level.vi} cần mọi môn từ {_comma(rung.floor)}; còn thấp hơn: {_list(subjects)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks {rung.floor} in every subject; lower: {_list(subjects)}.",
    )


def _too_few_at_bar(rung: Rung, count: int) -> Reason:
    return Reason(
        code="too_few_at_bar",
        clause=tt22_2021.general_level.clause,
        vi=f"Mức {rung.level.vi} cần ít nhất {SUBJECTS_AT_BAR} môn từ {_comma(rung.bar)}; mới có {count}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks {rung.bar} in at least {SUBJECTS_AT_BAR} subjects; there are {count}.",
    )


def _comments(rung: Rung, names: Sequence[str]) -> Reason:
    return Reason(
        code="comments_not_achieved",
        clause=tt22_2021.general_level.clause,
        vi=f"Mức {rung.level.vi} cho phép {rung.comments_forgiven} môn nhận xét Chưa đạt; hiện có: {_list(names)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} allows {rung.comments_forgiven} comment subjects not achieved; there are: "
        f"{_list(names)}.",
    )


def _raised(level: Level, name: str) -> Reason:
    return Reason(
        code="raised_for_one_subject",
        clause=tt22_2021.level_after_adjustment.clause,
        vi=f"Điều chỉnh lên mức liền kề {level.vi} vì chỉ do một môn: {name}.",
        en=f"Raised to the next level, {ENGLISH_LEVEL[level]}, as one subject alone is at fault: {name}.",
    )


def _absent(absences: int) -> Reason:
    return Reason(
        code="absent_too_often",
        clause=tt22_2021.is_absent_too_often.clause,
        vi=f"Nghỉ học {absences} buổi, quá {MOST_ABSENCES} buổi.",
        en=f"Absent {absences} times, more than {MOST_ABSENCES}.",
    )


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def _comma(mark: Result) -> str:
    return str(mark).replace(".", ",")
