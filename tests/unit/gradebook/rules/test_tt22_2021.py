"""The circular's rules one by one, each threshold on both sides."""

import re
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gradebook.rules import tt22_2021 as law
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.tt22_2021 import (
    Cell,
    CellState,
    CommentResult,
    Level,
    Promotion,
    SingleSubjectMode,
    SubjectKind,
    Switches,
    Title,
)

DEFAULT = Switches()
GOOD, FAIR, ACHIEVED, NOT_ACHIEVED = Level.GOOD, Level.FAIR, Level.ACHIEVED, Level.NOT_ACHIEVED
PASSED, FAILED = CommentResult.ACHIEVED, CommentResult.NOT_ACHIEVED
LEVEL_OF = {level.vi: level for level in Level}


def decimals(text):
    """Marks written as people do: "8.5x7 4.0" is seven of 8.5 and one of 4.0."""
    counted = (part.partition("x") for part in text.split())
    return [Decimal(mark) for mark, _, times in counted for _ in range(int(times or 1))]


def results(scores, failed_comments=0, comments=4):
    comment_results = [FAILED] * failed_comments + [PASSED] * (comments - failed_comments)
    named = {f"scored-{index}": score for index, score in enumerate(decimals(scores))}
    return named | {f"comment-{index}": result for index, result in enumerate(comment_results)}


LEVELS = [  # scores, failed comment subjects, level before and after the adjustment
    ("8.5x8", 0, "Tốt", "Tốt"),
    ("8.0x6 6.5x2", 0, "Tốt", "Tốt"),
    ("8.0x5 6.5x3", 0, "Khá", "Khá"),
    ("8.0x6 6.5 6.4", 0, "Khá", "Khá"),
    ("6.5x6 5.0x2", 0, "Khá", "Khá"),
    ("6.5x5 5.0x3", 0, "Đạt", "Đạt"),
    ("5.0x6 3.5x2", 0, "Đạt", "Đạt"),
    ("5.0x5 3.5x3", 0, "Chưa đạt", "Chưa đạt"),
    ("5.0x6 4.0 3.4", 0, "Chưa đạt", "Chưa đạt"),
    ("8.5x7 4.0", 0, "Đạt", "Khá"),
    ("8.5x7 3.0", 0, "Chưa đạt", "Đạt"),
    ("8.5x7 0.0", 0, "Chưa đạt", "Đạt"),
    ("8.5x7 6.0", 0, "Khá", "Khá"),
    ("8.5x6 4.0x2", 0, "Đạt", "Đạt"),
    ("7.0x7 3.0", 0, "Chưa đạt", "Đạt"),
    ("7.0x7 4.0", 0, "Đạt", "Đạt"),
    ("8.5x8", 1, "Đạt", "Khá"),
    ("7.0x8", 1, "Đạt", "Đạt"),
    ("8.5x7 4.0", 1, "Đạt", "Đạt"),
    ("5.0x6 4.0x2", 1, "Đạt", "Đạt"),
    ("8.5x8", 2, "Chưa đạt", "Chưa đạt"),
]


@pytest.mark.parametrize(("scores", "failed", "base", "final"), LEVELS)
def test_a_level_follows_from_floor_bar_and_comments(scores, failed, base, final):
    pupil = results(scores, failed)

    assert law.general_level(pupil) is LEVEL_OF[base]
    assert law.standing_of(pupil, DEFAULT).level is LEVEL_OF[final]


@pytest.mark.parametrize(
    ("weakest", "level"),
    [("6.5", GOOD), ("6.4", FAIR), ("5.0", FAIR), ("4.9", ACHIEVED), ("3.5", ACHIEVED), ("3.4", NOT_ACHIEVED)],
)
def test_each_level_has_a_floor_for_the_weakest_subject(weakest, level):
    assert law.general_level(results(f"9.0x7 {weakest}")) is level


@pytest.mark.parametrize(
    ("sixth", "level"),
    [("8.0", GOOD), ("7.9", FAIR), ("6.5", FAIR)],
)
def test_good_needs_six_subjects_at_eight(sixth, level):
    assert law.general_level(results(f"8.0x5 {sixth} 6.5x2")) is level


@pytest.mark.parametrize(("sixth", "level"), [("6.5", FAIR), ("6.4", ACHIEVED)])
def test_fair_needs_six_subjects_at_six_and_a_half(sixth, level):
    assert law.general_level(results(f"6.5x5 {sixth} 5.0x2")) is level


@pytest.mark.parametrize(("sixth", "level"), [("5.0", ACHIEVED), ("4.9", NOT_ACHIEVED)])
def test_achieved_needs_six_subjects_at_five(sixth, level):
    assert law.general_level(results(f"5.0x5 {sixth} 3.5x2")) is level


def test_one_weak_subject_costs_at_most_one_level():
    pupil = results("8.5x7 4.0")

    assert law.general_level(pupil) is ACHIEVED
    assert law.standing_of(pupil, DEFAULT).level is FAIR
    assert law.standing_of(pupil, DEFAULT).forgiven == "scored-7"


@pytest.mark.parametrize(
    ("mode", "level"), [(SingleSubjectMode.REMOVAL, ACHIEVED), (SingleSubjectMode.REPLACEMENT, FAIR)]
)
def test_the_two_readings_differ_where_the_six_subjects_need_the_weak_one(mode, level):
    pupil = results("8.0x5 7.0x2 4.0")

    assert law.standing_of(pupil, Switches(single_subject_mode=mode)).level is level


@pytest.mark.parametrize(("counts", "level"), [(True, FAIR), (False, ACHIEVED)])
def test_a_comment_subject_is_forgiven_only_while_the_school_reads_the_law_so(counts, level):
    assert law.standing_of(results("8.5x8", 1), Switches(adjust_comment_subject=counts)).level is level


CONDUCT = [  # term 1, term 2, year
    ("Tốt", "Tốt", "Tốt"),
    ("Tốt", "Khá", "Khá"),
    ("Tốt", "Đạt", "Khá"),
    ("Tốt", "Chưa đạt", "Chưa đạt"),
    ("Khá", "Tốt", "Tốt"),
    ("Khá", "Khá", "Khá"),
    ("Khá", "Đạt", "Đạt"),
    ("Khá", "Chưa đạt", "Chưa đạt"),
    ("Đạt", "Tốt", "Khá"),
    ("Đạt", "Khá", "Khá"),
    ("Đạt", "Đạt", "Đạt"),
    ("Đạt", "Chưa đạt", "Chưa đạt"),
    ("Chưa đạt", "Tốt", "Khá"),
    ("Chưa đạt", "Khá", "Đạt"),
    ("Chưa đạt", "Đạt", "Đạt"),
    ("Chưa đạt", "Chưa đạt", "Chưa đạt"),
]


@pytest.mark.parametrize(("first", "second", "year"), CONDUCT)
def test_conduct_of_the_year_leans_on_the_second_term(first, second, year):
    assert law.conduct_of_year(LEVEL_OF[first], LEVEL_OF[second]) is LEVEL_OF[year]


def test_every_pair_of_terms_has_a_conduct_of_the_year():
    assert {(LEVEL_OF[first], LEVEL_OF[second]) for first, second, _ in CONDUCT} == set(product(Level, Level))


@pytest.mark.parametrize(
    ("regular", "midterm", "final", "average"),
    [
        ("8 9", "7", "8", "7.9"),
        ("8x4", "8", "8", "8.0"),
        ("7 8 6.5", "6", "7.5", "7.0"),
        ("9 0", "8", "8.5", "7.2"),
        ("8x4 8.4", "8", "8.7", "8.3"),  # exactly 8.25
    ],
)
def test_a_term_average_weighs_midterm_twice_and_final_three_times(regular, midterm, final, average):
    assert str(law.term_average(decimals(regular), Decimal(midterm), Decimal(final))) == average


@pytest.mark.parametrize(("exact", "rounded"), [("8.25", "8.3"), ("6.45", "6.5"), ("4.95", "5.0"), ("4.949", "4.9")])
def test_a_half_is_rounded_up(exact, rounded):
    assert str(half_up(Decimal(exact))) == rounded


@pytest.mark.parametrize(
    ("first", "second", "year"),
    [("7.9", "8.5", "8.3"), ("6.4", "6.5", "6.5"), ("4.8", "5.0", "4.9"), ("4.9", "5.0", "5.0")],
)
def test_a_year_average_counts_the_second_term_twice(first, second, year):
    assert str(law.year_average(Decimal(first), Decimal(second))) == year


@pytest.mark.parametrize(
    ("periods", "has_cluster", "count"),
    [
        (35, False, 2),
        (36, False, 3),
        (52, False, 3),
        (70, False, 3),
        (71, False, 4),
        (105, False, 4),
        (70, True, 4),
        (105, True, 5),
    ],
)
def test_the_periods_of_a_year_fix_the_number_of_regular_assessments(periods, has_cluster, count):
    assert law.regular_assessments(SubjectKind.SCORED, periods, has_cluster=has_cluster) == count


@pytest.mark.parametrize("periods", [35, 105])
def test_a_comment_subject_has_two_regular_assessments_whatever_its_periods(periods):
    assert law.regular_assessments(SubjectKind.COMMENT, periods) == 2


@pytest.mark.parametrize(
    ("written", "stands"),
    [
        ("0", True),
        ("10", True),
        ("7.5", True),
        ("10.1", False),
        ("-0.1", False),
        ("7.25", False),
        ("7.24", False),
        ("NaN", False),
    ],
)
def test_a_mark_lies_between_zero_and_ten_with_one_decimal(written, stands):
    assert law.is_mark(Decimal(written)) is stands


def test_an_unexcused_absence_from_an_assessment_counts_as_its_worst_result():
    missed = Cell(state=CellState.MISSED_UNEXCUSED)

    assert law.counted(missed, SubjectKind.SCORED) == 0
    assert law.counted(missed, SubjectKind.COMMENT) is FAILED


@pytest.mark.parametrize("state", [CellState.EMPTY, CellState.MISSED_EXCUSED, CellState.EXEMPT])
def test_an_assessment_still_to_come_counts_as_nothing_and_not_as_zero(state):
    assert law.counted(Cell(state=state, value=Decimal(8)), SubjectKind.SCORED) is None


@pytest.mark.parametrize(("assessments", "term"), [("Đ Đ Đ Đ", PASSED), ("Đ Đ CĐ Đ", FAILED)])
def test_a_comment_subject_passes_a_term_only_when_every_assessment_does(assessments, term):
    assert law.comment_of_term([CommentResult(one) for one in assessments.split()]) is term


@pytest.mark.parametrize(
    ("level", "conduct", "absences", "promotion"),
    [
        (ACHIEVED, ACHIEVED, 45, Promotion.PROMOTED),
        (GOOD, GOOD, 46, Promotion.NOT_PROMOTED),
        (NOT_ACHIEVED, ACHIEVED, 0, Promotion.RETEST),
        (GOOD, NOT_ACHIEVED, 0, Promotion.SUMMER_TRAINING),
        (NOT_ACHIEVED, NOT_ACHIEVED, 0, Promotion.NOT_PROMOTED),
    ],
)
def test_promotion_asks_for_study_conduct_and_presence(level, conduct, absences, promotion):
    assert law.promotion_of(level, conduct, absences) is promotion


def test_nobody_gets_a_third_chance_after_the_summer():
    assert law.promotion_after_summer(ACHIEVED, ACHIEVED, 0) is Promotion.PROMOTED
    assert law.promotion_after_summer(NOT_ACHIEVED, ACHIEVED, 0) is Promotion.NOT_PROMOTED


@pytest.mark.parametrize(
    ("result", "again"),
    [(Decimal("4.9"), True), (Decimal("5.0"), False), (Decimal("5.1"), False), (FAILED, True), (PASSED, False)],
)
def test_a_subject_below_five_or_failed_by_comments_is_assessed_again(result, again):
    assert law.is_reassessed(result) is again


@pytest.mark.parametrize(
    ("scores", "level", "conduct", "title"),
    [
        ("9.0x6 8.0x2", GOOD, GOOD, Title.EXCELLENT),
        ("9.5x7 8.0", GOOD, GOOD, Title.EXCELLENT),
        ("9.0x5 8.9 8.0x2", GOOD, GOOD, Title.GOOD),
        ("9.0x8", GOOD, FAIR, None),
        ("9.0x7 4.0", FAIR, GOOD, None),
    ],
)
def test_a_title_needs_good_study_and_good_conduct(scores, level, conduct, title):
    assert law.title_of(level, conduct, results(scores)) is title


def test_every_rule_quotes_its_clause():
    rules = [rule for rule in vars(law).values() if isinstance(getattr(rule, "clause", None), str)]

    assert len(rules) >= 15
    assert all(re.fullmatch(r"\d+(\(\d\)(\([a-z]\))?)?", rule.clause) for rule in rules)


def test_levels_speak_vietnamese_and_rise_in_order():
    assert [level.vi for level in sorted(Level)] == ["Chưa đạt", "Đạt", "Khá", "Tốt"]


marks = st.decimals(min_value=0, max_value=10, places=1)
comments = st.lists(st.sampled_from(CommentResult), min_size=0, max_size=4)
all_switches = st.builds(
    Switches, single_subject_mode=st.sampled_from(SingleSubjectMode), adjust_comment_subject=st.booleans()
)


@given(st.lists(marks, min_size=6, max_size=10), comments, marks, st.data(), all_switches)
def test_raising_a_mark_never_lowers_a_level(scores, comment_results, other, data, switches):
    pupil = dict(enumerate([*scores, *comment_results]))
    pupil = {str(code): result for code, result in pupil.items()}
    code = str(data.draw(st.integers(0, len(scores) - 1)))
    low, high = pupil | {code: min(pupil[code], other)}, pupil | {code: max(pupil[code], other)}

    assert law.standing_of(low, switches).level <= law.standing_of(high, switches).level


@given(st.lists(marks | st.sampled_from(CommentResult), min_size=6, max_size=12), st.randoms(), all_switches)
def test_the_order_of_subjects_does_not_matter(taken, random, switches):
    pupil = [(str(code), result) for code, result in enumerate(taken)]
    shuffled = random.sample(pupil, len(pupil))

    assert law.standing_of(dict(pupil), switches).level is law.standing_of(dict(shuffled), switches).level
    assert law.standing_of(dict(pupil), switches).forgiven == law.standing_of(dict(shuffled), switches).forgiven


@given(st.lists(marks, min_size=2, max_size=5), marks, marks)
def test_a_term_average_lies_between_the_lowest_and_the_highest_mark(regular, midterm, final):
    average = law.term_average(regular, midterm, final)

    assert min(*regular, midterm, final) <= average <= max(*regular, midterm, final)
