"""Writing a spreadsheet in any known layout of marks, or C1-HocSinh; what is written is read back the same."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from itertools import groupby

from services.chassis.workbook.writing import Cell, Page, xlsx_of
from services.gradebook.spreadsheets.imported import Half, Imported, ImportedRow, ImportedSheet, LayoutId, ListedPupil
from services.gradebook.spreadsheets.layouts import LAYOUTS, Column, Form, Layout, Part

WRITABLE = frozenset(LayoutId) - {  # lists that others keep, and headings of a regulation that is gone
    LayoutId.OLD_MARK_TABLE,
    LayoutId.CLASS_PROFILE,
    LayoutId.ADMISSION_LIST,
    LayoutId.STAFF_LIST,
}
A_NUMBER = re.compile(r"[0-9]{1,2}(?:\.[0-9])?")


def write(imported: Imported, *, school_name: str = "") -> bytes:
    """An .xlsx file: a sheet for each class and subject, or for each class where the layout holds all subjects.

    Sheets of one class in such a layout have the same pupils in the same order. The layout is one of WRITABLE; a
    pupil's regular marks in one cell (CSDL_MARKS_2) are read back without gaps between them.
    """
    return xlsx_of(_pages(imported, school_name))


def _pages(imported: Imported, school_name: str) -> list[Page]:
    if imported.layout not in WRITABLE:
        raise ValueError(f"the layout {imported.layout} is only read")
    layout = LAYOUTS[imported.layout]
    if layout.is_list:
        return [_list_page(layout, imported.pupils, school_name)]
    groups = _groups(layout, imported.sheets)
    return [_page(layout, group, school_name) for group in groups]


def _groups(layout: Layout, sheets: Sequence[ImportedSheet]) -> list[list[ImportedSheet]]:
    if layout.rest is None:
        return [[sheet] for sheet in sheets]
    return [list(group) for _, group in groupby(sheets, key=lambda sheet: (sheet.class_name, sheet.term, sheet.half))]


def _page(layout: Layout, sheets: Sequence[ImportedSheet], school_name: str) -> Page:
    columns = _columns(layout, sheets)
    texts = [school_name, *layout.title(sheets[0])] if layout.title else []
    numbers = [range(1, len(columns) + 1)] if layout.is_numbered else []
    return Page(
        name=sheets[0].class_name or "",
        title=_fitted(texts, layout.heading_row - 1),
        headings=[column.heading for column in columns],
        heading_row=layout.heading_row,
        rows=[*numbers, *_lines(layout, columns, sheets)],
    )


def _fitted(lines: Iterable[str], room: int) -> list[str]:
    """The lines that say something, joined where there are more than rows."""
    filled = [line for line in lines if line]
    return filled if len(filled) <= room else [*filled[:1], " - ".join(filled[1:])]


def _columns(layout: Layout, sheets: Sequence[ImportedSheet]) -> list[Column]:
    """The layout's columns, without rare ones that have nothing to say and with the subjects that it does not list."""
    used = list(dict.fromkeys(_used(layout, sheets)))
    listed = [column for column in layout.columns if not column.is_rare or (column.subject, column.key) in used]
    if layout.of_subject is None:
        return listed
    known = {(column.subject, column.key) for column in listed}
    more = [layout.of_subject(subject, key) for subject, key in used if subject and (subject, key) not in known]
    subjects = [sheet.subject for sheet in sheets]
    more.sort(key=lambda column: (subjects.index(column.subject), column.heading[-1]))
    place = _first_after_subjects(listed)
    return [*listed[:place], *more, *listed[place:]]


def _used(layout: Layout, sheets: Sequence[ImportedSheet]) -> Iterator[tuple[str | None, str]]:
    """The columns that have something to say, by subject where the layout holds several, and by key."""
    for sheet in sheets:
        subject = sheet.subject if layout.rest else None
        for row in sheet.rows:
            yield from ((subject, key) for key in _keys(row, layout, sheet))


def _first_after_subjects(columns: Sequence[Column]) -> int:
    """Subjects stand behind the pupil's own columns, in one group."""
    return max(
        place
        for place, column in enumerate(columns, start=1)
        if column.subject or column.part in {Part.NAME, Part.BORN}
    )


def _keys(row: ImportedRow, layout: Layout, sheet: ImportedSheet) -> list[str]:
    prefix = _prefix(layout, sheet)
    return [*(key.removeprefix(prefix) for key in row.values), *row.stated]


def _prefix(layout: Layout, sheet: ImportedSheet) -> str:
    return f"{sheet.half or Half.FINAL}_" if layout.is_of_half else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What one cell is written from: its sheet, its pupil's row there, and the number of the line."""

    layout: Layout
    sheet: ImportedSheet
    row: ImportedRow
    order: int


def _lines(layout: Layout, columns: Sequence[Column], sheets: Sequence[ImportedSheet]) -> Iterator[list[Cell]]:
    for order, rows in enumerate(zip(*(sheet.rows for sheet in sheets), strict=True), start=1):
        lines = {
            sheet.subject: _Line(layout=layout, sheet=sheet, row=row, order=order)
            for sheet, row in zip(sheets, rows, strict=True)
        }
        whole = lines.get(None) or next(iter(lines.values()))
        yield [_cell(column, lines.get(column.subject) if column.subject else whole) for column in columns]


def _cell(column: Column, line: _Line | None) -> Cell:
    return CELLS[column.part](line, column) if line else None


def _code(line: _Line, column: Column) -> Cell:
    """A pupil without a code is known by the personal ID; the school's own code is not ours to give."""
    return line.row.pupil.code or line.row.pupil.personal_id if column.key == "code" else None


def _born(line: _Line, _: Column) -> Cell:
    return _text(line.row.pupil.born_on, line.layout.date_form)


def _regular(line: _Line, _: Column) -> Cell:
    marks = sorted(key for key in line.row.values if key.startswith("tx"))
    return " ".join(line.row.values[key] for key in marks)


def _value(line: _Line, column: Column) -> Cell:
    return _mark(line.row.values.get(_prefix(line.layout, line.sheet) + column.key), line.layout.form)


def _stated(line: _Line, column: Column) -> Cell:
    return _mark(line.row.stated.get(column.key), line.layout.form)


CELLS: Mapping[Part, Callable[[_Line, Column], Cell]] = {
    Part.ORDER: lambda line, _: line.order,
    Part.CLASS: lambda line, _: line.sheet.class_name,
    Part.CODE: _code,
    Part.PERSONAL_ID: lambda line, _: line.row.pupil.personal_id,
    Part.NAME: lambda line, _: line.row.pupil.name,
    Part.BORN: _born,
    Part.VALUE: _value,
    Part.REGULAR: _regular,
    Part.COMMENT: lambda line, column: line.row.comments.get(column.key),
    Part.STATED: _stated,
    Part.SUMMARY: lambda line, column: line.row.summary.get(column.key),
    Part.UNUSED: lambda _, __: None,
}


def _mark(text: str | None, form: Form) -> Cell:
    if text is None or not A_NUMBER.fullmatch(text):
        return text
    return Decimal(text) if form is Form.NUMBER else text.replace(".", "," if form is Form.COMMA else ".")


def _text(value: object, date_form: str) -> str:
    if isinstance(value, date):
        return f"{value:{date_form}}"
    return str(value.value if isinstance(value, Enum) else value or "")


def _list_page(layout: Layout, pupils: Sequence[ListedPupil], school_name: str) -> Page:
    return Page(
        name="Sheet1",
        title=[school_name] if school_name else [],
        headings=[column.heading for column in layout.columns],
        heading_row=layout.heading_row,
        rows=[[_listed(pupil, column, layout) for column in layout.columns] for pupil in pupils],
    )


def _listed(pupil: ListedPupil, column: Column, layout: Layout) -> str:
    if column.part is Part.DETAIL:
        return pupil.details.get(column.key, "")
    return _text(getattr(pupil, column.key, None), layout.date_form)
