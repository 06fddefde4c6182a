"""The words in which a judgement under TT22/2021 or TT43/2021 explains itself, in Vietnamese and in English."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from services.gradebook.rules import tt22_2021
from services.gradebook.rules.clauses import Reason
from services.gradebook.rules.tt22_2021 import LADDER, Level, Rung, Standing, Title
from services.gradebook.rules.vocabulary import Promotion
from services.gradebook.rules.wording import absent_too_often, comma, listed

ENGLISH_LEVEL = {
    Level.GOOD: "Good",
    Level.FAIR: "Fair",
    Level.ACHIEVED: "Achieved",
    Level.NOT_ACHIEVED: "Not achieved",
}


def too_few_scored(count: int, at_bar: int) -> Reason:
    return Reason(
        code="too_few_scored",
        clause=tt22_2021.general_level.clause,
        vi=f"Chỉ có {count} môn được cho điểm; xếp mức cần ít nhất {at_bar} môn.",
        en=f"Only {count} subjects have marks; a level needs at least {at_bar}.",
    )


def of_standing(standing: Standing, names: Mapping[str, str], at_bar: int) -> tuple[Reason, ...]:
    """The level that the results reach, what keeps them from the next one, and the adjustment if there is one."""
    above = RUNG_ABOVE.get(standing.general)
    forgiven = standing.forgiven
    return (
        _level_reached(standing.general),
        *(_short_of(above, standing, names, at_bar) if above else ()),
        *((_raised(standing.level, names[forgiven]),) if forgiven else ()),
    )


@cache
def conduct_of_one_term(conduct: Level) -> Reason:
    return Reason(
        code="conduct_of_one_term",
        clause=tt22_2021.conduct_of_year.clause,
        vi=f"Rèn luyện cả năm {conduct.vi}, theo học kỳ 2 vì không học học kỳ 1.",
        en=f"Conduct of the year {ENGLISH_LEVEL[conduct]}, from term 2, as term 1 was not attended.",
    )


@cache
def conduct_of_year(first: Level, second: Level, year: Level) -> Reason:
    return Reason(
        code="conduct_of_year",
        clause=tt22_2021.conduct_of_year.clause,
        vi=f"Rèn luyện học kỳ 1 {first.vi}, học kỳ 2 {second.vi}: cả năm {year.vi}.",
        en=f"Conduct {ENGLISH_LEVEL[first]} in term 1, {ENGLISH_LEVEL[second]} in term 2: {ENGLISH_LEVEL[year]}.",
    )


COMPLETION = "completion"  # conditions from practice: no clause is known
COMPLETION_WORDS = {
    True: ("Hoàn thành chương trình.", "The programme is completed."),
    False: ("Chưa hoàn thành chương trình.", "The programme is not completed."),
}
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
    decided = _promotion_reason(promotion)
    return (
        (absent_too_often(absences, clause=tt22_2021.is_absent_too_often.clause), decided)
        if tt22_2021.is_absent_too_often(absences)
        else (decided,)
    )


@cache
def principal_decides() -> Reason:
    return Reason(
        code="principal_decides",
        clause="12(4)",
        vi="Học sinh khuyết tật: hiệu trưởng quyết định việc lên lớp theo kế hoạch giáo dục cá nhân.",
        en="A disabled pupil: the principal decides on promotion by the individual plan.",
    )


def completion(*, is_completed: bool) -> Reason:
    vi, en = COMPLETION_WORDS[is_completed]
    return Reason(
        code="completed" if is_completed else "not_completed", clause=tt22_2021.promotion_of.clause, vi=vi, en=en
    )


def failed_comment(names: Sequence[str]) -> Reason:
    return Reason(
        code="completion_failed_comment",
        clause=COMPLETION,
        vi=f"Hoàn thành chương trình không cho phép môn nhận xét Chưa đạt: {listed(names)}.",
        en=f"Completion allows no comment subject not achieved: {listed(names)}.",
    )


def too_old(oldest: int) -> Reason:
    return Reason(
        code="completion_age",
        clause=COMPLETION,
        vi=f"Hoàn thành chương trình cần biết tuổi không quá {oldest}.",
        en=f"Completion needs an age known to be {oldest} at most.",
    )


@cache
def of_title(title: Title) -> Reason:
    english = {Title.EXCELLENT: "Excellent pupil", Title.GOOD: "Good pupil"}[title]
    return Reason(
        code=f"title_{title.value}",
        clause=tt22_2021.title_of.clause,
        vi=f"Danh hiệu {title.vi}.",
        en=f"Title: {english}.",
    )


@cache
def _promotion_reason(promotion: Promotion) -> Reason:
    vi, en = PROMOTION_WORDS[promotion]
    clause = PROMOTION_CLAUSE.get(promotion, tt22_2021.promotion_of.clause)
    return Reason(code=promotion.value, clause=clause, vi=vi, en=en)


@cache
def _level_reached(level: Level) -> Reason:
    return Reason(
        code="level_reached",
        clause=tt22_2021.general_level.clause,
        vi=f"Các môn học xếp mức {level.vi}.",
        en=f"The subjects reach the level {ENGLISH_LEVEL[level]}.",
    )


RUNG_OF = {rung.level: rung for rung in LADDER}
RUNG_ABOVE = dict(zip((Level.FAIR, Level.ACHIEVED, Level.NOT_ACHIEVED), LADDER, strict=True))


def _short_of(rung: Rung, standing: Standing, names: Mapping[str, str], at_bar: int) -> Iterator[Reason]:
    """Each condition of the rung that the results fail."""
    floor, bar = rung.floor, rung.bar
    below = sorted([(code, score) for score, code in standing.scores if score < floor])
    if below:
        yield _below_floor(rung, [f"{names[code]} {comma(score)}" for code, score in below])
    reaching = sum([score >= bar for score, _ in standing.scores])
    if reaching < at_bar:
        yield _too_few_at_bar(rung.level, reaching, at_bar)
    if len(standing.failed) > rung.comments_forgiven:
        yield _comments(rung, [names[code] for code in standing.failed])


def _below_floor(rung: Rung, subjects: Sequence[str]) -> Reason:
    return Reason(
        code="below_floor",
        clause=tt22_2021.general_level.clause,
        vi=f"Mức {rung.level.vi} cần mọi môn từ {comma(rung.floor)}; còn thấp hơn: {listed(subjects)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} asks {rung.floor} in every subject; lower: {listed(subjects)}.",
    )


@cache
def _too_few_at_bar(level: Level, count: int, at_bar: int) -> Reason:
    bar = RUNG_OF[level].bar
    return Reason(
        code="too_few_at_bar",
        clause=tt22_2021.general_level.clause,
        vi=f"Mức {level.vi} cần ít nhất {at_bar} môn từ {comma(bar)}; mới có {count}.",
        en=f"{ENGLISH_LEVEL[level]} asks {bar} in at least {at_bar} subjects; there are {count}.",
    )


def _comments(rung: Rung, names: Sequence[str]) -> Reason:
    return Reason(
        code="comments_not_achieved",
        clause=tt22_2021.general_level.clause,
        vi=f"Mức {rung.level.vi} cho phép {rung.comments_forgiven} môn nhận xét Chưa đạt; hiện có: {listed(names)}.",
        en=f"{ENGLISH_LEVEL[rung.level]} allows {rung.comments_forgiven} comment subjects not achieved; there are: "
        f"{listed(names)}.",
    )


def _raised(level: Level, name: str) -> Reason:
    return Reason(
        code="raised_for_one_subject",
        clause=tt22_2021.standing_of.clause,
        vi=f"Điều chỉnh lên mức liền kề {level.vi} vì chỉ do một môn: {name}.",
        en=f"Raised to the next level, {ENGLISH_LEVEL[level]}, as one subject alone is at fault: {name}.",
    )
