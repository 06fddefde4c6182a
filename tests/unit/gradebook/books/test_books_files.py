"""The files: the same data gives the same bytes, nothing becomes a formula, and nothing is lost on paper."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pikepdf
import pytest
from python_calamine import CalamineWorkbook

from services.contracts.gradebook.books import BookFormat, ClassBook
from services.gradebook.books.layout import PAGE_WIDTH
from services.gradebook.books.printing import class_book, file_of, teacher_book
from services.gradebook.errors.files import LetterMissing
from tests.unit.gradebook.books.invented_class import (
    PRINTED_AT,
    locked,
    primary_class,
    secondary_class,
    source_of,
)

LANDSCAPE = (841.89, 595.28)  # A4 in points
MILLIMETRE = 72 / 25.4

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def books():
    secondary, primary = locked(secondary_class(1, size=9)), locked(primary_class(2, size=9))
    return [
        *(
            class_book(source_of(record), one, printed_at=PRINTED_AT)
            for record in (secondary, primary)
            for one in ClassBook
        ),
        *(teacher_book(source_of(record), "Cô Minh", printed_at=PRINTED_AT) for record in (secondary, primary)),
    ]


BOOKS = books()
each_book = pytest.mark.parametrize("book", BOOKS, ids=range(len(BOOKS)))
each_paper = pytest.mark.parametrize(("number", "book"), list(enumerate(BOOKS)), ids=range(len(BOOKS)))


@cache
def printed(number: int) -> bytes:
    return file_of(BOOKS[number], BookFormat.PDF, printed_at=PRINTED_AT)


def pages_of(pdf: bytes, *options: str) -> list[str]:
    """Each page's text as a reader would copy it, every run of white space as one space."""
    command = ["pdftotext", *options, "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def named(name: str):
    """A homeroom teacher's book whose every pupil bears the name."""
    record = secondary_class(1, size=2)
    pupils = tuple(replace(pupil, name=name) for pupil in record.pupils)
    return class_book(source_of(replace(record, pupils=pupils)), ClassBook.HOMEROOM, printed_at=PRINTED_AT)


@pytest.mark.parametrize("kind", BookFormat)
@each_book
def test_the_same_book_and_moment_give_the_same_bytes(book, kind):
    first, again = (file_of(book, kind, printed_at=PRINTED_AT) for _ in range(2))

    assert first == again
    assert first != file_of(book, kind, printed_at=PRINTED_AT + timedelta(days=1))


@each_book
def test_every_table_of_a_workbook_holds_the_cells_of_the_book(book):
    opened = CalamineWorkbook.from_filelike(io.BytesIO(file_of(book, BookFormat.XLSX, printed_at=PRINTED_AT)))

    assert len(opened.sheet_names) == 1 + len(book.tables)
    for name, table in zip(opened.sheet_names[1:], book.tables, strict=True):
        rows = opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
        first = 3 + len(table.heads)
        shown = [tuple(row[: len(table.lanes)]) for row in rows[first : first + len(table.rows)]]
        assert shown == list(table.rows)
        assert any(book.imprint in row for row in rows)


@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "-x", "@y", "{=1}", "http://x.vn", "=HYPERLINK(1)", "\tTab"])
def test_a_name_never_becomes_a_formula_or_a_link(name):
    data = file_of(named(name), BookFormat.XLSX, printed_at=PRINTED_AT)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {part: archive.read(part).decode() for part in archive.namelist() if part.endswith(".xml")}
    assert not [part for part, xml in parts.items() if re.search(r"<f[ >]|<hyperlink", xml)]
    opened = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Danh sách")
    assert opened.to_python(skip_empty_area=False)[4][1] == name


def test_sheets_of_a_workbook_have_names_that_excel_takes_each_once():
    record = secondary_class(1, size=2, name="6/1 [chất lượng cao] : nguồn?*'")
    twin = replace(record, name=record.name.upper())
    book = teacher_book(source_of(record, twin), "Cô Minh", printed_at=PRINTED_AT)

    names = CalamineWorkbook.from_filelike(
        io.BytesIO(file_of(book, BookFormat.XLSX, printed_at=PRINTED_AT))
    ).sheet_names

    assert len({name.casefold() for name in names}) == len(names) == 1 + len(book.tables)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


@each_book
def test_no_table_is_wider_than_the_page(book):
    assert all(sum(lane.width for lane in table.lanes) <= PAGE_WIDTH + 0.01 for table in book.tables)
    assert all(len(row) == len(table.lanes) for table in book.tables for row in (*table.rows, *table.sums))


@each_paper
def test_a_book_lies_on_its_side_in_our_fonts_alone(number, book):
    with pikepdf.open(io.BytesIO(printed(number))) as pdf:
        sizes = [float(side) for page in pdf.pages for side in page.mediabox[2:]]
        fonts = {
            str(font.BaseFont).split("+")[-1] for page in pdf.pages for font in page.resources.get("/Font", {}).values()
        }

    assert sizes == pytest.approx([*LANDSCAPE] * (len(sizes) // 2), abs=0.01)
    assert fonts <= {"NotoSerif-Regular", "NotoSerif-Bold", "NotoSerif-Italic"}


@needs_poppler
@each_paper
def test_every_page_after_the_cover_is_numbered_and_names_its_book(number, book):
    pages = pages_of(printed(number))

    assert len(pages) > len(book.tables)
    for page, text in enumerate(pages[1:], start=2):
        assert f"Trang {page}/{len(pages)}" in text
        assert book.running in text


@needs_poppler
def test_a_long_table_repeats_its_title_and_headings_on_every_page():
    book = class_book(source_of(locked(secondary_class(1))), ClassBook.HOMEROOM, printed_at=PRINTED_AT)

    pages = pages_of(file_of(book, BookFormat.PDF, printed_at=PRINTED_AT))

    lists = [page for page in pages if "Danh sách học sinh" in page]
    assert len(lists) == 2
    assert all("Mã định danh Bộ GDĐT" in page for page in lists)
    assert all(pupil[2] in " ".join(lists) for pupil in book.tables[0].rows)


@needs_poppler
@each_paper
def test_all_words_of_a_book_are_on_paper(number, book):
    on_paper = set(" ".join(pages_of(printed(number), "-layout")).split())

    cells = [cell for table in book.tables for row in (*table.rows, *table.sums) for cell in row]

    assert {word for cell in cells for word in str(cell).split()} <= on_paper


@needs_poppler
@pytest.mark.parametrize("name", ["#panic()", "*x* _y_ `z`", "$a^2$ \\ #[b]", "== Tiêu đề", '"D" // E /* F', "<g> @h"])
def test_a_name_is_printed_as_written_and_never_run(name):
    pdf = file_of(named(name), BookFormat.PDF, printed_at=PRINTED_AT)

    assert " ".join(pages_of(pdf)).count(name) >= 6


def test_a_letter_no_font_has_is_named_instead_of_left_out_and_the_workbook_still_prints():
    book = named("Vương 小明")

    with pytest.raises(LetterMissing) as refusal:
        file_of(book, BookFormat.PDF, printed_at=PRINTED_AT)

    assert refusal.value.fields == {"text": "小"}
    assert file_of(book, BookFormat.XLSX, printed_at=PRINTED_AT).startswith(b"PK")
