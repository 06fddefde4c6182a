"""Headings are found wherever people put them: in several rows, merged, repeated, numbered below."""

import re
import unicodedata

import pytest

from services.chassis.workbook import Heading, Shape, WorkbookRefused, find_spots, open_book, read_tables, spelling_key
from tests.unit.chassis.workbook_files import xls, xlsx

NAME, FIRST, SECOND = (Heading(name="Họ tên"), Heading(name="ĐĐGtx 1"), Heading(name="ĐĐGtx 2"))
SHAPE = Shape(
    headings=(NAME, FIRST, SECOND),
    section=re.compile(r"lớp \w+", re.IGNORECASE),
    aside=re.compile("tổng|người lập", re.IGNORECASE),
)
TWO_ROWS = [["STT", "Họ tên", "ĐĐGtx", ""], ["", "", 1, 2]]


def tables_of(data, shape=SHAPE):
    return [table for spot in find_spots(open_book(data), shape) for table in read_tables(spot, shape)]


def marks_of(data, shape=SHAPE):
    return [(row["Họ tên"], row["ĐĐGtx 1"], row["ĐĐGtx 2"]) for table in tables_of(data, shape) for row in table.rows]


@pytest.mark.parametrize("write", [xlsx, xls])
@pytest.mark.parametrize("above", [[], [["TRƯỜNG THCS"], [], ["BẢNG ĐIỂM"]], [["x"]] * 13])
def test_a_heading_over_several_columns_counts_for_each_wherever_the_table_begins(write, above):
    assert marks_of(write([*above, *TWO_ROWS, [1, "An", 7, 8]])) == [("An", 7, 8)]


def test_three_rows_of_merged_headings_are_one_heading_a_column():
    rows = [["Họ tên", "Học kỳ I", "", ""], ["", "ĐĐGtx", "", "Khác"], ["", "1", "2", ""], ["An", 7, 8, 9]]
    merged = [((0, 0), (2, 0), "Họ tên"), ((0, 1), (0, 3), "Học kỳ I"), ((1, 1), (1, 2), "ĐĐGtx")]

    assert marks_of(xlsx(rows, merged=merged)) == [("An", 7, 8)]


@pytest.mark.parametrize("numbers", [[1, 2, 3, 4], ["(1)", "(2)", "(3)", "(4)"], ["A", "B", "1", "2"]])
def test_a_row_that_numbers_the_columns_is_no_data(numbers):
    assert marks_of(xlsx([*TWO_ROWS, numbers, [1, "An", 7, 8]])) == [("An", 7, 8)]


def test_a_row_of_remarks_below_the_headings_is_no_data_but_a_nameless_row_is():
    rows = [["STT", "Họ tên", "ĐĐGtx 1", "ĐĐGtx 2"], ["", "", "(HS 1)", "(HS 1)"], [1, "", 7, 8]]

    assert marks_of(xlsx(rows)) == [("", 7, 8)]


def test_headings_repeated_for_each_class_begin_a_table_each_even_with_columns_swapped():
    first = [["LỚP 1A"], ["Họ tên", "ĐĐGtx 1", "ĐĐGtx 2"], ["An", 7, 8]]
    second = [["LỚP 1B"], ["Họ tên", "ĐĐGtx 2", "ĐĐGtx 1"], ["Bình", 5, 6], ["LỚP 1C"], ["Chi", 9, 10]]

    tables = tables_of(xlsx([*first, [], *second]))

    assert [(row.section, row["Họ tên"], row["ĐĐGtx 1"]) for table in tables for row in table.rows] == [
        ("LỚP 1A", "An", 7),
        ("LỚP 1B", "Bình", 6),
        ("LỚP 1C", "Chi", 10),
    ]


def test_signatures_and_totals_below_the_data_are_passed_over():
    rows = [["Họ tên", "ĐĐGtx 1", "ĐĐGtx 2"], ["An", 7, 8], ["Tổng số: 1"], ["", "Người lập biểu"]]

    assert marks_of(xlsx(rows)) == [("An", 7, 8)]


def test_a_column_that_two_terms_share_is_refused_rather_than_guessed():
    rows = [["Họ tên", "HKI", "", "HKII", ""], ["", "ĐĐGtx 1", "ĐĐGtx 2", "ĐĐGtx 1", "ĐĐGtx 2"], ["An", 1, 2, 3, 4]]

    with pytest.raises(WorkbookRefused) as refusal:
        tables_of(xlsx(rows))

    assert [problem.reason_code for problem in refusal.value.problems] == ["repeated_heading"] * 2


def test_every_sheet_with_the_headings_is_read_and_catalogues_are_not():
    table = [["Họ tên", "ĐĐGtx 1", "ĐĐGtx 2"], ["An", 7, 8]]

    assert marks_of(xlsx([["Dân tộc"], ["Kinh"]], more=[("6A", table), ("6B", table)])) == [("An", 7, 8)] * 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa", "Hoà"),
        ("THỦY", "thuỷ"),
        ("Đỗ", "\u00d0ỗ"),
        ("Nguyễn  Thị\u00a0Ước", unicodedata.normalize("NFD", "Nguyễn Thị Ước")),
        ("Ước\u200b", "Ước"),
        ("Nguyê\u0303n", "Nguyễn"),
        ("Nguye\u0303\u0302n", "Nguyễn"),
    ],
)
def test_two_spellings_of_one_name_are_alike(one, other):
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(("one", "other"), [("Hòa", "Hóa"), ("Đào", "Dào"), ("Ân", "An"), ("Thị Hoa", "Thịhoa")])
def test_two_names_that_differ_stay_different(one, other):
    assert spelling_key(one) != spelling_key(other)
