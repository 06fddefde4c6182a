"""What is written stays text: no name becomes a formula, and the same rows give the same bytes."""

import shutil
import subprocess
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.workbook import delimited, open_book
from services.chassis.workbook.cells import text_of
from services.chassis.workbook.writing import Page, csv_of, guarded, xlsx_of
from tests.unit.chassis.workbook_files import members_of

DANGEROUS = [
    "=1+1",
    "+SUM(A1)",
    "-x",
    "@y",
    "\tz",
    "\r=1",
    "'=1",
    "＝1",
    '=HYPERLINK("http://x")',
    "http://x.vn",
    "007",
]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20).map(text_of)


def page(rows, *, headings=(("Họ tên",),), name="6A", title=()):
    return Page(name=name, title=title, headings=headings, heading_row=len(title) + 1, rows=rows)


def lines_of(data):
    (sheet,) = open_book(data).sheets
    return [list(line.cells) for line in sheet.lines]


def test_no_text_becomes_a_formula_or_a_link_not_even_in_headings_and_titles():
    data = xlsx_of([page([[text] for text in DANGEROUS], headings=[("=2+2", "x"), ("=2+2", "y")], title=["=3+3"])])

    xml = dict(members_of(data))["xl/worksheets/sheet1.xml"]

    assert b"<f" not in xml
    assert b"hyperlink" not in xml
    assert [row[0] for row in lines_of(data)[3:]] == [text_of(text) for text in DANGEROUS]


def test_numbers_are_numbers_and_nothing_is_nothing():
    assert lines_of(xlsx_of([page([[Decimal("7.5"), None, 3, "3"]])]))[1] == [7.5, "", 3.0, "3"]


def test_the_same_rows_give_the_same_bytes():
    assert xlsx_of([page([["An"]])]) == xlsx_of([page([["An"]])])


def test_shared_headings_are_merged_and_lone_ones_reach_down():
    headings = [("STT",), ("ĐĐGtx", "1"), ("ĐĐGtx", "2"), ("ĐĐGgk",)]

    xml = dict(members_of(xlsx_of([page([], headings=headings)])))["xl/worksheets/sheet1.xml"]

    assert {f'ref="{place}"'.encode() in xml for place in ("A1:A2", "B1:C1", "D1:D2")} == {True}


def test_sheet_names_are_what_excel_allows_and_each_is_there_once():
    names = ["6/A1: Toán", "6/a1: toán", "", "x" * 40]

    book = open_book(xlsx_of([page([["An"]], name=name) for name in names]))

    assert [sheet.name for sheet in book.sheets] == ["6 A1 Toán", "6 a1 toán (2)", "Sheet3", "x" * 31]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_excel_would_run_is_guarded_in_csv_and_read_back_as_it_was(text):
    data = csv_of(page([["x", text]]))
    written = data.decode("utf-8-sig").splitlines()

    assert not any(cell.startswith(tuple("=+-@\t\r")) for line in written for cell in line.strip('"').split('","'))
    assert lines_of(data)[1] == ["x", text_of(text)]


@given(rows=st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=5))
def test_any_text_comes_back_from_csv(rows):
    data = csv_of(page([["a", "b"], *rows], headings=[("c",), ("d",)]))

    assert list(delimited.rows_of(data))[2:] == rows


@given(text=st.text(alphabet="'=+-@a", max_size=6))
def test_a_guard_is_taken_off_exactly_where_it_was_put(text):
    shown = guarded(text)

    assert (shown[1:] if delimited.GUARDED.match(shown) else shown) == text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_finds_no_formula(tmp_path):
    (tmp_path / "out.xlsx").write_bytes(xlsx_of([page([[text] for text in DANGEROUS])]))

    subprocess.run(
        ["soffice", "--headless", "--convert-to", "fods", "--outdir", tmp_path, tmp_path / "out.xlsx"],
        check=True,
        timeout=120,
    )

    assert "table:formula" not in (tmp_path / "out.fods").read_text()
