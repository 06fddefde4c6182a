"""A spreadsheet is what its bytes say, whatever it is called; what must not be opened is refused with a sentence."""

import random
import struct

import pytest

from services.chassis.workbook import WorkbookRefused, check_size, faults, open_book, read_file
from services.chassis.workbook.book import Kind
from tests.unit.chassis.workbook_files import (
    SIGNATURE,
    compound,
    members_of,
    with_part,
    xls,
    xlsx,
    zipped,
)

ROWS = [["Họ tên", "Mã"], ["An", "007"], ["Bình", "7,5"]]
TEXT = "Họ tên;Mã\nAn;007\nBình;7,5\n"
SHEET_XML = "xl/worksheets/sheet1.xml"
FORMULA_BODY = struct.pack("<dHIH", 7.5, 0, 0, 3) + b"\x1e\x01\x00"
FAILED_FORMULA_BODY = struct.pack("<BBBBHHHIH", 2, 0, 0x2A, 0, 0, 0xFFFF, 0, 0, 3) + b"\x1e\x01\x00"


def lines_of(data):
    (sheet,) = open_book(data).sheets
    return [list(line.cells) for line in sheet.lines]


def refused(data, read=open_book):
    with pytest.raises(WorkbookRefused) as refusal:
        read(data)
    return [(problem.reason_code, problem.sheet, problem.column, problem.row) for problem in refusal.value.problems]


def codes(data):
    return {code for code, *_ in refused(data)}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (xlsx(ROWS), Kind.XLSX),
        (xls(ROWS), Kind.XLS),
        (xls(ROWS, is_small=True), Kind.XLS),
        (TEXT.encode(), Kind.CSV),
        (TEXT.encode("utf-8-sig"), Kind.CSV),
        (TEXT.encode("utf-16"), Kind.CSV),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), Kind.CSV),
        (TEXT.encode("utf-16-le"), Kind.CSV),
        (TEXT.replace(";", "\t").encode("utf-16-be"), Kind.CSV),
        (TEXT.replace("7,5", '"7,5"').replace(";", ",").encode(), Kind.CSV),
        (TEXT.replace(";", "\t").replace("\n", "\r\n").encode(), Kind.CSV),
        (b"sep=;\n" + TEXT.encode(), Kind.CSV),
    ],
)
def test_the_same_rows_are_read_from_every_format_with_their_text_exactly(data, kind):
    assert open_book(data).kind is kind
    assert lines_of(data) == ROWS


def test_decimal_commas_do_not_make_a_semicolon_file_a_comma_file():
    rows = "\n".join(["Môn;a;b", *["7,5;8,0;9,25"] * 20])

    assert lines_of(rows.encode())[1] == ["7,5", "8,0", "9,25"]


def test_an_apostrophe_that_guards_a_cell_is_taken_off_and_an_honest_one_stays():
    data = b"a,b\n'=1+1,'-x\n'quoted',''@y\n"

    assert lines_of(data)[1:] == [["=1+1", "-x"], ["'quoted'", "'@y"]]


@pytest.mark.parametrize("encoding", ["cp1258", "latin-1"])
def test_text_in_an_old_encoding_is_refused_with_the_way_to_mend_it(encoding):
    data = "Hä tªn;Ngµy sinh\nNguyÔn;1\n".encode(encoding, "replace")

    (code, *_), *_ = refused(data)

    assert code == "not_unicode"
    assert "CSV UTF-8" in faults.NOT_UNICODE.vi


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_workbook"),
        (b"  \r\n", "not_a_workbook"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(400), "not_a_workbook"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nobj", "not_unicode"),
        (b"one word", "not_a_workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "other_format"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "other_format"),
        (zipped([("mimetype", "x"), ("content.xml", "<x/>")]), "other_format"),
        (zipped([("xl/workbook.bin", "x")]), "other_format"),
        (zipped([("letter.txt", "hello")]), "not_a_workbook"),
        (xlsx(ROWS)[:2000], "not_a_workbook"),
        (SIGNATURE + bytes(600), "not_a_workbook"),
        (xls(ROWS)[:1500], "not_a_workbook"),
        (compound("WordDocument", bytes(5000)), "not_a_workbook"),
        (compound("EncryptedPackage", bytes(5000)), "has_password"),
        (xls(ROWS, password=True), "has_password"),
    ],
)
def test_what_is_no_readable_spreadsheet_gives_one_clear_reason(data, code):
    assert [found for found, *_ in refused(data)] == [code]


def test_a_file_of_two_hundred_megabytes_is_refused_by_its_size_unread(tmp_path):
    path = tmp_path / "huge.xlsx"
    with path.open("wb") as file:
        file.truncate(200 * faults.MIB)

    assert refused(path, read=read_file) == [("too_large", "", None, None)]


def test_the_size_limit_is_on_the_last_byte():
    check_size(faults.MOST_BYTES)
    assert refused(faults.MOST_BYTES + 1, read=check_size) == [("too_large", "", None, None)]


def test_a_zip_bomb_is_refused_unopened():
    bomb = [
        (name, bytes(20 * faults.MIB) if name == SHEET_XML else content) for name, content in members_of(xlsx(ROWS))
    ]

    assert codes(zipped(bomb)) == {"packed_too_tightly"}


def test_a_zip_bomb_of_many_members_is_refused_by_their_sum():
    parts = [(f"xl/worksheets/sheet{number}.xml", bytes(faults.MIB)) for number in range(2, 80)]

    assert codes(zipped([*members_of(xlsx(ROWS)), *parts])) == {"too_large"}


def test_a_workbook_of_too_many_members_or_with_archives_inside_is_refused():
    parts = members_of(xlsx(ROWS))

    assert codes(zipped([*parts, *((f"x{number}.bin", "") for number in range(1001))])) == {"packed_too_tightly"}
    assert codes(zipped([*parts, ("xl/embeddings/more.xlsx", "PK")])) == {"packed_too_tightly"}


def test_two_sheets_of_one_name_in_the_container_are_refused():
    parts = members_of(xlsx(ROWS))
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([*parts, (SHEET_XML, "<worksheet/>")])

    assert codes(data) == {"packed_too_tightly"}


BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [BILLION_LAUGHS, QUADRATIC, OUTSIDE])
@pytest.mark.parametrize("part", [SHEET_XML, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_xml_with_entities_is_refused_wherever_it_hides(declaration, part):
    data = with_part(xlsx(ROWS), part, lambda xml: xml.replace(b"?>", b"?>" + declaration, 1))

    assert codes(data) == {"has_dtd"}


def test_xml_in_utf_16_cannot_hide_entities():
    data = with_part(xlsx(ROWS), SHEET_XML, lambda xml: xml.decode().encode("utf-16"))

    assert codes(data) == {"not_a_workbook"}


def test_a_formula_is_named_with_its_sheet_and_cell_and_so_is_one_that_failed():
    sheet = b'<row r="9"><c r="C9"><f>1+1</f><v>2</v></c><c r="D9" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>'
    data = with_part(xlsx(ROWS, sheet="Lớp 6A"), SHEET_XML, lambda xml: xml.replace(b"</sheetData>", sheet))

    (page,) = open_book(data).sheets

    assert [(problem.sheet, problem.column, problem.row, problem.reason_code) for problem in page.formulas] == [
        ("Lớp 6A", "D", 9, "formula_error"),
        ("Lớp 6A", "C", 9, "formula"),
    ]


def test_a_formula_in_an_old_workbook_is_named_too():
    data = xls([["An", FORMULA_BODY], ["", b"\x2a\x01"], [FAILED_FORMULA_BODY]], sheet="Lớp 6A")

    (page,) = open_book(data).sheets

    assert [(problem.sheet, problem.column, problem.row, problem.reason_code) for problem in page.formulas] == [
        ("Lớp 6A", "B", 1, "formula"),
        ("Lớp 6A", "B", 2, "formula_error"),
        ("Lớp 6A", "A", 3, "formula_error"),
    ]


@pytest.mark.parametrize("write", [xlsx, xls])
def test_a_hidden_sheet_is_not_read(write):
    data = write(ROWS, more=[("Ẩn", [["x"]]), ("6B", [["y"]])], hidden=["Ẩn"])

    assert [sheet.name for sheet in open_book(data).sheets] == ["Sheet1", "6B"]


def test_a_million_formatted_but_empty_rows_are_no_data():
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (number, number) for number in range(4, 1_048_577))
    data = with_part(xlsx(ROWS), SHEET_XML, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))

    assert len(lines_of(data)) == 3


def test_macros_and_links_to_other_workbooks_are_left_alone():
    more = [("xl/vbaProject.bin", b"\0" * 100), ("xl/externalLinks/externalLink1.xml", "<externalLink/>")]

    assert lines_of(zipped([*members_of(xlsx(ROWS)), *more])) == ROWS


def damaged(chance):
    data = bytearray(chance.choice([xlsx(ROWS), xls(ROWS), TEXT.encode(), TEXT.encode("utf-16")]))
    for _ in range(chance.choice([1, 5, 50])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[: chance.randrange(len(data))] if chance.random() < 0.3 else data)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files_are_read_or_refused_and_never_crash(seed):
    chance = random.Random(seed)  # noqa: S311 - the same damage every time

    for _ in range(30):
        try:
            open_book(damaged(chance))
        except WorkbookRefused as refusal:
            assert refusal.problems  # noqa: PT017 - either outcome will do
