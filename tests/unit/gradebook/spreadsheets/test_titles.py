"""A title says class, subject, term and year in many ways, and never more than it says."""

import pytest

from services.contracts.gradebook.results import Period
from services.gradebook.spreadsheets.imported import Half
from services.gradebook.spreadsheets.titles import class_of_sheet, conflicts, title_of


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Học kỳ: 1", Period.TERM_1),
        ("HỌC KÌ II", Period.TERM_2),
        ("BẢNG ĐIỂM HỌC KỲ 2, NĂM HỌC 2025 - 2026", Period.TERM_2),
        ("HKI", Period.TERM_1),
        ("HK 2", Period.TERM_2),
        ("Cả năm", Period.YEAR),
        ("Học kỳ: Cả năm", Period.YEAR),
        ("Học kỳ 12", None),
        ("Học kỳ III", None),
        ("THKII", None),
    ],
)
def test_a_term_is_read_however_it_is_written(text, term):
    assert title_of([text]).term is term


@pytest.mark.parametrize(
    ("texts", "class_name"),
    [
        (["Lớp: 6A"], "6A"),
        (["LỚP 10A1"], "10A1"),
        (["Khối 6 - Lớp 6A - (Học kỳ 2)"], "6A"),
        (["Lớp:", "9/2"], "9/2"),
        (["Danh sách lớp học"], None),
        (["Chương trình lớp học 6"], None),
    ],
)
def test_a_class_is_read_however_it_is_written(texts, class_name):
    assert title_of(texts).class_name == class_name


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Môn học: Toán", "Toán"),
        ("Môn: Lịch sử - Địa lí - Lớp: 6A", "Lịch sử - Địa lí"),
        ("Môn học: Hoạt động trải nghiệm, hướng nghiệp", "Hoạt động trải nghiệm, hướng nghiệp"),
        ("SỔ ĐIỂM MÔN HỌC", None),
    ],
)
def test_a_subject_keeps_its_commas_and_dashes(text, subject):
    assert title_of([text]).subject == subject


def test_a_title_may_state_the_half_of_the_term():
    title = title_of(["ĐÁNH GIÁ GIỮA HỌC KỲ 1", "Năm học 2025 – 2026"])

    assert (title.half, title.term, title.school_year) == (Half.MIDTERM, Period.TERM_1, "2025-2026")


def test_what_is_said_twice_alike_is_no_conflict():
    assert conflicts("6A", ["Học kỳ 2", "HKII", "Lớp 6A", "LỚP: 6a"]) == []


def test_what_is_said_in_two_ways_is_one_conflict_each():
    found = conflicts("6A", ["Học kỳ 2", "Cả năm", "Lớp: 6A", "Lớp: 6B"])

    assert [(problem.sheet, problem.value) for problem in found] == [("6A", "Lớp: 6A, 6B"), ("6A", "Học kỳ: 2, Cả năm")]


@pytest.mark.parametrize(("name", "class_name"), [("6A", "6A"), ("Lớp 10A1", "10A1"), ("Sheet1", None), ("6", None)])
def test_a_sheet_may_be_named_after_its_class(name, class_name):
    assert class_of_sheet(name) == class_name
