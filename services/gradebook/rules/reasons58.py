"""The words in which a judgement under TT58/2011 explains itself, in Vietnamese and in English."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache

from services.gradebook.rules import tt58_2011
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.tt22_2021 import is_absent_too_often
from services.gradebook.rules.tt58_2011 import LADDER, ConductLevel, Rung, Standing, Study, StudyLevel, Title
from services.gradebook.rules.vocabulary import Promotion, comments_failed
from services.gradebook.rules.wording import absent_too_often, comma, listed, marked

ENGLISH_LEVEL = {
    StudyLevel.GOOD: "Good",
    StudyLevel.FAIR: "Fair",
    StudyLevel.AVERAGE: "Average",
    StudyLevel.WEAK: "Weak",
    StudyLevel.POOR: "Poor",
}
ENGLISH_CONDUCT = {
    ConductLevel.GOOD: "Good",
    ConductLevel.FAIR: "Fair",
    ConductLevel.AVERAGE: "Average",
    ConductLevel.WEAK: "Weak",
}
RUNG_ABOVE = {StudyLevel(rung.level - 1): rung for rung in LADDER}


def no_core_subject() -> Reason:
    return Reason(
        code="no_core_subject",
        clause=tt58_2011.general_level.clause,
        vi="Không có điểm của môn Toán, Ngữ văn hay Ngoại ngữ nên không xếp loại học lực được.",
        en="There is no mark in a core subject, so no level can be given.",
    )


def of_standing(standing: Standing, study: Study, average: Decimal, names: Mapping[str, str]) -> tuple[Reason, ...]:
    """The level that the results reach, what keeps them from the next one, and the adjustment if there is one."""
    above = RUNG_ABOVE.get(standing.general)
    return (
        _level_reached(standing.general, average),
        *(_short_of(above, study, average, names) if above else ()),
        *((_raised(standing.level, names[standing.forgiven]),) if standing.forgiven else ()),
    )


@cache
def conduct_of_year(conduct: ConductLevel) -> Reason:
    return Reason(
        code="conduct_of_year",
        clause="4",
        vi=f"Hạnh kiểm cả năm {conduct.vi}, chủ yếu căn cứ học kỳ 2.",
        en=f"Conduct of the year {ENGLISH_CONDUCT[conduct]}, mainly by term 2.",
    )


PROMOTION_WORDS = {
    Promotion.PROMOTED: ("15", "Được lên lớp.", "Promoted to the next grade."),
    Promotion.RETEST: (
        "16",
        "Học lực Yếu: được chọn môn dưới 5,0 hoặc Chưa đạt để kiểm tra lại.",
        "Study is Weak: subjects below 5.0 or not achieved may be sat again.",
    ),
    Promotion.SUMMER_TRAINING: (
        "17",
        "Hạnh kiểm Yếu: rèn luyện trong kì nghỉ hè, Ủy ban nhân dân cấp xã xác nhận.",
        "Conduct is Weak: training during the summer, certified by the commune.",
    ),
    Promotion.NOT_PROMOTED: ("15", "Không được lên lớp.", "Not promoted; the grade is repeated."),
}


def of_promotion(promotion: Promotion, absences: int) -> tuple[Reason, ...]:
    clause, vi, en = PROMOTION_WORDS[promotion]
    decided = Reason(code=promotion.value, clause=clause, vi=vi, en=en)
    return (
        (absent_too_often(absences, clause=tt58_2011.promotion_of.clause), decided)
        if is_absent_too_often(absences)
        else (decided,)
    )


@cache
def of_title(title: Title) -> Reason:
    english = {Title.GOOD: "Good pupil", Title.ADVANCED: "Advanced pupil"}[title]
    return Reason(
        code=f"title_{title.value}",
        clause=tt58_2011.title_of.clause,
        vi=f"Danh hiệu {title.vi}.",
        en=f"Title: {english}.",
    )


def _level_reached(level: StudyLevel, average: Decimal) -> Reason:
    return Reason(
        code="level_reached",
        clause=tt58_2011.general_level.clause,
        vi=f"Điểm trung bình các môn {comma(average)}; các môn học xếp loại {level.vi}.",
        en=f"The average of all subjects is {average}; they reach the level {ENGLISH_LEVEL[level]}.",
    )


def _short_of(rung: Rung, study: Study, average: Decimal, names: Mapping[str, str]) -> tuple[Reason, ...]:
    """Each demand of the rung that the results fail."""
    below = [code for code, mark in study.results.items() if isinstance(mark, Decimal) and mark < rung.floor]
    failed = sorted(comments_failed(study.results)) if rung.needs_comments else []
    return (
        *((_low_average(rung),) if average < rung.average else ()),
        *(() if tt58_2011.has_core(rung, study) else (_no_core(rung),)),
        *((_below_floor(rung, marked(sorted(below), study.results, names)),) if below else ()),
        *((_comments(rung, [names[code] for code in failed]),) if failed else ()),
    )


def _low_average(rung: Rung) -> Reason:
    return Reason(
        code="low_average",
        clause=tt58_2011.general_level.clause,
        vi=f"Loại {rung.level.vi} cần điểm trung bình các môn từ {comma(rung.average)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks an average of all subjects of {rung.average}.",
    )


def _no_core(rung: Rung) -> Reason:
    return Reason(
        code="no_core_at_bar",
        clause=tt58_2011.general_level.clause,
        vi=f"Loại {rung.level.vi} cần một môn chính (và môn chuyên của lớp chuyên) từ {comma(rung.core or 0)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks {rung.core} in a core subject, and in a specialised class's subject.",
    )


def _below_floor(rung: Rung, subjects: Sequence[str]) -> Reason:
    return Reason(
        code="below_floor",
        clause=tt58_2011.general_level.clause,
        vi=f"Loại {rung.level.vi} cần mọi môn từ {comma(rung.floor)}; còn thấp hơn: {listed(subjects)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks {rung.floor} in every subject; lower: {listed(subjects)}.",
    )


def _comments(rung: Rung, names: Sequence[str]) -> Reason:
    return Reason(
        code="comments_not_achieved",
        clause=tt58_2011.general_level.clause,
        vi=f"Loại {rung.level.vi} cần mọi môn nhận xét Đạt; chưa đạt: {listed(names)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks every comment subject; not achieved: {listed(names)}.",
    )


def _raised(level: StudyLevel, name: str) -> Reason:
    return Reason(
        code="raised_for_one_subject",
        clause=tt58_2011.standing_of.clause,
        vi=f"Điều chỉnh lên loại {level.vi} vì chỉ do một môn: {name}.",
        en=f"Raised to {ENGLISH_LEVEL[level]}, as one subject alone is at fault: {name}.",
    )
