"""Each open reading of the circulars changes what it is about, and nothing while it stands at its default."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.gradebook.rules import tt43_2021
from services.gradebook.rules.judgement import (
    GivenYear,
    SubjectMarks,
    SubjectResult,
    SummerNotOpen,
    TermInput,
    YearInput,
    judge_completion,
    judge_given_year,
    judge_term,
    judge_year,
)
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.switches import (
    BothFail,
    ConductWithoutFirstTerm,
    LowerReassessment,
    PrimarySwitches,
    SingleSubjectMode,
    SingleTermSubject,
    Switches,
    Switches58,
)
from services.gradebook.rules.tt22_2021 import Level, Title
from services.gradebook.rules.vocabulary import Cell, CellState, CommentResult, Promotion, SubjectKind

PASSED, FAILED = CommentResult.ACHIEVED, CommentResult.NOT_ACHIEVED
SUMMER_FIRST = Switches(both_fail=BothFail.SUMMER_FIRST)


def marked(code, mark):
    value = mark if isinstance(mark, CommentResult) else Decimal(mark)
    same = Cell(state=CellState.VALUE, value=value)
    kind = SubjectKind.COMMENT if isinstance(mark, CommentResult) else SubjectKind.SCORED
    return SubjectMarks(code=code, name=code, kind=kind, regular=(same, same), midterm=same, final=same)


def term(scores, switches, *, conduct=Level.GOOD, **given):
    subjects = tuple(marked(f"s{index}", mark) for index, mark in enumerate(scores.split()))
    return TermInput(subjects=subjects, conduct=conduct, absences=0, switches=switches, **given)


def year(scores, *, conduct=Level.GOOD, failed=0, absences=0, **given):
    scored = [
        SubjectResult(code=f"s{index}", name=f"S{index}", kind=SubjectKind.SCORED, result=Decimal(mark))
        for index, mark in enumerate(scores.split())
    ]
    comments = [
        SubjectResult(
            code=f"c{index}", name=f"C{index}", kind=SubjectKind.COMMENT, result=FAILED if index < failed else PASSED
        )
        for index in range(4)
    ]
    return GivenYear(subjects=(*scored, *comments), conduct=conduct, absences=absences, **given)


def codes(judged):
    return [reason.code for reason in judged.reasons]


GOOD = "8.5 8.5 8.5 8.5 8.5 8.5 8.5 8.5"
FAILING = "5.0 5.0 5.0 5.0 5.0 4.0 4.0 4.0"


def test_the_defaults_are_those_the_documents_state():
    assert Switches() == Switches(
        zero_for_missed_regular=True,
        conduct_without_first_term=ConductWithoutFirstTerm.SECOND_TERM,
        single_term_subject=SingleTermSubject.TERM_VALUE,
        single_subject_mode=SingleSubjectMode.REMOVAL,
        adjust_comment_subject=True,
        both_fail=BothFail.NOT_PROMOTED,
        lower_reassessment=LowerReassessment.REPLACE,
        completion_forbids_failed_comment=False,
        completion_oldest_age=None,
        gdtx_subjects_at_bar=6,
    )
    assert Switches58() == Switches58(
        single_term_subject=SingleTermSubject.TERM_VALUE,
        single_subject_mode=SingleSubjectMode.REMOVAL,
        adjust_comment_subject=True,
        lower_reassessment=LowerReassessment.REPLACE,
    )
    assert PrimarySwitches() == PrimarySwitches(competences_optional_until_grade=2)


def test_a_number_of_subjects_is_one_at_least():
    assert Switches(gdtx_subjects_at_bar=1).gdtx_subjects_at_bar == 1
    with pytest.raises(ValueError, match="1 at least"):
        Switches(gdtx_subjects_at_bar=0)


@pytest.mark.parametrize(("is_zero", "average"), [(True, Decimal("7.3")), (False, None)])
def test_a_missed_regular_assessment_is_zero_or_stays_due(is_zero, average):
    whole = term(GOOD, Switches(zero_for_missed_regular=is_zero))
    missed = replace(whole.subjects[0], regular=(Cell(state=CellState.MISSED_UNEXCUSED), whole.subjects[0].final))

    judged = judge_term(replace(whole, subjects=(missed, *whole.subjects[1:])))

    assert judged.averages["s0"] == average


@pytest.mark.parametrize("exam", ["midterm", "final"])
@pytest.mark.parametrize("is_zero", [True, False])
def test_a_missed_examination_is_zero_in_any_case(exam, is_zero):
    whole = term(GOOD, Switches(zero_for_missed_regular=is_zero))
    missed = replace(whole.subjects[0], **{exam: Cell(state=CellState.MISSED_UNEXCUSED)})

    judged = judge_term(replace(whole, subjects=(missed, *whole.subjects[1:])))

    assert judged.averages["s0"] == {"midterm": Decimal("6.1"), "final": Decimal("4.9")}[exam]


def test_a_regular_assessment_that_was_given_counts_whatever_the_switch():
    assert judge_term(term(GOOD, Switches(zero_for_missed_regular=False))).averages["s0"] == Decimal("8.5")


def test_examinations_alone_make_no_average():
    whole = term(GOOD, Switches())
    bare = replace(whole.subjects[0], regular=())
    judged = judge_term(replace(whole, subjects=(bare, *whole.subjects[1:])))

    assert judged.averages["s0"] is None


@pytest.mark.parametrize(
    ("reading", "conduct"),
    [(ConductWithoutFirstTerm.SECOND_TERM, Level.FAIR), (ConductWithoutFirstTerm.UNDECIDED, None)],
)
def test_conduct_of_a_pupil_who_came_in_term_two(reading, conduct):
    switches = Switches(conduct_without_first_term=reading)

    judged = judge_year(
        YearInput(first=None, second=judge_term(term(GOOD, switches, conduct=Level.FAIR)), switches=switches)
    )

    assert judged.conduct is conduct
    assert judged.reasons[-1 if conduct is None else 1].code == (
        "conduct_missing" if conduct is None else "conduct_of_one_term"
    )
    assert judged.level is Level.GOOD


@pytest.mark.parametrize(("reading", "listed"), [(SingleTermSubject.TERM_VALUE, 9), (SingleTermSubject.LEFT_OUT, 8)])
def test_a_subject_of_one_term_counts_or_is_left_out(reading, listed):
    switches = Switches(single_term_subject=reading)
    first, second = (judge_term(term(scores, switches)) for scores in (GOOD + " 7.0", GOOD))

    assert len(judge_year(YearInput(first=first, second=second, switches=switches)).averages) == listed
    assert len(judge_year(YearInput(first=second, second=first, switches=switches)).averages) == listed
    assert len(judge_year(YearInput(first=None, second=first, switches=switches)).averages) == 9


@pytest.mark.parametrize(
    ("lower", "after"), [(LowerReassessment.REPLACE, Decimal("3.0")), (LowerReassessment.KEEP_BETTER, Decimal("4.0"))]
)
def test_a_lower_re_assessment_replaces_or_is_forgotten(lower, after):
    given = year(FAILING, reassessed={"s7": Decimal("3.0")}, switches=Switches(lower_reassessment=lower))

    judged = judge_given_year(given)

    assert {one.code: one.result for one in judged.subjects_after}["s7"] == after
    assert judged.averages["s7"] == Decimal("4.0")


@pytest.mark.parametrize("lower", list(LowerReassessment))
def test_a_better_re_assessment_always_counts(lower):
    given = year(FAILING, failed=1, switches=Switches(lower_reassessment=lower))

    judged = judge_given_year(replace(given, reassessed={"s7": Decimal("6.0"), "c0": PASSED}))

    after = {one.code: one.result for one in judged.subjects_after}
    assert (after["s7"], after["c0"], judged.promotion) == (Decimal("6.0"), PASSED, Promotion.PROMOTED)


def test_who_fails_in_both_repeats_the_grade():
    given = year(FAILING, conduct=Level.NOT_ACHIEVED)

    assert judge_given_year(given).promotion is Promotion.NOT_PROMOTED
    with pytest.raises(SummerNotOpen, match="conduct"):
        judge_given_year(replace(given, conduct_after_summer=Level.GOOD))


def test_who_fails_in_both_may_train_first_and_be_assessed_again_then_where_that_is_the_reading():
    given = year(FAILING, conduct=Level.NOT_ACHIEVED, switches=SUMMER_FIRST)
    trained = replace(given, conduct_after_summer=Level.ACHIEVED)
    untrained = replace(given, conduct_after_summer=Level.NOT_ACHIEVED)
    done = replace(trained, reassessed={"s7": Decimal("5.0")})
    failed = replace(trained, reassessed={"s7": Decimal("4.9")})

    found = [judge_given_year(one) for one in (given, trained, untrained, done, failed)]

    assert [judged.promotion for judged in found] == [
        Promotion.SUMMER_TRAINING,
        Promotion.RETEST,
        Promotion.NOT_PROMOTED,
        Promotion.PROMOTED,
        Promotion.NOT_PROMOTED,
    ]
    assert [judged.to_reassess for judged in found[:3]] == [(), ("s5", "s6", "s7"), ()]
    with pytest.raises(SummerNotOpen, match="s7"):
        judge_given_year(replace(untrained, reassessed={"s7": Decimal("5.0")}))


def test_absences_hold_back_whatever_the_switch():
    given = year(FAILING, conduct=Level.NOT_ACHIEVED, absences=46, switches=SUMMER_FIRST)

    assert judge_given_year(given).promotion is Promotion.NOT_PROMOTED


@pytest.mark.parametrize(
    ("regulation", "at_bar", "level", "title"),
    [
        (Regulation.TT43_2021, 5, Level.GOOD, Title.EXCELLENT),
        (Regulation.TT43_2021, 6, None, None),
        (Regulation.TT22_2021, 5, None, None),
    ],
)
def test_continuing_education_asks_for_a_number_of_subjects_of_its_own(regulation, at_bar, level, title):
    given = year("9 9 9 9 9", regulation=regulation, switches=Switches(gdtx_subjects_at_bar=at_bar))

    judged = judge_given_year(given)

    assert (judged.level, judged.title, judged.regulation) == (level, title, regulation.value)
    if level is None:
        assert judged.reasons[0].vi == "Chỉ có 5 môn được cho điểm; xếp mức cần ít nhất 6 môn."


def test_the_rule_of_continuing_education_quotes_its_clause():
    assert tt43_2021.subjects_at_bar.clause == "9"


def test_a_year_of_another_kind_of_regulation_is_not_judged_by_mistake():
    with pytest.raises(ValueError, match="TT58/2011 is not judged"):
        judge_given_year(year(GOOD, regulation=Regulation.TT58_2011))


def test_the_number_of_subjects_is_told_in_the_reasons():
    given = year("8 8 8 8 5", regulation=Regulation.TT43_2021, switches=Switches(gdtx_subjects_at_bar=5))

    assert judge_given_year(given).reasons[1].vi == "Mức Khá cần ít nhất 5 môn từ 6,5; mới có 4."


def test_a_year_keeps_the_regulation_of_its_terms():
    switches = Switches(gdtx_subjects_at_bar=5)
    one = judge_term(term("9 9 9 9 9", switches, regulation=Regulation.TT43_2021))

    judged = judge_year(YearInput(first=one, second=one, switches=switches))

    assert (one.level, judged.level, judged.regulation) == (Level.GOOD, Level.GOOD, "TT43/2021")


@pytest.mark.parametrize(
    ("given", "age", "is_completed"),
    [
        (year(GOOD), None, True),
        (year("5 5 5 5 5 5 5 5", failed=1), None, True),
        (year("5 5 5 5 5 5 5 5", failed=1, switches=Switches(completion_forbids_failed_comment=True)), None, False),
        (year(GOOD, switches=Switches(completion_forbids_failed_comment=True)), None, True),
        (year(GOOD, switches=Switches(completion_oldest_age=21)), 15, True),
        (year(GOOD, switches=Switches(completion_oldest_age=21)), 21, True),
        (year(GOOD, switches=Switches(completion_oldest_age=21)), 22, False),
        (year(GOOD, switches=Switches(completion_oldest_age=21)), None, False),
        (year(GOOD), 99, True),
        (year(GOOD, absences=46), None, False),
        (year(FAILING), None, None),
        (year(GOOD, conduct=Level.NOT_ACHIEVED), None, None),
        (year(GOOD, conduct=None), None, None),
    ],
)
def test_completion_follows_promotion_and_the_conditions_that_are_switched_on(given, age, is_completed):
    completion = judge_completion(judge_given_year(given), age=age)

    assert completion.is_completed is is_completed
    assert bool(completion.reasons) is (is_completed is not None)


def test_completion_tells_its_reasons():
    switches = Switches(completion_forbids_failed_comment=True, completion_oldest_age=21)
    judged = judge_given_year(year("5 5 5 5 5 5 5 5", failed=1, switches=switches))

    refused = judge_completion(judged, age=22)
    done = judge_completion(judge_given_year(year(GOOD)))

    assert [(reason.code, reason.vi) for reason in refused.reasons] == [
        ("completion_failed_comment", "Hoàn thành chương trình không cho phép môn nhận xét Chưa đạt: C0."),
        ("completion_age", "Hoàn thành chương trình cần biết tuổi không quá 21."),
        ("not_completed", "Chưa hoàn thành chương trình."),
    ]
    assert [(reason.code, reason.clause, reason.vi) for reason in done.reasons] == [
        ("completed", "12", "Hoàn thành chương trình.")
    ]


def test_a_comment_subject_mended_in_the_summer_no_longer_stands_in_the_way_of_completion():
    switches = Switches(completion_forbids_failed_comment=True)
    given = year("5 5 5 5 5 4 4 4", failed=1, switches=switches, reassessed={"c0": PASSED, "s5": Decimal(5)})

    assert judge_completion(judge_given_year(given)).is_completed


def exempted(given, *codes):
    return replace(
        given,
        subjects=tuple(
            replace(one, result=None, is_exempt=True) if one.code in codes else one for one in given.subjects
        ),
    )


def test_of_a_disabled_pupil_exempt_subjects_stay_out_and_the_principal_decides():
    judged = judge_given_year(exempted(year("8.5 8.5 8.5 8.5 8.5 8.5 8.5 1.0", failed=1), "s7", "c0"))

    assert (judged.level, judged.promotion) == (Level.GOOD, Promotion.PROMOTED)
    assert [(reason.code, reason.clause) for reason in judged.reasons] == [
        ("level_reached", "9(2)"),
        ("exempt", "11"),
        ("promoted", "12"),
        ("principal_decides", "12(4)"),
        ("title_good", "15(1)(a)"),
    ]
    assert judged.reasons[1].vi == "Được miễn, không tính vào kết quả: C0, S7."


def test_a_disabled_pupil_with_few_subjects_left_is_not_rated():
    judged = judge_given_year(exempted(year(GOOD), "s0", "s1", "s2"))

    assert (judged.level, judged.promotion, judged.title) == (None, None, None)
    assert codes(judged) == ["too_few_scored", "exempt", "principal_decides"]


def test_a_given_year_without_conduct_is_not_decided():
    judged = judge_given_year(year(GOOD, conduct=None))

    assert codes(judged) == ["level_reached", "conduct_missing"]
    assert (judged.promotion, judged.title) == (None, None)


def test_a_given_year_is_told_in_the_order_of_codes_and_its_digest_does_not_depend_on_it():
    given = year(GOOD)
    turned = replace(given, subjects=given.subjects[::-1])

    assert judge_given_year(turned) == judge_given_year(given)
    assert judge_given_year(turned).inputs_digest == judge_given_year(given).inputs_digest
    assert judge_given_year(replace(given, absences=1)).inputs_digest != judge_given_year(given).inputs_digest


def test_a_digest_names_every_mark_its_state_and_the_switches():
    plain = term(GOOD, Switches())
    other_mark = term("8.5 8.5 8.5 8.5 8.5 8.5 8.5 8.4", Switches())
    missed = replace(plain.subjects[0], final=Cell(state=CellState.MISSED_UNEXCUSED))
    empty = replace(plain.subjects[0], final=Cell())
    variants = [
        plain,
        other_mark,
        term(GOOD, SUMMER_FIRST),
        term(GOOD, Switches(), conduct=Level.FAIR),
        *(replace(plain, subjects=(one, *plain.subjects[1:])) for one in (missed, empty)),
    ]
    years = [YearInput(first=judge_term(one), second=judge_term(plain)) for one in variants]

    assert len({judge_term(one).inputs_digest for one in variants}) == len(variants)
    assert len({judge_year(one).inputs_digest for one in years}) == len(years)
    assert judge_year(YearInput(first=None, second=judge_term(plain))).inputs_digest not in {
        judge_year(one).inputs_digest for one in years
    }
