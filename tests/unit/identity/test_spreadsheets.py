"""A staff list is taken whole or refused whole, with every fault in its place."""

import io

import pytest
import xlsxwriter

from services.chassis.workbook import WorkbookRefused
from services.identity.spreadsheets import StaffRow, read_staff

HEADINGS = ["Họ tên", "Mã CBGVNV", "Email", "Trạng thái CB", "Vị trí\nviệc làm"]
LAN = ["Đỗ Thị Lan", "0190000001", "Lan.DT@example.vn", "Đang làm việc", "Giáo viên"]
SON = ["Vũ Văn Sơn", "0190000002", "son.vv@example.vn", "Đang làm việc", "Hiệu trưởng"]


def xlsx(*rows):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def faults_of(*rows):
    with pytest.raises(WorkbookRefused) as refusal:
        read_staff(xlsx(*rows))
    return [(problem.row, problem.column, problem.reason_code) for problem in refusal.value.problems]


def changed(member, column, value):
    return [value if index == column else cell for index, cell in enumerate(member)]


def test_a_list_becomes_staff_in_its_order():
    lan, son = read_staff(xlsx(["DANH SÁCH CÁN BỘ"], HEADINGS, LAN, SON))

    assert lan == StaffRow(
        staff_code="0190000001",
        full_name="Đỗ Thị Lan",
        email="lan.dt@example.vn",
        state="Đang làm việc",
        position="Giáo viên",
    )
    assert son.position == "Hiệu trưởng"


@pytest.mark.parametrize(
    "heading",
    ["Mã định danh Bộ GD&ĐT", "Mã định danh\nBộ GDĐT", "Mã định danh", "Mã CBGVNV", "Mã cán bộ", "MÃ CÁN BỘ"],
)
def test_the_staff_code_is_known_under_all_its_headings(heading):
    assert read_staff(xlsx(changed(HEADINGS, 1, heading), LAN))[0].staff_code == "0190000001"


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        (0, "", (2, "A", "empty")),
        (1, "", (2, "B", "empty")),
        (2, "", (2, "C", "empty")),
        (2, "lan@", (2, "C", "bad_email")),
        (2, "lan dt@example.vn", (2, "C", "bad_email")),
        (3, "", (2, "D", "empty")),
        (4, "", (2, "E", "empty")),
    ],
)
def test_a_wrong_cell_refuses_the_file_and_is_named(column, value, fault):
    assert faults_of(HEADINGS, changed(LAN, column, value)) == [fault]


def test_two_people_cannot_share_a_code_or_an_address():
    assert faults_of(HEADINGS, LAN, changed(SON, 1, LAN[1])) == [(3, "B", "repeated_value")]
    assert faults_of(HEADINGS, LAN, changed(SON, 2, "LAN.dt@example.vn")) == [(3, "C", "repeated_value")]


def test_a_missing_column_is_named():
    with pytest.raises(WorkbookRefused) as refusal:
        read_staff(xlsx(HEADINGS[:-1], LAN[:-1]))

    assert [problem.value for problem in refusal.value.problems] == ["Vị trí việc làm"]


def test_a_staff_list_may_be_a_csv_file_with_columns_that_nobody_reads():
    lines = [["Dân tộc", *HEADINGS], ["Kinh", *LAN], ["Kinh", *SON]]
    data = "\n".join(",".join(cell.replace("\n", " ") for cell in line) for line in lines).encode("utf-8-sig")

    assert read_staff(data) == read_staff(xlsx(HEADINGS, LAN, SON))
