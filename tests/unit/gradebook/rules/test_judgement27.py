"""A primary pupil's periodic assessments and year judged as a whole, with the reasons a parent is told."""

from dataclasses import replace

import pytest

from services.gradebook.rules import reasons27
from services.gradebook.rules.judgement import SummerNotOpen
from services.gradebook.rules.judgement27 import (
    PrimarySubject,
    PrimaryTermInput,
    PrimaryYearInput,
    judge_primary_term,
    judge_primary_year,
)
from services.gradebook.rules.switches import PrimarySwitches
from services.gradebook.rules.tt27_2020 import (
    Moment,
    Outcome,
    QualityLevel,
    SubjectLevel,
    Title,
    YearLevel,
    required_qualities,
)

T, H, C = SubjectLevel
TESTED = {
    "tieng_viet": "Tiếng Việt",
    "toan": "Toán",
    "ngoai_ngu": "Ngoại ngữ",
    "tin_hoc_cong_nghe": "Tin học và Công nghệ",
    "lich_su_dia_li": "Lịch sử và Địa lí",
    "khoa_hoc": "Khoa học",
}


def subjects(level=T, test=9, **tests):
    tested = tuple(
        PrimarySubject(code=code, name=name, level=level, test=tests.get(code, test)) for code, name in TESTED.items()
    )
    return (*tested, PrimarySubject(code="gdtc", name="Giáo dục thể chất", level=level))


def qualities(level=QualityLevel.GOOD, grade=4):
    return dict.fromkeys(required_qualities(grade, PrimarySwitches()), level)


def year(level=T, test=9, grade=4, **given):
    return PrimaryYearInput(
        **{"grade": grade, "subjects": subjects(level, test), "qualities": qualities(grade=grade)} | given
    )


def codes(reasons):
    return [reason.code for reason in reasons]


def test_an_excellent_year_is_promoted_and_commended():
    judged = judge_primary_year(year())

    assert (judged.level, judged.level_after, judged.outcome) == (
        YearLevel.EXCELLENT,
        YearLevel.EXCELLENT,
        Outcome.PROMOTED,
    )
    assert (judged.title, judged.candidate_for) == (Title.EXCELLENT, Title.EXCELLENT)
    assert (judged.completes_primary, judged.warnings, judged.regulation) == (False, (), "TT27/2020")
    assert [(reason.code, reason.clause) for reason in judged.reasons] == [
        ("level_reached", "9"),
        ("promoted", "11"),
        ("title_excellent", "13"),
    ]
    assert judged.reasons[0].vi == "Kết quả giáo dục cả năm: Hoàn thành xuất sắc."
    assert judged.reasons[1].vi == "Hoàn thành chương trình lớp 4, được lên lớp 5."
    assert judged.reasons[1].en == "Grade 4 is completed; promoted to grade 5."
    assert judged.reasons[2].vi == "Khen thưởng Học sinh Xuất sắc."


def test_grade_five_completes_primary_school():
    judged = judge_primary_year(year(grade=5))

    assert judged.completes_primary
    assert judged.reasons[1].vi == "Hoàn thành chương trình tiểu học."


def test_a_parent_is_told_each_value_that_keeps_a_child_from_the_next_level():
    given = year(subjects=(*subjects(test=8, toan=4)[:-1], PrimarySubject(code="gdtc", name="GDTC", level=C)))
    low = replace(given, qualities=given.qualities | {"yeu_nuoc": QualityLevel.NEEDS_EFFORT, "la": QualityLevel("C")})

    judged = judge_primary_year(low)

    assert judged.level is YearLevel.NOT_COMPLETED
    assert [reason.vi for reason in judged.reasons] == [
        "Kết quả giáo dục cả năm: Chưa hoàn thành.",
        "Chưa đạt mức Hoàn thành vì môn học: GDTC (C).",
        "Mức Hoàn thành cần mọi bài kiểm tra từ 5 điểm; còn thấp hơn: Toán 4.",
        "Chưa đạt mức Hoàn thành vì phẩm chất, năng lực: la (C), Yêu nước (C).",
        "Giáo viên hướng dẫn, giúp đỡ và đánh giá bổ sung.",
    ]
    assert codes(judged.reasons)[1:4] == ["subjects_below", "tests_below", "qualities_below"]
    assert judged.outcome is Outcome.ADDITIONAL_ASSESSMENT
    assert judged.title is None


@pytest.mark.parametrize(("test", "next_level"), [(8, "Hoàn thành xuất sắc"), (6, "Hoàn thành tốt")])
def test_the_level_named_as_missed_is_the_next_one(test, next_level):
    assert judge_primary_year(year(test=test)).reasons[1].vi.startswith(f"Mức {next_level} cần")


def test_a_level_contrary_to_its_test_is_a_warning_and_no_more():
    judged = judge_primary_year(year(subjects=subjects(toan=4)))

    assert judged.level is YearLevel.NOT_COMPLETED
    assert codes(judged.warnings) == ["abnormal_test"]
    assert judged.warnings[0].vi == "Toán: mức T trái với bài kiểm tra 4 điểm; có thể đề xuất kiểm tra lại."
    assert judged.warnings[0].clause == "7(1)(đ)"


def test_the_class_must_acknowledge_an_outstanding_pupil():
    waiting = judge_primary_year(year(test=7))
    acknowledged = judge_primary_year(year(test=7, is_acknowledged=True))

    assert (waiting.title, waiting.candidate_for) == (None, Title.OUTSTANDING)
    assert waiting.reasons[-1].vi.endswith(" (cần được tập thể lớp công nhận).")
    assert waiting.reasons[-1].en.endswith(" (if the class agrees).")
    assert acknowledged.title is Title.OUTSTANDING
    assert acknowledged.reasons[-1].vi.endswith("học tập và rèn luyện.")


def test_what_is_missing_leaves_the_year_open_and_is_named():
    open_year = year(
        subjects=(*subjects(toan=None)[:-1], PrimarySubject(code="gdtc", name="GDTC", level=None)), qualities={}
    )

    judged = judge_primary_year(open_year)

    assert (judged.level, judged.level_after, judged.outcome, judged.title) == (None, None, None, None)
    assert (judged.candidate_for, judged.completes_primary) == (None, False)
    assert codes(judged.reasons) == ["incomplete"] * 3
    assert [reason.clause for reason in judged.reasons] == ["7(1)", "7(1)(b)", "7(2)"]
    assert judged.reasons[0].vi == "Còn thiếu mức của môn: GDTC."
    assert judged.reasons[1].vi == "Còn thiếu điểm kiểm tra định kì: Toán."
    assert judged.reasons[2].vi.startswith("Còn thiếu phẩm chất, năng lực: Yêu nước, Nhân ái, ")
    assert judged.reasons[1].en == "Missing: the test of Toán."


def test_grade_two_needs_two_tests_and_a_mark_of_another_does_not_count():
    judged = judge_primary_year(year(grade=2, subjects=subjects(ngoai_ngu=3, khoa_hoc=None)))

    assert judged.level is YearLevel.EXCELLENT
    assert codes(judged.warnings) == ["test_not_foreseen"]
    assert judged.warnings[0].vi == (
        "Lớp 2 không có bài kiểm tra định kì ở: Lịch sử và Địa lí, Ngoại ngữ, Tin học và Công nghệ; "
        "điểm không được tính."
    )


def test_a_test_in_a_subject_the_law_does_not_name_counts():
    other = PrimarySubject(code="tieng_dan_toc", name="Tiếng dân tộc", level=T, test=8)

    assert judge_primary_year(year(subjects=(*subjects(), other))).level is YearLevel.WELL_COMPLETED


def test_an_exempt_subject_stays_out():
    exempt = PrimarySubject(code="toan", name="Toán", level=None, is_exempt=True)
    given = year(subjects=(*(one for one in subjects() if one.code != "toan"), exempt))

    judged = judge_primary_year(given)

    assert judged.level is YearLevel.EXCELLENT
    assert judged.reasons[1].vi == "Được miễn, không tính vào kết quả: Toán."
    assert judged.reasons[1].clause == "8"


def test_help_in_the_summer_replaces_level_and_test_and_promotes():
    given = replace(
        year(H, subjects=subjects(H, toan=4)),
        subjects_again=(PrimarySubject(code="toan", name="Toán", level=H, test=5),),
    )

    judged = judge_primary_year(given)

    assert (judged.level, judged.level_after) == (YearLevel.NOT_COMPLETED, YearLevel.COMPLETED)
    assert judged.outcome is Outcome.PROMOTED
    assert judged.warnings == ()
    assert codes(judged.reasons) == ["level_reached", "tests_below", "reassessed", *codes(judged.reasons)[3:]]
    assert judged.reasons[2].vi.startswith("Đã đánh giá lại: Toán;")


@pytest.mark.parametrize(
    ("again", "outcome"), [(QualityLevel.ACHIEVED, Outcome.PROMOTED), (QualityLevel("C"), Outcome.SCHOOL_DECIDES)]
)
def test_a_quality_too_can_be_mended_and_else_the_school_decides(again, outcome):
    given = year(qualities=qualities() | {"nhan_ai": QualityLevel.NEEDS_EFFORT})

    judged = judge_primary_year(replace(given, qualities_again={"nhan_ai": again}))

    assert judged.outcome is outcome
    assert "Đã đánh giá lại: Nhân ái;" in judged.reasons[2].vi
    if outcome is Outcome.SCHOOL_DECIDES:
        assert judged.reasons[-1].vi == "Nhà trường xem xét, quyết định việc lên lớp."


@pytest.mark.parametrize(
    "again",
    [
        {"subjects_again": (PrimarySubject(code="toan", name="Toán", level=T, test=10),)},
        {"qualities_again": {"nhan_ai": QualityLevel.GOOD}},
    ],
)
def test_nobody_is_assessed_again_who_completed_the_year(again):
    with pytest.raises(SummerNotOpen, match=r"toan|nhan_ai"):
        judge_primary_year(replace(year(), **again))


def test_the_order_of_subjects_changes_neither_the_judgement_nor_its_digest():
    given = year(subjects=subjects(toan=4), subjects_again=subjects(toan=7)[:2])
    turned = replace(given, subjects=given.subjects[::-1], subjects_again=given.subjects_again[::-1])

    assert judge_primary_year(turned) == judge_primary_year(given)
    assert judge_primary_year(turned).inputs_digest == judge_primary_year(given).inputs_digest
    assert judge_primary_year(year()).inputs_digest != judge_primary_year(given).inputs_digest


@pytest.mark.parametrize(
    ("moment", "grade", "tests", "is_complete"),
    [
        (Moment.MID_TERM_1, 4, {}, True),
        (Moment.MID_TERM_1, 4, {"toan": None}, False),
        (Moment.MID_TERM_2, 5, {"khoa_hoc": None}, True),
        (Moment.END_TERM_1, 5, {"khoa_hoc": None}, False),
        (Moment.END_TERM_1, 3, {"khoa_hoc": None}, True),
    ],
)
def test_a_moment_of_the_year_is_complete_with_the_tests_of_its_grade(moment, grade, tests, is_complete):
    term = PrimaryTermInput(grade=grade, moment=moment, subjects=subjects(**tests), qualities=qualities(grade=grade))

    judged = judge_primary_term(term)

    assert judged.is_complete is is_complete
    assert codes(judged.reasons) == ([] if is_complete else ["incomplete"])
    assert (judged.regulation, judged.switches) == ("TT27/2020", PrimarySwitches())
    turned = judge_primary_term(replace(term, subjects=term.subjects[::-1]))
    assert turned.inputs_digest == judged.inputs_digest


def test_every_quality_has_a_name():
    assert set(reasons27.QUALITY_NAMES) == set(required_qualities(5, PrimarySwitches()))
