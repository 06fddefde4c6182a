"""A pupil's term and year under the older secondary circular, judged as a whole and explained."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.gradebook.rules.judgement import SummerNotOpen
from services.gradebook.rules.judgement58 import (
    ClassRules,
    SubjectMarks,
    TermInput,
    YearInput,
    judge_given_year,
    judge_term,
    judge_year,
)
from services.gradebook.rules.regulation import Regulation
from services.gradebook.rules.subjects import SubjectResult
from services.gradebook.rules.switches import LowerReassessment, SingleTermSubject, Switches58
from services.gradebook.rules.tt58_2011 import ConductLevel, StudyLevel, Title
from services.gradebook.rules.vocabulary import Cell, CellState, CommentResult, Promotion, SubjectKind

PASSED, FAILED = CommentResult.ACHIEVED, CommentResult.NOT_ACHIEVED
EXEMPT = Cell(state=CellState.EXEMPT)
BEFORE = ClassRules(regulation=Regulation.TT58_2011)
SINCE = ClassRules()
CORE = ("toan", "van", "nn1")


def cell(value):
    return Cell(state=CellState.VALUE, value=value)


def scored(code, mark):
    same = cell(Decimal(mark))
    return SubjectMarks(
        code=code, name=code.upper(), kind=SubjectKind.SCORED, regular=(same, same), periodic=(same,), final=same
    )


def comment(code, result=PASSED):
    same = cell(result)
    return SubjectMarks(code=code, name=code, kind=SubjectKind.COMMENT, regular=(same, same), periodic=(), final=same)


def term(scores, *, conduct=ConductLevel.GOOD, absences=0, failed=(), rules=SINCE):
    marks = [*CORE, *(f"mon{index}" for index in range(20))]
    subjects = [scored(code, mark) for code, mark in zip(marks, scores.split(), strict=False)]
    subjects += [comment(code, FAILED if code in failed else PASSED) for code in ("am_nhac", "the_duc")]
    return TermInput(subjects=tuple(subjects), conduct=conduct, absences=absences, rules=rules)


def year_of(scores, *, rules=SINCE, failed=(), **given):
    results = [
        SubjectResult(code=code, name=code.upper(), kind=SubjectKind.SCORED, result=Decimal(mark))
        for code, mark in zip([*CORE, "mon0", "mon1", "mon2"], scores.split(), strict=True)
    ]
    results.append(
        SubjectResult(
            code="the_duc", name="Thể dục", kind=SubjectKind.COMMENT, result=FAILED if "the_duc" in failed else PASSED
        )
    )
    return YearInput(
        **{"subjects": tuple(results), "conduct": ConductLevel.GOOD, "absences": 0, "rules": rules} | given
    )


def codes(judged):
    return [reason.code for reason in judged.reasons]


GOOD = "8.5 8.5 8.5 8.5 8.5 8.5"
WEAK = "5.0 5.0 5.0 3.0 5.0 5.0"


def test_a_term_has_averages_an_overall_average_a_level_and_a_title():
    judged = judge_term(term(GOOD, absences=2))

    assert {one.result for one in judged.subjects if one.kind is SubjectKind.SCORED} == {Decimal("8.5")}
    assert (judged.average, judged.level, judged.title) == (Decimal("8.5"), StudyLevel.GOOD, Title.GOOD)
    assert (judged.conduct, judged.absences) == (ConductLevel.GOOD, 2)
    assert [(reason.code, reason.clause) for reason in judged.reasons] == [
        ("level_reached", "13"),
        ("title_good", "18"),
    ]
    assert judged.reasons[0].vi == "Điểm trung bình các môn 8,5; các môn học xếp loại Giỏi."
    assert judged.reasons[1].vi == "Danh hiệu Học sinh giỏi."


def test_a_parent_is_told_each_demand_of_the_next_level_that_is_missed():
    judged = judge_term(term("7.9 7.9 7.9 6.4 8.0 8.0", failed=("the_duc",)))

    assert [reason.vi for reason in judged.reasons] == [
        "Điểm trung bình các môn 7,7; các môn học xếp loại Yếu.",
        "Loại Trung bình cần mọi môn nhận xét Đạt; chưa đạt: the_duc.",
        "Điều chỉnh lên loại Trung bình vì chỉ do một môn: the_duc.",
    ]
    assert judged.reasons[2].clause == "13(6)"
    assert judged.level is StudyLevel.AVERAGE


def test_average_core_and_floor_are_named_too():
    judged = judge_term(term("7.9 7.8 7.9 6.4 8.0 8.1"))
    low = judge_term(term("1.9 1.9 1.9 1.9 1.9 1.9"))

    assert [reason.vi for reason in judged.reasons[1:4]] == [
        "Loại Giỏi cần điểm trung bình các môn từ 8,0.",
        "Loại Giỏi cần một môn chính (và môn chuyên của lớp chuyên) từ 8,0.",
        "Loại Giỏi cần mọi môn từ 6,5; còn thấp hơn: MON0 6,4.",
    ]
    assert codes(judged) == ["level_reached", "low_average", "no_core_at_bar", "below_floor", "title_advanced"]
    assert codes(low) == ["level_reached", "low_average", "below_floor"]
    assert low.level is StudyLevel.POOR


def test_a_subject_exactly_at_the_demand_is_no_reason():
    judged = judge_term(term("8.0 7.9 7.9 8.2 9.5 9.6 6.5 6.4"))  # 8.0 on average

    assert [reason.vi for reason in judged.reasons[1:-1]] == [
        "Loại Giỏi cần mọi môn từ 6,5; còn thấp hơn: MON4 6,4.",
    ]


def test_foreign_language_counts_as_core_only_since_2020():
    scores = "7.9 7.9 8.0 8.3 8.3 8.3"

    assert judge_term(term(scores, rules=BEFORE)).level is StudyLevel.FAIR
    assert judge_term(term(scores, rules=SINCE)).level is StudyLevel.GOOD


def test_a_specialised_class_looks_at_its_own_subject():
    rules = ClassRules(specialised="mon0")

    assert judge_term(term("9 9 9 7.9 9 9", rules=rules)).level is StudyLevel.FAIR


@pytest.mark.parametrize("hole", [Cell(), Cell(state=CellState.MISSED_EXCUSED), EXEMPT])
def test_one_open_test_leaves_the_term_open(hole):
    whole = term(GOOD)

    judged = judge_term(replace(whole, subjects=(replace(whole.subjects[0], final=hole), *whole.subjects[1:])))

    assert (judged.average, judged.level, judged.title) == (None, None, None)
    assert [(reason.code, reason.clause, reason.vi) for reason in judged.reasons] == [
        ("incomplete", "8", "Chưa đủ số lần đánh giá: TOAN.")
    ]


def test_a_skipped_test_counts_as_zero_and_one_test_alone_is_no_average():
    whole = term(GOOD)
    skipped = replace(whole.subjects[0], final=Cell(state=CellState.MISSED_UNEXCUSED))
    alone = replace(whole.subjects[0], regular=(), periodic=())

    judged, lonely = (
        judge_term(replace(whole, subjects=(one, *whole.subjects[1:]))).subjects for one in (skipped, alone)
    )

    assert {one.code: one.result for one in judged}["toan"] == Decimal("4.9")  # 34 / 7 = 4.857
    assert {one.code: one.result for one in lonely}["toan"] is None


def test_each_kind_of_test_has_its_weight():
    whole = term(GOOD)
    subject = replace(
        whole.subjects[0],
        regular=tuple(cell(Decimal(mark)) for mark in (8, 7, 9)),
        periodic=(cell(Decimal(7)), cell(Decimal(8))),
        final=cell(Decimal("8.5")),
    )

    judged = judge_term(replace(whole, subjects=(subject, *whole.subjects[1:])))

    assert {one.code: one.result for one in judged.subjects}["toan"] == Decimal("8.0")  # 79.5 / 10


def test_a_comment_subject_may_fail_a_third_of_its_tests():
    whole = term(GOOD)
    music = replace(whole.subjects[-2], regular=(cell(FAILED), cell(PASSED)))

    judged = judge_term(replace(whole, subjects=(*whole.subjects[:-2], music, whole.subjects[-1])))

    assert {one.code: one.result for one in judged.subjects}["am_nhac"] is PASSED


def test_an_exempt_subject_stays_out_of_the_average():
    whole = term(GOOD + " 2.0")
    free = replace(whole.subjects[6], regular=(EXEMPT,), periodic=(), final=EXEMPT)

    judged = judge_term(replace(whole, subjects=(*whole.subjects[:6], free, *whole.subjects[7:])))

    assert (judged.average, judged.level) == (Decimal("8.5"), StudyLevel.GOOD)
    assert judged.reasons[1].vi == "Được miễn, không tính vào kết quả: MON3."
    assert judged.reasons[1].clause == "12"


def test_without_a_core_subject_there_is_no_level():
    whole = term(GOOD)

    judged = judge_term(replace(whole, subjects=whole.subjects[3:]))

    assert (judged.average, judged.level) == (None, None)
    assert codes(judged) == ["no_core_subject"]


def test_a_year_takes_both_terms_and_mainly_the_second():
    first = judge_term(term("6.4 6.4 6.4 6.4", failed=("am_nhac",), conduct=ConductLevel.FAIR, absences=20))
    second = judge_term(term("6.5 6.5 6.5 6.5", absences=25))

    judged = judge_year(first, second)

    assert {one.result for one in judged.subjects} == {Decimal("6.5"), PASSED}
    assert (judged.average, judged.level, judged.level_after) == (Decimal("6.5"), StudyLevel.FAIR, StudyLevel.FAIR)
    assert (judged.conduct, judged.absences) == (ConductLevel.GOOD, 45)
    assert (judged.promotion, judged.title) == (Promotion.PROMOTED, Title.ADVANCED)
    assert codes(judged) == [
        "level_reached",
        "low_average",
        "no_core_at_bar",
        "conduct_of_year",
        "promoted",
        "title_advanced",
    ]
    assert judged.reasons[3].vi == "Hạnh kiểm cả năm Tốt, chủ yếu căn cứ học kỳ 2."
    assert judge_year(first, second, conduct=ConductLevel.AVERAGE).conduct is ConductLevel.AVERAGE


def test_a_pupil_arriving_for_term_two_is_judged_by_it():
    judged = judge_year(None, judge_term(term(GOOD, absences=3)))

    assert (judged.level, judged.absences, judged.promotion) == (StudyLevel.GOOD, 3, Promotion.PROMOTED)


@pytest.mark.parametrize(
    ("mode", "average"), [(SingleTermSubject.TERM_VALUE, Decimal("7.4")), (SingleTermSubject.LEFT_OUT, Decimal("8.5"))]
)
def test_a_subject_of_one_term_counts_as_the_school_reads_the_law(mode, average):
    rules = ClassRules(switches=Switches58(single_term_subject=mode))
    first = judge_term(term(GOOD + " 0.5", rules=rules))
    second = judge_term(term(GOOD, rules=rules))

    assert judge_year(first, second).average == average


def test_absences_hold_a_pupil_back_with_the_reason():
    judged = judge_given_year(year_of(GOOD, absences=46))

    assert judged.promotion is Promotion.NOT_PROMOTED
    assert [reason.vi for reason in judged.reasons[2:4]] == ["Nghỉ học 46 buổi, quá 45 buổi.", "Không được lên lớp."]
    assert judged.reasons[2].clause == "15"


def test_a_weak_pupil_may_sit_weak_subjects_again_and_the_average_is_taken_anew():
    judged = judge_given_year(year_of(WEAK, failed=("the_duc",)))
    after = judge_given_year(year_of(WEAK, reassessed={"mon0": Decimal("5.0")}))

    assert (judged.promotion, judged.to_reassess) == (Promotion.RETEST, ("mon0", "the_duc"))
    assert judged.reasons[-1].clause == "16"
    assert (after.average, after.average_after) == (Decimal("4.7"), Decimal("5.0"))
    assert (after.level, after.level_after) == (StudyLevel.WEAK, StudyLevel.AVERAGE)
    assert after.promotion is Promotion.PROMOTED
    assert {one.code: one.result for one in after.subjects}["mon0"] == Decimal("3.0")
    assert {one.code: one.result for one in after.subjects_after}["mon0"] == Decimal("5.0")
    assert "Đã đánh giá lại: MON0;" in " ".join(reason.vi for reason in after.reasons)


@pytest.mark.parametrize(
    ("lower", "average"), [(LowerReassessment.REPLACE, "4.6"), (LowerReassessment.KEEP_BETTER, "4.7")]
)
def test_a_lower_result_counts_as_the_school_reads_the_law(lower, average):
    rules = ClassRules(switches=Switches58(lower_reassessment=lower))

    judged = judge_given_year(year_of(WEAK, rules=rules, reassessed={"mon0": Decimal("2.5")}))

    assert judged.average_after == Decimal(average)
    assert judged.promotion is Promotion.NOT_PROMOTED


@pytest.mark.parametrize(
    ("after", "promotion"),
    [(ConductLevel.AVERAGE, Promotion.PROMOTED), (ConductLevel.WEAK, Promotion.NOT_PROMOTED)],
)
def test_summer_training_decides_for_a_pupil_of_weak_conduct(after, promotion):
    given = year_of(GOOD, conduct=ConductLevel.WEAK)

    assert judge_given_year(given).promotion is Promotion.SUMMER_TRAINING
    judged = judge_given_year(replace(given, conduct_after_summer=after))
    assert (judged.conduct, judged.conduct_after, judged.promotion) == (ConductLevel.WEAK, after, promotion)
    assert judged.title is None


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (year_of(GOOD, reassessed={"mon0": Decimal(9)}), "mon0"),
        (year_of(WEAK, reassessed={"toan": Decimal(9)}), "toan"),
        (year_of(WEAK, conduct_after_summer=ConductLevel.GOOD), "conduct"),
        (year_of(WEAK, reassessed={"toan": Decimal(9)}, conduct_after_summer=ConductLevel.GOOD), "toan, conduct"),
    ],
)
def test_a_summer_result_nobody_was_entitled_to_is_refused(given, what):
    with pytest.raises(SummerNotOpen, match=f"for: {what}"):
        judge_given_year(given)


def test_a_year_without_conduct_or_level_is_not_decided():
    no_conduct = judge_given_year(year_of(GOOD, conduct=None))
    incomplete = year_of(GOOD)
    hole = replace(incomplete.subjects[0], result=None)
    no_level = judge_given_year(replace(incomplete, subjects=(hole, *incomplete.subjects[1:])))

    assert (no_conduct.promotion, no_conduct.title) == (None, None)
    assert codes(no_conduct) == ["level_reached", "conduct_missing"]
    assert (no_level.promotion, no_level.title, no_level.to_reassess) == (None, None, ())


def test_a_comment_subject_sat_again_may_pass():
    given = year_of("5.0 5.0 5.0 5.0 5.0 5.0", failed=("the_duc",), reassessed={"the_duc": PASSED})

    assert judge_given_year(given).promotion is Promotion.PROMOTED


def test_the_order_of_subjects_changes_neither_the_judgement_nor_its_digest():
    whole, given = term(GOOD), year_of(WEAK)
    turned = judge_term(replace(whole, subjects=whole.subjects[::-1]))
    turned_year = judge_given_year(replace(given, subjects=given.subjects[::-1]))

    assert (turned, turned.inputs_digest) == (judge_term(whole), judge_term(whole).inputs_digest)
    assert (turned_year, turned_year.inputs_digest) == (
        judge_given_year(given),
        judge_given_year(given).inputs_digest,
    )


def test_the_digest_of_a_year_covers_the_marks_behind_it():
    first, second, other = (judge_term(term(scores)) for scores in (GOOD, GOOD, "8.5 8.5 8.5 8.5 8.5 8.6"))
    hidden = term(GOOD)
    same_average = replace(hidden.subjects[0], regular=(cell(Decimal("8.4")), cell(Decimal("8.6"))))
    changed = judge_term(replace(hidden, subjects=(same_average, *hidden.subjects[1:])))

    digests = {judge_year(first, one).inputs_digest for one in (second, other, changed)} | {
        judge_year(None, second).inputs_digest
    }

    assert len(digests) == 4
