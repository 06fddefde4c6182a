"""A pupil's term and year judged as a whole, with the reasons a parent is told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.gradebook.rules.judgement import (
    SubjectMarks,
    SummerNotOpen,
    TermInput,
    TermResult,
    YearInput,
    judge_term,
    judge_year,
)
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

EXEMPT = Cell(state=CellState.EXEMPT)
MISSED = Cell(state=CellState.MISSED_EXCUSED)
SKIPPED = Cell(state=CellState.MISSED_UNEXCUSED)
PASSED, FAILED = CommentResult.ACHIEVED, CommentResult.NOT_ACHIEVED


def cell(value):
    return Cell(state=CellState.VALUE, value=value)


def scored(code, mark, name=None):
    same = cell(Decimal(mark))
    return SubjectMarks(
        code=code, name=name or code, kind=SubjectKind.SCORED, regular=(same, same), midterm=same, final=same
    )


def comment(code, result=PASSED):
    same = cell(result)
    return SubjectMarks(code=code, name=code, kind=SubjectKind.COMMENT, regular=(same, same), midterm=same, final=same)


def term(scores, *, conduct=Level.GOOD, absences=0, failed=(), switches=None):
    subjects = [scored(f"s{index}", mark) for index, mark in enumerate(scores.split())]
    subjects += [comment(code, FAILED if code in failed else PASSED) for code in ("c0", "c1", "c2", "c3")]
    return TermInput(subjects=tuple(subjects), conduct=conduct, absences=absences, switches=switches or Switches())


def year_of(scores, **given):
    judged = judge_term(term(scores, **given))
    return YearInput(first=judged, second=judged)


def codes(judged):
    return [reason.code for reason in judged.reasons]


GOOD_YEAR = "8.5 8.5 8.5 8.5 8.5 8.5 8.5 8.5"
WEAK_IN_ONE = "8.5 8.5 8.5 8.5 8.5 8.5 8.5 4.0"
THREE_BELOW = "5.0 5.0 5.0 5.0 5.0 4.0 4.0 4.0"


def test_a_term_gives_each_subject_its_average_or_comment_and_the_pupil_a_level():
    judged = judge_term(term(GOOD_YEAR, absences=2))

    assert judged.averages == {f"s{index}": Decimal("8.5") for index in range(8)}
    assert judged.comments == {f"c{index}": PASSED for index in range(4)}
    assert (judged.level, judged.conduct, judged.absences) == (Level.GOOD, Level.GOOD, 2)
    assert judged.regulation == "TT22/2021"


def test_every_regular_mark_counts_once_midterm_twice_and_the_final_three_times():
    whole = term(GOOD_YEAR)
    subject = replace(
        whole.subjects[0],
        regular=tuple(cell(Decimal(mark)) for mark in (10, 9, 8, 7)),
        midterm=cell(Decimal(6)),
        final=cell(Decimal(5)),
    )

    judged = judge_term(replace(whole, subjects=(subject, *whole.subjects[1:])))

    assert judged.averages["s0"] == Decimal("6.8")  # (34 + 12 + 15) / 9


@pytest.mark.parametrize("hole", [Cell(), MISSED, EXEMPT])
def test_one_open_cell_leaves_the_subject_without_average_and_the_pupil_without_level(hole):
    whole = term(GOOD_YEAR)
    toan = replace(scored("s0", "8.5", name="Toán"), midterm=hole)

    judged = judge_term(replace(whole, subjects=(toan, *whole.subjects[1:])))

    assert judged.averages["s0"] is None
    assert judged.level is None
    assert codes(judged) == ["incomplete"]
    assert "Toán" in judged.reasons[0].vi


def test_a_skipped_assessment_counts_as_zero():
    whole = term(GOOD_YEAR)
    subject = replace(whole.subjects[0], regular=(cell(Decimal(9)), SKIPPED))

    judged = judge_term(replace(whole, subjects=(subject, *whole.subjects[1:])))

    assert judged.averages["s0"] == Decimal("7.4")  # (9 + 0 + 17 + 25.5) / 7 = 7.357


def test_a_comment_subject_with_an_assessment_missing_has_no_result():
    whole = term(GOOD_YEAR)
    subject = replace(whole.subjects[-1], regular=(cell(PASSED), Cell()))

    judged = judge_term(replace(whole, subjects=(*whole.subjects[:-1], subject)))

    assert judged.comments["c3"] is None
    assert judged.level is None


def test_an_exempt_subject_stays_out_of_the_level():
    whole = term(GOOD_YEAR)
    subject = replace(whole.subjects[0], regular=(EXEMPT, EXEMPT), midterm=EXEMPT, final=EXEMPT)

    judged = judge_term(replace(whole, subjects=(subject, *whole.subjects[1:])))

    assert "s0" not in judged.averages
    assert judged.level is Level.GOOD


def test_six_scored_subjects_are_enough_for_a_level():
    assert judge_term(term("9 9 9 9 9 9")).level is Level.GOOD


def test_fewer_than_six_scored_subjects_give_no_level():
    judged = judge_term(term("9 9 9 9 9"))

    assert judged.level is None
    assert codes(judged) == ["too_few_scored"]


def test_a_parent_is_told_which_subject_lowered_the_level_and_that_it_was_forgiven():
    judged = judge_term(term(WEAK_IN_ONE))

    assert judged.level is Level.FAIR
    assert [(reason.code, reason.clause) for reason in judged.reasons] == [
        ("level_reached", "9(2)"),
        ("below_floor", "9(2)"),
        ("raised_for_one_subject", "9(3)"),
    ]
    assert judged.reasons[1].vi == "Mức Khá cần mọi môn từ 5,0; còn thấp hơn: s7 4,0."
    assert "s7" in judged.reasons[2].en


def test_a_parent_is_told_every_condition_of_the_next_level_that_is_missing():
    judged = judge_term(term("5.0 5.0 5.0 5.0 5.0 3.0 3.0 3.0", failed=("c1", "c2")))

    assert codes(judged) == ["level_reached", "below_floor", "too_few_at_bar", "comments_not_achieved"]


def test_a_subject_exactly_at_the_floor_or_bar_is_no_reason():
    judged = judge_term(term("6.5 6.5 6.5 6.5 6.5 6.5 5.0 4.9"))
    too_few = judge_term(term("6.5 6.5 6.5 6.5 6.5 6.4 5.0 4.9"))

    assert [reason.vi for reason in judged.reasons[1:]] == ["Mức Khá cần mọi môn từ 5,0; còn thấp hơn: s7 4,9."]
    assert too_few.reasons[2].vi == "Mức Khá cần ít nhất 6 môn từ 6,5; mới có 5."


def test_a_year_is_promoted_and_titled_with_its_reasons():
    judged = judge_year(year_of("9.0 9.0 9.0 9.0 9.0 9.0 8.0 8.0", absences=3))

    assert judged.promotion is Promotion.PROMOTED
    assert judged.title is Title.EXCELLENT
    assert judged.absences == 6
    assert codes(judged) == ["level_reached", "conduct_of_year", "promoted", "title_excellent"]


def test_the_year_average_uses_both_terms_and_the_comment_result_only_the_second():
    first = judge_term(term("6.4 6.4 6.4 6.4 6.4 6.4 6.4 6.4", failed=("c0",)))
    second = judge_term(term("6.5 6.5 6.5 6.5 6.5 6.5 6.5 6.5", failed=("c1",)))

    judged = judge_year(YearInput(first=first, second=second))

    assert set(judged.averages.values()) == {Decimal("6.5")}
    assert (judged.comments["c0"], judged.comments["c1"]) == (PASSED, FAILED)


def test_a_subject_taught_in_one_term_keeps_that_result_for_the_year():
    first = judge_term(term(GOOD_YEAR + " 7.0"))
    second = judge_term(term(GOOD_YEAR))

    assert judge_year(YearInput(first=first, second=second)).averages["s8"] == Decimal("7.0")


def test_a_subject_exempt_in_one_term_keeps_the_other_terms_result():
    whole = term(GOOD_YEAR)
    exempt = replace(whole.subjects[0], regular=(EXEMPT, EXEMPT), midterm=EXEMPT, final=EXEMPT)
    first = judge_term(whole)
    second = judge_term(replace(whole, subjects=(exempt, *whole.subjects[1:])))

    assert judge_year(YearInput(first=first, second=second)).averages["s0"] == Decimal("8.5")
    assert "s0" not in judge_year(YearInput(first=second, second=second)).averages


def test_a_subject_incomplete_in_term_one_is_incomplete_for_the_year():
    whole = term(GOOD_YEAR)
    hole = replace(whole.subjects[0], final=MISSED)
    first = judge_term(replace(whole, subjects=(hole, *whole.subjects[1:])))

    judged = judge_year(YearInput(first=first, second=judge_term(whole)))

    assert judged.averages["s0"] is None
    assert (judged.level, judged.promotion, judged.title) == (None, None, None)


def test_a_pupil_arriving_for_term_two_is_judged_by_it():
    second = judge_term(term(GOOD_YEAR, conduct=Level.FAIR))

    judged = judge_year(YearInput(first=None, second=second))

    assert (judged.level, judged.conduct, judged.promotion) == (Level.GOOD, Level.FAIR, Promotion.PROMOTED)
    assert "conduct_of_one_term" in codes(judged)
    assert judged.absences == 0


def test_without_conduct_there_is_no_promotion():
    judged = judge_year(year_of(GOOD_YEAR, conduct=None))

    assert (judged.conduct, judged.promotion, judged.title) == (None, None, None)
    assert "conduct_missing" in codes(judged)


def test_forty_five_absences_pass_and_forty_six_do_not():
    first, second = judge_term(term(GOOD_YEAR, absences=22)), judge_term(term(GOOD_YEAR, absences=23))
    more = judge_term(term(GOOD_YEAR, absences=24))

    assert judge_year(YearInput(first=first, second=second)).promotion is Promotion.PROMOTED
    refused = judge_year(YearInput(first=first, second=more))
    assert refused.promotion is Promotion.NOT_PROMOTED
    assert "absent_too_often" in codes(refused)


def test_a_pupil_held_back_by_marks_sits_every_subject_below_five_again():
    judged = judge_year(year_of(THREE_BELOW))

    assert judged.promotion is Promotion.RETEST
    assert judged.to_reassess == ("s5", "s6", "s7")


def test_a_better_result_after_the_summer_promotes_and_the_first_stays_visible():
    year = replace(year_of(THREE_BELOW), reassessed={"s5": Decimal("5.0")})

    judged = judge_year(year)

    assert judged.promotion is Promotion.PROMOTED
    assert (judged.level, judged.level_after) == (Level.NOT_ACHIEVED, Level.ACHIEVED)
    assert judged.averages["s5"] == Decimal("4.0")
    assert "reassessed" in codes(judged)


def test_only_the_english_of_two_weak_subjects_need_be_sat_again():
    year = replace(year_of("4.5 3.2 5.0 5.0 5.0 5.0 5.0 5.0"), reassessed={"s1": Decimal("3.5")})

    assert judge_year(year).promotion is Promotion.PROMOTED


def test_failing_again_after_the_summer_repeats_the_grade():
    year = replace(year_of(THREE_BELOW), reassessed={"s5": Decimal("4.9")})

    assert judge_year(year).promotion is Promotion.NOT_PROMOTED


@pytest.mark.parametrize(
    ("after", "promotion"), [(Level.ACHIEVED, Promotion.PROMOTED), (Level.NOT_ACHIEVED, Promotion.NOT_PROMOTED)]
)
def test_summer_training_decides_for_a_pupil_whose_conduct_fell_short(after, promotion):
    year = year_of(GOOD_YEAR, conduct=Level.NOT_ACHIEVED)

    assert judge_year(year).promotion is Promotion.SUMMER_TRAINING
    judged = judge_year(replace(year, conduct_after_summer=after))
    assert (judged.conduct, judged.conduct_after, judged.promotion) == (Level.NOT_ACHIEVED, after, promotion)


def test_a_title_is_not_won_in_the_summer():
    year = year_of(GOOD_YEAR, conduct=Level.NOT_ACHIEVED)

    assert judge_year(replace(year, conduct_after_summer=Level.GOOD)).title is None


@pytest.mark.parametrize(
    ("scores", "summer"),
    [
        (THREE_BELOW, {"reassessed": {"s0": Decimal(9)}}),
        (GOOD_YEAR, {"reassessed": {"s0": Decimal(9)}}),
        (GOOD_YEAR, {"conduct_after_summer": Level.GOOD}),
    ],
)
def test_a_summer_result_nobody_was_entitled_to_is_refused(scores, summer):
    with pytest.raises(SummerNotOpen):
        judge_year(replace(year_of(scores), **summer))


def test_a_result_keeps_the_switches_it_was_made_with():
    switches = Switches(single_subject_mode=SingleSubjectMode.REPLACEMENT)
    judged = judge_term(term("8 8 8 8 8 7 7 4", switches=switches))

    assert judged.switches is switches
    assert judged.level is Level.FAIR
    assert judge_term(term("8 8 8 8 8 7 7 4")).level is Level.ACHIEVED


def test_the_order_of_subjects_does_not_change_a_judgement():
    whole = term(WEAK_IN_ONE)
    turned: TermResult = judge_term(replace(whole, subjects=whole.subjects[::-1]))

    assert turned == judge_term(whole)
