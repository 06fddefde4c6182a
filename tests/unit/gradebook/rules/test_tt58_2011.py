"""The rules of the older secondary circular one by one, each threshold on both sides."""

import re
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gradebook.rules import tt26_2020, tt58_2011
from services.gradebook.rules.named_subjects import NamedSubject
from services.gradebook.rules.switches import SingleSubjectMode, Switches58
from services.gradebook.rules.tt58_2011 import ConductLevel, Study, StudyLevel, Title
from services.gradebook.rules.vocabulary import CommentResult, Promotion, SubjectKind

PASSED, FAILED = CommentResult.ACHIEVED, CommentResult.NOT_ACHIEVED
LEVEL_OF = {level.vi: level for level in StudyLevel}
CORE = frozenset({"toan", "van"})


@pytest.fixture
def study(decimals):
    """A function from marks (the first two of core subjects) and failed comment subjects to a pupil's study."""

    def made(marks, *, failed=0, specialised=None):
        toan, van, *others = decimals(marks)
        results = {"toan": toan, "van": van} | {f"mon{index}": mark for index, mark in enumerate(others)}
        results |= {f"nhanxet{index}": FAILED if index < failed else PASSED for index in range(3)}
        return Study(results=results, core=CORE, specialised=specialised)

    return made


@pytest.mark.parametrize(
    ("regular", "periodic", "final", "average"),
    [
        ("8 7 9", "7 8", "8.5", "8.0"),  # 79.5 / 10 = 7.95
        ("8 7 9", "7 8", "8.4", "7.9"),
        ("8 9", "7", "8", "7.9"),  # since 2020 with one periodic assessment
        ("5", "", "6", "5.8"),
    ],
)
def test_a_term_average_weighs_a_period_long_test_twice_and_the_term_test_three_times(
    decimals, regular, periodic, final, average
):
    assert str(tt58_2011.term_average(decimals(regular), decimals(periodic), Decimal(final))) == average


@pytest.mark.parametrize(
    ("tests", "term"),
    [
        ("Đ Đ Đ", PASSED),
        ("CĐ Đ Đ", PASSED),  # exactly two thirds
        ("Đ Đ CĐ", FAILED),  # the term test decides
        ("CĐ CĐ Đ", FAILED),
        ("CĐ CĐ Đ Đ Đ Đ", PASSED),
        ("CĐ CĐ Đ Đ Đ", FAILED),  # three fifths
    ],
)
def test_a_comment_subject_passes_with_two_thirds_of_its_tests_and_the_last(tests, term):
    assert tt58_2011.comment_of_term([CommentResult(test) for test in tests.split()]) is term


@pytest.mark.parametrize(("marks", "average"), [("8.0x10 8.5", "8.0"), ("8.0 8.1", "8.1"), ("7.0 7.0 7.1", "7.0")])
def test_the_overall_average_weighs_every_subject_the_same(decimals, marks, average):
    assert str(tt58_2011.overall_average(decimals(marks))) == average


LEVELS = [  # marks, failed comments, level before and after the adjustment
    ("9 9 9x8 4.0", 0, "Trung bình", "Khá"),
    ("9 9 9x8 3.0", 0, "Yếu", "Trung bình"),
    ("8.4 8.4 8.4x8 4.0", 0, "Trung bình", "Khá"),  # an average of exactly 8.0
    ("8.3 8.3 8.3x8 4.4", 0, "Trung bình", "Trung bình"),  # of 7.9
    ("6.9 6.9 6.9x3 6.8x5 3.0", 0, "Yếu", "Trung bình"),  # of exactly 6.5
    ("7.5 7.5 7.5x8 3.0", 0, "Yếu", "Trung bình"),
    ("7.5 7.5 7.5x8 1.5", 0, "Kém", "Yếu"),
    ("9 9 9x8 6.0", 0, "Khá", "Khá"),
    ("8.5 8.5 8.5x7 4.0x2", 0, "Trung bình", "Trung bình"),
    ("8.5 8.5 8.5x9", 1, "Yếu", "Trung bình"),
    ("7.9 7.9 8.3x9", 0, "Khá", "Khá"),  # no core subject at 8.0
    ("8.0 7.9 8.3x9", 0, "Giỏi", "Giỏi"),
    ("7.2 7.2 7.2x8 3.4", 0, "Yếu", "Trung bình"),  # the published case of English at 3.4
    ("9 9 9x8 1.5", 0, "Kém", "Yếu"),  # an average of Giỏi is one of Khá too
    ("8.5 8.5 8.5x9", 2, "Yếu", "Yếu"),
    ("6.0 6.0 6.0x8 3.4", 0, "Yếu", "Yếu"),  # an average of Trung bình is never lifted
    ("6.5 6.0 6.0x8 3.0", 0, "Yếu", "Yếu"),  # all but one meet Khá; the average does not
    ("7.0 7.0 7.0x8 4.0", 0, "Trung bình", "Trung bình"),  # one level from Khá
]


@pytest.mark.parametrize(("scores", "failed", "base", "final"), LEVELS)
def test_a_level_follows_from_average_core_subject_floor_and_comments(study, scores, failed, base, final):
    standing = tt58_2011.standing_of(study(scores, failed=failed), Switches58())

    assert (standing.general, standing.level) == (LEVEL_OF[base], LEVEL_OF[final])
    assert (standing.forgiven is not None) is (base != final)


@pytest.mark.parametrize(
    ("scores", "level"),
    [
        ("8.0 6.5 8.0x8 9.0", "Giỏi"),
        ("7.9 6.5 8.2x9", "Khá"),
        ("8.0 6.4 8.3x9", "Khá"),
        ("8.0 7.8 7.9x9", "Khá"),  # average 7.9
        ("6.5 5.0 7.0x9", "Khá"),
        ("6.4 5.0 7.0x9", "Trung bình"),
        ("6.5 4.9 7.0x9", "Trung bình"),
        ("6.5 6.4 6.4x9", "Trung bình"),  # average 6.4
        ("5.0 3.5 5.5x9", "Trung bình"),
        ("4.9 3.5 5.5x9", "Yếu"),
        ("5.0 3.4 5.5x9", "Yếu"),
        ("5.0 4.9 4.9x9", "Yếu"),  # average 4.9
        ("3.5 2.0 4.0x9", "Yếu"),
        ("3.5 1.9 4.0x9", "Kém"),
        ("3.5 3.4 3.4x9", "Kém"),  # average 3.4
    ],
)
def test_each_level_has_its_average_its_core_bar_and_its_floor(study, scores, level):
    assert tt58_2011.general_level(study(scores)) is LEVEL_OF[level]


def test_a_failed_comment_subject_allows_weak_and_no_better(study):
    assert tt58_2011.general_level(study("5.0 5.0 5.0x9", failed=1)) is StudyLevel.WEAK


@pytest.mark.parametrize(
    ("mark", "level"),
    [("8.0", "Giỏi"), ("7.9", "Khá"), ("6.5", "Khá"), ("6.4", "Trung bình"), ("5.0", "Trung bình"), ("4.9", "Yếu")],
)
def test_a_specialised_class_must_also_reach_the_bar_in_its_own_subject(study, mark, level):
    pupil = study(f"9 9 {mark} 9x8", specialised="mon0")

    assert tt58_2011.general_level(pupil) is LEVEL_OF[level]


def test_since_2020_a_foreign_language_counts_as_a_core_subject_too():
    assert {NamedSubject.MATHEMATICS, NamedSubject.LITERATURE} == tt58_2011.CORE_SUBJECTS
    assert {NamedSubject.FOREIGN_LANGUAGE} == tt26_2020.CORE_SUBJECTS - tt58_2011.CORE_SUBJECTS


@pytest.mark.parametrize(("periods", "count"), [(35, 2), (36, 3), (70, 3), (71, 4)])
def test_since_2020_the_periods_of_a_year_fix_the_number_of_regular_assessments(periods, count):
    assert tt26_2020.regular_assessments(SubjectKind.SCORED, periods) == count
    assert tt26_2020.regular_assessments(SubjectKind.COMMENT, periods) == 2


def test_the_two_readings_differ_where_the_weak_subject_is_the_only_core_subject(decimals):
    pupil = Study(results={"toan": Decimal(4), "a": Decimal(9), "b": Decimal(9), "c": Decimal(10)}, core={"toan"})
    removed, replaced = (Switches58(single_subject_mode=mode) for mode in SingleSubjectMode)

    assert tt58_2011.standing_of(pupil, removed).level is StudyLevel.WEAK
    assert tt58_2011.standing_of(pupil, replaced).level is StudyLevel.AVERAGE


def test_a_comment_subject_is_forgiven_only_while_the_school_reads_the_law_so(study):
    pupil = study("8.5x11", failed=1)

    assert tt58_2011.standing_of(pupil, Switches58()).forgiven == "nhanxet0"
    assert tt58_2011.standing_of(pupil, Switches58(adjust_comment_subject=False)).level is StudyLevel.WEAK


CONDUCT_OK = {ConductLevel.GOOD, ConductLevel.FAIR, ConductLevel.AVERAGE}


@pytest.mark.parametrize(("level", "conduct"), list(product(StudyLevel, ConductLevel)))
def test_promotion_asks_for_average_in_study_and_conduct(level, conduct):
    expected = Promotion.NOT_PROMOTED
    if conduct in CONDUCT_OK and level >= StudyLevel.AVERAGE:
        expected = Promotion.PROMOTED
    elif conduct in CONDUCT_OK and level is StudyLevel.WEAK:
        expected = Promotion.RETEST
    elif conduct is ConductLevel.WEAK and level >= StudyLevel.AVERAGE:
        expected = Promotion.SUMMER_TRAINING

    assert tt58_2011.promotion_of(level, conduct, 45) is expected
    assert tt58_2011.promotion_of(level, conduct, 46) is Promotion.NOT_PROMOTED


def test_nobody_gets_a_third_chance_after_the_summer():
    assert tt58_2011.promotion_after_summer(StudyLevel.AVERAGE, ConductLevel.AVERAGE, 45) is Promotion.PROMOTED
    assert tt58_2011.promotion_after_summer(StudyLevel.WEAK, ConductLevel.GOOD, 0) is Promotion.NOT_PROMOTED


@pytest.mark.parametrize(
    ("result", "again"),
    [(Decimal("4.9"), True), (Decimal("5.0"), False), (Decimal("5.1"), False), (FAILED, True), (PASSED, False)],
)
def test_a_subject_below_five_or_failed_by_comments_may_be_sat_again(result, again):
    assert tt58_2011.may_retest(result) is again


@pytest.mark.parametrize(("level", "conduct"), list(product(StudyLevel, ConductLevel)))
def test_titles_are_for_good_pupils_and_for_those_fair_in_both(level, conduct):
    expected = None
    if (level, conduct) == (StudyLevel.GOOD, ConductLevel.GOOD):
        expected = Title.GOOD
    elif level >= StudyLevel.FAIR and conduct >= ConductLevel.FAIR:
        expected = Title.ADVANCED

    assert tt58_2011.title_of(level, conduct) is expected


def test_levels_and_titles_speak_vietnamese_and_rise_in_order():
    assert [level.vi for level in sorted(StudyLevel)] == ["Kém", "Yếu", "Trung bình", "Khá", "Giỏi"]
    assert [level.vi for level in sorted(ConductLevel)] == ["Yếu", "Trung bình", "Khá", "Tốt"]
    assert [title.vi for title in Title] == ["Học sinh giỏi", "Học sinh tiên tiến"]


@pytest.mark.parametrize(("law", "count"), [(tt58_2011, 10), (tt26_2020, 1)])
def test_every_rule_quotes_its_clause(law, count):
    rules = [rule for rule in vars(law).values() if isinstance(getattr(rule, "clause", None), str)]

    assert len(rules) == count
    assert all(re.fullmatch(r"\d+(\(\d\)(\([a-zđ]\))?)?", rule.clause) for rule in rules)


marks = st.decimals(min_value=0, max_value=10, places=1)
switches = st.builds(Switches58, single_subject_mode=st.sampled_from(SingleSubjectMode))


@given(st.lists(marks, min_size=3, max_size=12), marks, st.data(), switches, st.integers(0, 2))
def test_raising_a_mark_never_lowers_a_level(scores, other, data, given_switches, failed):
    codes = ["toan", "van", *(f"mon{index}" for index in range(len(scores) - 2))]
    pupil = dict(zip(codes, scores, strict=True)) | {f"c{index}": FAILED for index in range(failed)}
    code = data.draw(st.sampled_from(codes))
    low, high = (
        Study(results=pupil | {code: chosen(pupil[code], other)}, core=CORE, specialised="mon0")
        for chosen in (min, max)
    )

    assert tt58_2011.standing_of(low, given_switches).level <= tt58_2011.standing_of(high, given_switches).level


@given(st.lists(marks, min_size=3, max_size=12), st.integers(0, 2), switches)
def test_the_adjustment_never_lifts_above_the_level_of_the_average_nor_more_than_one_level(scores, failed, chosen):
    results = {str(index): mark for index, mark in enumerate(scores)} | {f"c{index}": FAILED for index in range(failed)}
    standing = tt58_2011.standing_of(Study(results=results, core=frozenset({"0", "1"})), chosen)

    assert 0 <= standing.level - standing.general <= 1


@given(st.lists(marks, min_size=1, max_size=5), st.lists(marks, max_size=4), marks)
def test_a_term_average_lies_between_the_lowest_and_the_highest_mark(regular, periodic, final):
    average = tt58_2011.term_average(regular, periodic, final)

    assert min(*regular, *periodic, final) <= average <= max(*regular, *periodic, final)
