"""What holds of every pupil: the law against second, plainer writings of itself."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.gradebook.rules import tt22_2021 as law
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.judgement import GivenYear, SubjectResult, judge_given_year
from services.gradebook.rules.switches import BothFail, SingleSubjectMode, Switches
from services.gradebook.rules.tt22_2021 import Level
from services.gradebook.rules.vocabulary import CommentResult, Promotion, SubjectKind

PASSED, FAILED = CommentResult.ACHIEVED, CommentResult.NOT_ACHIEVED
marks = st.decimals(min_value=0, max_value=10, places=1)
near_thresholds = st.sampled_from(
    [Decimal(text) for text in ("3.4", "3.5", "4.9", "5.0", "6.4", "6.5", "7.9", "8.0", "8.9", "9.0")]
)
scores = st.lists(marks | near_thresholds, min_size=5, max_size=10)
comments = st.lists(st.sampled_from(CommentResult), max_size=4)
levels = st.sampled_from(Level)
readings = st.builds(
    Switches, single_subject_mode=st.sampled_from(SingleSubjectMode), adjust_comment_subject=st.booleans()
)
at_bars = st.integers(1, 7)


def pupil(taken, failed_or_not):
    results = {f"s{index}": mark for index, mark in enumerate(taken)}
    return results | {f"c{index}": result for index, result in enumerate(failed_or_not)}


def tenths_half_up(exact):
    """Rounding in whole numbers alone: a half of a tenth goes up."""
    return Decimal((2 * exact.numerator * 10 + exact.denominator) // (2 * exact.denominator)) / 10


@given(st.integers(0, 1000), st.sampled_from([1, 2, 3, 7, 8, 9, 10]))
def test_rounding_agrees_with_whole_numbers(points, weight):
    assert half_up(Decimal(points) / 10 / weight) == tenths_half_up(Fraction(points, 10 * weight))


@given(st.lists(marks, min_size=2, max_size=5), marks, marks)
def test_a_term_average_agrees_with_the_formula_written_mark_by_mark(regular, midterm, final):
    weighted = [*regular, midterm, midterm, final, final, final]

    expected = tenths_half_up(sum(map(Fraction, weighted)) / len(weighted))

    assert law.term_average(regular, midterm, final) == expected


@given(marks, marks)
def test_a_year_average_agrees_with_the_formula_and_lies_between_its_terms(first, second):
    average = law.year_average(first, second)

    assert average == tenths_half_up((Fraction(first) + 2 * Fraction(second)) / 3)
    assert min(first, second) <= average <= max(first, second)


def test_an_average_is_no_mean_of_means():
    regular, midterm, final = [Decimal(10)] * 4, Decimal(5), Decimal(5)

    wrong = half_up((sum(regular) / len(regular) + 2 * midterm + 3 * final) / 6)

    assert law.term_average(regular, midterm, final) == Decimal("7.2")  # (40 + 10 + 15) / 9
    assert wrong == Decimal("5.8")


def level_by_counting(results, at_bar):
    """Art. 9(2), each level asked for by itself."""
    taken = [result for result in results.values() if isinstance(result, Decimal)]
    failed = sum(result == FAILED for result in results.values())
    many = [sum(mark * 10 >= bar for mark in taken) >= at_bar for bar in (80, 65, 50)]
    if not failed and many[0] and not any(mark * 10 < 65 for mark in taken):
        return Level.GOOD
    if not failed and many[1] and not any(mark * 10 < 50 for mark in taken):
        return Level.FAIR
    if failed < 2 and many[2] and not any(mark * 10 < 35 for mark in taken):
        return Level.ACHIEVED
    return Level.NOT_ACHIEVED


def level_by_trying_each_subject(results, switches, at_bar):
    """Art. 9(3), each subject looked past in turn."""
    base = level_by_counting(results, at_bar)
    for code, result in results.items():
        others = {other: mark for other, mark in results.items() if other != code}
        if isinstance(result, Decimal) and switches.single_subject_mode is SingleSubjectMode.REPLACEMENT:
            others[code] = Decimal(10)
        if not isinstance(result, Decimal) and not switches.adjust_comment_subject:
            continue
        if level_by_counting(others, at_bar) - base >= 2:
            return Level(base + 1), code
    return base, None


@given(scores, comments, at_bars)
def test_a_general_level_agrees_with_counting(taken, failed_or_not, at_bar):
    results = pupil(taken, failed_or_not)

    assert law.general_level(results, at_bar) is level_by_counting(results, at_bar)


@given(scores, comments, readings, st.integers(5, 7))
def test_an_adjusted_level_agrees_with_trying_each_subject(taken, failed_or_not, switches, at_bar):
    results = pupil(taken, failed_or_not)

    standing = law.standing_of(results, switches, at_bar)

    assert (standing.level, standing.forgiven) == level_by_trying_each_subject(results, switches, at_bar)


@given(st.lists(near_thresholds, min_size=7, max_size=8), near_thresholds | st.just(Decimal(0)), readings)
def test_one_very_weak_subject_is_looked_past_as_when_each_is_tried(taken, weak, switches):
    results = pupil([*taken, weak], [PASSED])

    standing = law.standing_of(results, switches)

    assert (standing.level, standing.forgiven) == level_by_trying_each_subject(results, switches, 6)


@given(scores, comments, readings)
def test_an_adjustment_lifts_by_one_level_at_most(taken, failed_or_not, switches):
    standing = law.standing_of(pupil(taken, failed_or_not), switches)

    assert 0 <= standing.level - standing.general <= 1


@given(scores, comments, readings)
def test_a_comment_subject_mended_never_lowers_a_level(taken, failed_or_not, switches):
    mended = [PASSED, *failed_or_not[1:]]

    before = law.standing_of(pupil(taken, failed_or_not), switches)
    after = law.standing_of(pupil(taken, mended if failed_or_not else []), switches)

    assert before.level <= after.level


RANK = {
    Promotion.NOT_PROMOTED: 0,
    Promotion.RETEST: 1,
    Promotion.SUMMER_TRAINING: 1,
    Promotion.PROMOTED: 2,
}


conditions = st.tuples(levels, levels, st.integers(0, 60).map(lambda absences: -absences))  # more of each is better


@given(conditions, conditions, st.sampled_from(BothFail))
def test_promotion_never_worsens_as_study_conduct_or_presence_improve(one, other, both_fail):
    low, high = (
        law.promotion_of(level, conduct, -presence, both_fail=both_fail)
        for level, conduct, presence in (map(min, one, other), map(max, one, other))
    )

    assert RANK[low] <= RANK[high]


@given(levels, levels)
def test_conduct_of_the_year_lies_between_that_of_its_terms(first, second):
    assert min(first, second) <= law.conduct_of_year(first, second) <= max(first, second)


@given(st.lists(marks, min_size=6, max_size=9), comments, levels, st.integers(0, 60), readings)
def test_a_year_promotes_exactly_who_meets_the_three_conditions(taken, failed_or_not, conduct, absences, switches):
    results = pupil(taken, failed_or_not)
    subjects = tuple(
        SubjectResult(
            code=code,
            name=code,
            kind=SubjectKind.SCORED if isinstance(result, Decimal) else SubjectKind.COMMENT,
            result=result,
        )
        for code, result in results.items()
    )

    judged = judge_given_year(GivenYear(subjects=subjects, conduct=conduct, absences=absences, switches=switches))

    meets = judged.level >= Level.ACHIEVED and conduct >= Level.ACHIEVED and absences <= 45
    assert (judged.promotion is Promotion.PROMOTED) is meets
    assert judged.level is law.standing_of(results, switches).level
    assert all(reason.vi and reason.en and reason.clause for reason in judged.reasons)
