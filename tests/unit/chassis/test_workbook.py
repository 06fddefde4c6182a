"""Spreadsheets are read as people see them, and refused whole with every fault in its place."""

import io
import unicodedata
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from services.chassis.errors import from_wire, to_wire
from services.chassis.workbook import (
    Fault,
    FaultList,
    Heading,
    Unreadable,
    WorkbookRefused,
    a_choice,
    a_date,
    a_decimal,
    a_text,
    column_letter,
    or_none,
    read_table,
)
from services.chassis.workbook import faults as limits
from tests.unit.chassis.workbook_files import with_part, xlsx, zipped

NAME = Heading(name="Họ tên", aliases=("Họ và tên",))
BORN = Heading(name="Ngày sinh")
NOTE = Heading(name="Ghi chú", is_required=False)
HEADINGS = (NAME, BORN, NOTE)


def problems_of(data, headings=HEADINGS):
    with pytest.raises(WorkbookRefused) as refusal:
        read_table(data, headings)
    return refusal.value.problems


def test_headings_are_found_below_title_rows_whatever_their_case_breaks_letter_forms_and_remarks():
    heading = [unicodedata.normalize("NFD", "HỌ  VÀ\nTÊN"), "Ngày\nsinh (dd/mm/yyyy) "]
    data = xlsx([["TRƯỜNG THCS"], [], ["", *heading], [1, "An", "02/03/2015"]])

    table = read_table(data, HEADINGS)

    assert table.title == ("TRƯỜNG THCS",)
    assert table.columns == {"Họ tên": "B", "Ngày sinh": "C"}
    assert [(row.number, row.values["Họ tên"]) for row in table.rows] == [(4, "An")]


def test_a_heading_in_row_fifteen_is_found_and_one_in_row_sixteen_is_not():
    table = [["Họ tên", "Ngày sinh"], ["An", "02/03/2015"]]

    assert read_table(xlsx([[]] * 14 + table), HEADINGS).rows[0].number == 16
    assert {problem.reason_code for problem in problems_of(xlsx([["x"]] * 15 + table))} == {"missing_heading"}


def test_catalogue_sheets_do_not_distract_from_the_table():
    data = xlsx([["Họ tên", "Ngày sinh"], ["An", "02/03/2015"]], more=[("Danh mục", [["Họ tên"], ["Kinh"]])])

    assert read_table(data, HEADINGS).sheet == "Sheet1"


def test_blank_rows_are_passed_over_and_row_numbers_stay_those_that_people_see():
    rows = read_table(xlsx([["Họ tên", "Ngày sinh"], ["An", "x"], [], ["", " "], ["Bình", "x"]]), HEADINGS).rows

    assert [row.number for row in rows] == [2, 5]


def test_every_missing_heading_is_told_at_once():
    problems = problems_of(xlsx([["Lớp", "Ghi chú"], ["6A", ""]]))

    assert [(problem.reason_code, problem.value) for problem in problems] == [
        ("missing_heading", "Họ tên"),
        ("missing_heading", "Ngày sinh"),
    ]


def test_a_heading_that_stands_twice_is_refused():
    (problem,) = problems_of(xlsx([["Họ tên", "Ngày sinh", "họ tên"], ["An", "x", "Bình"]]))

    assert (problem.reason_code, problem.row, problem.value) == ("repeated_heading", 1, "Họ tên")


def test_a_heading_goes_before_its_aliases():
    table = read_table(xlsx([["Họ và tên", "Họ tên", "Ngày sinh"], ["x", "An", "x"]]), HEADINGS)

    assert table.columns["Họ tên"] == "B"


@pytest.mark.parametrize("rows", [[["Họ tên", "Ngày sinh"]], []])
def test_a_workbook_without_rows_is_refused(rows):
    assert [problem.reason_code for problem in problems_of(xlsx(rows))] == ["no_rows"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a workbook",
        b"PK\x03\x04 broken",
        xlsx([["Họ tên"]])[:1000],
        zipped([("letter.txt", "hello")]),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512),
    ],
)
def test_what_is_no_workbook_gives_one_clear_problem(data):
    assert [problem.reason_code for problem in problems_of(data)] == ["not_a_workbook"]


def test_too_large_a_file_is_refused_before_it_is_opened():
    assert [problem.reason_code for problem in problems_of(bytes(limits.MOST_BYTES + 1))] == ["too_large"]


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused():
    data = zipped([("xl/workbook.xml", bytes(limits.MOST_UNPACKED_BYTES + 1))])

    assert [problem.reason_code for problem in problems_of(data)] == ["too_large"]


def test_a_small_file_that_spans_a_huge_sheet_is_refused():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet().write(1_048_575, 16_383, "far away")

    assert [problem.reason_code for problem in problems_of(buffer.getvalue())] == ["too_large"]


def test_a_failed_formula_is_not_taken_for_an_empty_cell():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Họ tên", "Ngày sinh"])
        sheet.write_formula("B2", "=NA()", None, "#N/A")

    (problem,) = problems_of(buffer.getvalue())

    assert (problem.row, problem.column, problem.reason_code) == (2, "B", "formula_error")


@pytest.mark.parametrize(
    "change", [lambda xml: xml[:-30], lambda xml: xml.replace(b't="s"', b't="?"'), lambda xml: b"\xff" + xml]
)
def test_a_workbook_damaged_inside_gives_one_clear_problem(change):
    data = with_part(xlsx([["Họ tên", "Ngày sinh"], ["An", "x"]]), "xl/worksheets/sheet1.xml", change)

    assert [problem.reason_code for problem in problems_of(data)] == ["not_a_workbook"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("02/03/2015", date(2015, 3, 2)),
        ("2-3-2015", date(2015, 3, 2)),
        (" 02.03.2015 ", date(2015, 3, 2)),
        (44096.0, date(2020, 9, 22)),
        (44096, date(2020, 9, 22)),
        (datetime(2015, 3, 2, 7), date(2015, 3, 2)),  # noqa: DTZ001 - a cell has no time zone
        (date(2015, 3, 2), date(2015, 3, 2)),
    ],
)
def test_a_date_is_read_from_text_serial_and_date_cells(value, day):
    assert a_date(value) == day


@pytest.mark.parametrize("value", ["30/02/2015", "2015-03-02", "02/03/15", "02/03-2015", "hôm qua", 0.5, 3e6, True])
def test_what_is_no_date_is_unreadable(value):
    with pytest.raises(Unreadable, match="not_a_date"):
        a_date(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [("7,5", "7.5"), ("7.5", "7.5"), (7.5, "7.5"), (8.0, "8"), (" 10 ", "10"), ("-1", "-1"), (0.1 + 0.2, "0.3")],
)
def test_a_number_is_read_with_comma_or_point(value, number):
    assert a_decimal(value) == Decimal(number)


@pytest.mark.parametrize("value", ["abc", "7,5,1", "1.234,5", "7 5", "٧", "NaN", "1e1", date(2015, 5, 7)])
def test_what_is_no_number_is_unreadable(value):
    with pytest.raises(Unreadable, match="not_a_number"):
        a_decimal(value)


def test_text_is_composed_and_a_long_code_typed_as_a_number_keeps_its_digits():
    assert a_text(unicodedata.normalize("NFD", " Nguyễn  Thị\u00a0Ước ")) == "Nguyễn Thị Ước"
    assert a_text(3612345678.0) == "3612345678"


def test_an_empty_cell_is_refused_unless_it_may_be_empty():
    with pytest.raises(Unreadable, match="empty"):
        a_text("  ")
    assert or_none(a_date)(" ") is None
    assert or_none(a_date)("02/03/2015") == date(2015, 3, 2)


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (5, "F"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_excel_names_them(index, letter):
    assert column_letter(index) == letter


def test_all_faults_of_a_table_are_told_with_sheet_row_and_column():
    table = read_table(xlsx([["Họ tên", "Ngày sinh"], ["", "02/03/2015"], ["An", "hôm qua"]]), HEADINGS)
    faults = FaultList(table)

    faults.check({"Họ tên": a_text, "Ngày sinh": a_date})

    with pytest.raises(WorkbookRefused) as refusal:
        faults.refuse_if_any()
    assert [(p.sheet, p.row, p.column, p.value, p.reason_code) for p in refusal.value.problems] == [
        ("Sheet1", 2, "A", "", "empty"),
        ("Sheet1", 3, "B", "hôm qua", "not_a_date"),
    ]


def test_an_optional_column_that_is_not_there_reads_as_empty():
    table = read_table(xlsx([["Họ tên", "Ngày sinh"], ["An", "x"]]), HEADINGS)
    faults = FaultList(table)

    faults.check({"Ghi chú": or_none(a_text)})

    faults.refuse_if_any()


def test_a_value_that_must_stand_once_is_refused_the_second_time():
    rows = [["Họ tên", "Ngày sinh"], ["An", "x"], ["Bình", "x"], ["AN", "x"]]
    faults = FaultList(read_table(xlsx(rows), HEADINGS))

    faults.check_unique("Họ tên")

    assert [(problem.row, problem.reason_code) for problem in faults.problems] == [(4, "repeated_value")]


def test_a_choice_is_read_in_any_case_and_letter_form():
    sex = a_choice({"Nam": 1, "Nữ": 2}, Fault(code="unknown_sex", vi="", en=""))

    assert sex(unicodedata.normalize("NFD", " nữ")) == 2
    with pytest.raises(Unreadable, match="unknown_sex"):
        sex("khác")


def test_a_refusal_crosses_the_wire_with_its_problems_and_keeps_values_out_of_its_log_line():
    with pytest.raises(WorkbookRefused) as refusal:
        read_table(xlsx([["Lớp"], ["Bí mật"]]), HEADINGS)

    arrived = from_wire(to_wire(refusal.value))

    assert arrived.code == "workbook_refused"
    assert arrived.fields["errors"][0]["reason_code"] == "missing_heading"
    assert "Họ tên" not in str(refusal.value)
