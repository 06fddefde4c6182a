"""A book as a workbook (.xlsx): a sheet for each table, made for printing; text is never taken for a formula."""

import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from services.gradebook.books.layout import Book, Cell, Table, placed

FONT = {"font_name": "Times New Roman", "font_size": 11}
MM_OF_A_LETTER = 1.9  # about how wide a digit is in a cell
UPRIGHT_HEIGHT = 110.0  # points, for headings written from bottom to top
A4 = 9
LONGEST_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")  # in the name of a sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    title: Any
    plain: Any
    heading: Any
    upright: Any
    words: Any
    figure: Any
    sum: Any


def write(book: Book, *, printed_at: datetime) -> bytes:
    """The workbook's bytes; the same book and moment give the same bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties(
            {"title": book.title, "author": book.school, "created": printed_at.replace(tzinfo=None)}
        )
        formats = _formats(workbook)
        _cover(workbook.add_worksheet("Bìa"), book, formats)
        for table, name in zip(book.tables, _names(book.tables), strict=True):
            _sheet(workbook.add_worksheet(name), book, table, formats)
    return buffer.getvalue()


def _formats(workbook: Any) -> Formats:
    boxed = {**FONT, "border": 1, "valign": "vcenter", "text_wrap": True}
    heading = {**boxed, "bold": True, "align": "center", "bg_color": "#EDF0F6"}
    centred = {**boxed, "align": "center"}
    return Formats(
        title=workbook.add_format({**FONT, "bold": True, "font_size": 14}),
        plain=workbook.add_format(FONT),
        heading=workbook.add_format(heading),
        upright=workbook.add_format({**heading, "rotation": 90}),
        words=workbook.add_format(boxed),
        figure=workbook.add_format(centred),
        sum=workbook.add_format({**centred, "bold": True, "bg_color": "#F7F8FB"}),
    )


def _names(tables: Sequence[Table]) -> Iterator[str]:
    """Names that Excel takes: short, without its special signs, each once whatever the case of its letters."""
    seen: set[str] = set()
    for table in tables:
        name = FORBIDDEN.sub(" ", table.name)
        numbers = (f" ({number})" for number in itertools.count(2))
        for ending in itertools.chain([""], numbers):
            short = name[: LONGEST_NAME - len(ending)] + ending
            if short.casefold() not in seen:
                break
        seen.add(short.casefold())
        yield short


def _cover(sheet: Any, book: Book, formats: Formats) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 80)
    lines = [(book.department, ""), (book.school, ""), (book.place, ""), (book.title, ""), *book.facts]
    for row, (label, value) in enumerate(lines):
        sheet.write_string(row, 0, label, formats.title if label == book.title else formats.plain)
        sheet.write_string(row, 1, value, formats.plain)
    for row, line in enumerate((book.counts, book.imprint), start=len(lines) + 1):
        sheet.write_string(row, 0, line, formats.plain)
    _page(sheet, book)


def _sheet(sheet: Any, book: Book, table: Table, formats: Formats) -> None:
    sheet.write_string(0, 0, table.title, formats.title)
    sheet.write_string(1, 0, table.subtitle, formats.plain)
    for column, lane in enumerate(table.lanes):
        sheet.set_column(column, column, lane.width / MM_OF_A_LETTER)
    first = 3
    _headings(sheet, table, first, formats)
    body = first + len(table.heads)
    _rows(sheet, table, body, formats)
    end = body + len(table.rows) + len(table.sums)
    signers = (f"{signer.caption}: {signer.name}".rstrip(": ") for signer in table.signers)
    for row, line in enumerate((*table.notes, *signers, book.counts, book.imprint), start=end + 1):
        sheet.write_string(row, 0, line, formats.plain)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{end + 1}"})
    sheet.repeat_rows(first, body - 1)
    sheet.freeze_panes(body, 2)
    _page(sheet, book)


def _headings(sheet: Any, table: Table, first: int, formats: Formats) -> None:
    for row, column, head in placed(table.heads):
        top, kind = first + row, formats.upright if head.is_upright else formats.heading
        if head.rows * head.columns > 1:
            sheet.merge_range(top, column, top + head.rows - 1, column + head.columns - 1, "", kind)
        sheet.write_string(top, column, head.text, kind)
    for row, heads in enumerate(table.heads):
        if any(head.is_upright for head in heads):
            sheet.set_row(first + row, UPRIGHT_HEIGHT)


def _rows(sheet: Any, table: Table, first: int, formats: Formats) -> None:
    for number, cells in enumerate((*table.rows, *table.sums)):
        is_sum = number >= len(table.rows)
        for column, (cell, lane) in enumerate(zip(cells, table.lanes, strict=True)):
            kind = formats.sum if is_sum else formats.words if lane.is_words else formats.figure
            _cell(sheet, (first + number, column), cell, kind)


def _cell(sheet: Any, place: tuple[int, int], cell: Cell, kind: Any) -> None:
    """Text as text, whatever it begins with; only counts are numbers."""
    if isinstance(cell, int):
        sheet.write_number(*place, cell, kind)
    else:
        sheet.write_string(*place, cell, kind)


def _page(sheet: Any, book: Book) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    running = book.running.replace("&", "&&")[:200]  # a footer holds 255 letters
    sheet.set_footer(f"&L&8{running}&R&8Trang &P/&N")
