"""Writing spreadsheets that stay what they are: no text becomes a formula, and the same rows give the same bytes."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, TypeAlias

import xlsxwriter

from services.chassis.workbook.cells import text_of
from services.chassis.workbook.delimited import GUARDED
from services.chassis.workbook.headings import Path

Cell: TypeAlias = str | int | Decimal | None

WRITTEN_AT = datetime(2025, 1, 1, tzinfo=UTC)  # a file tells its content, not the moment of writing
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
LONGEST_NAME = 31
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A sheet to write: title lines, headings from the row ``heading_row`` on, and the rows below them."""

    name: str
    title: Sequence[str]
    headings: Sequence[Path]
    heading_row: int
    rows: Sequence[Sequence[Cell]]


def xlsx_of(pages: Sequence[Page]) -> bytes:
    """An .xlsx file with a sheet a page; headings that several columns share are merged cells."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": WRITTEN_AT})
        bold = book.add_format({"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1})
        for name, page in zip(_names(pages), pages, strict=True):
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(_lines(page)):
                _write(sheet, number, cells)
            for first, last in _merged(page.headings):
                _merge(sheet, page, first, last, bold)
            sheet.freeze_panes(page.heading_row - 1 + _depth(page.headings), 0)
    return buffer.getvalue()


def csv_of(page: Page) -> bytes:
    """A .csv file as Excel opens it; an apostrophe keeps a text from being run as a formula."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for cells in _lines(page):
        writer.writerow([guarded("" if cell is None else str(cell)) for cell in cells])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def guarded(text: str) -> str:
    """The text behind an apostrophe if a spreadsheet would run it as a formula, or would lose its own apostrophe."""
    return f"'{text}" if GUARDED.match(f"'{text}") else text


def _lines(page: Page) -> Iterator[Sequence[Cell]]:
    """All rows of the page from the first, with headings as merged cells show them."""
    depth = _depth(page.headings)
    yield from ((line,) for line in page.title)
    yield from (() for _ in range(page.heading_row - 1 - len(page.title)))
    for level in range(depth):
        yield [_shown(page.headings, index, level) for index in range(len(page.headings))]
    for row in page.rows:
        yield [text_of(cell) if isinstance(cell, str) else cell for cell in row]


def _depth(headings: Sequence[Path]) -> int:
    """Rows that the headings take."""
    return max(map(len, headings), default=0)


def _shown(headings: Sequence[Path], index: int, level: int) -> str:
    path = headings[index]
    if len(path) <= level:
        return ""
    left = headings[index - 1] if index else ()
    return "" if len(path) > level + 1 and left[: level + 1] == path[: level + 1] else path[level]


def _write(sheet: Any, number: int, cells: Iterable[Cell]) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell:
                sheet.write_string(number, place, cell)
        elif cell is not None:
            sheet.write_number(number, place, cell)


def _merged(headings: Sequence[Path]) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The first and last cell, by level and column, of every heading; one without a lower one reaches down."""
    depth = _depth(headings)
    for index, path in enumerate(headings):
        for level in range(len(path)):
            if _shown(headings, index, level):
                is_lowest = level == len(path) - 1
                yield (level, index), (depth - 1 if is_lowest else level, _last(headings, index, level))


def _last(headings: Sequence[Path], index: int, level: int) -> int:
    path, last = headings[index], index
    if level == len(path) - 1:
        return index
    while last + 1 < len(headings) and headings[last + 1][: level + 1] == path[: level + 1]:
        last += 1
    return last


def _merge(sheet: Any, page: Page, first: tuple[int, int], last: tuple[int, int], look: Any) -> None:
    """The cells of one heading as one; its text goes in by itself, for merging would run it as a formula."""
    (level, column), (last_level, last_column) = first, last
    top = page.heading_row - 1
    if first != last:
        sheet.merge_range(top + level, column, top + last_level, last_column, "", look)
    sheet.write_string(top + level, column, page.headings[column][level], look)


def _names(pages: Sequence[Page]) -> list[str]:
    """Names that Excel allows, each once."""
    names: list[str] = []
    for number, page in enumerate(pages, start=1):
        name = " ".join(page.name.translate(FORBIDDEN).split())[:LONGEST_NAME].strip() or f"Sheet{number}"
        taken = {other.casefold() for other in names}
        names.append(f"{name[: LONGEST_NAME - 5]} ({number})" if name.casefold() in taken else name)
    return names
