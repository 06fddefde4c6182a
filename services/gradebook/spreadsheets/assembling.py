"""From the checked tables of a file to its sheets of marks or its list of pupils."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.workbook import Row, Table, text_of
from services.contracts.gradebook.results import Period
from services.gradebook.spreadsheets.imported import (
    Half,
    Imported,
    ImportedRow,
    ImportedSheet,
    ListedPupil,
    PupilKey,
    Sex,
)
from services.gradebook.spreadsheets.layouts import Column, Layout, Part
from services.gradebook.spreadsheets.titles import Fact, class_of_sheet, stated, title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row read: the parsed cells of its filled columns, and the class that it belongs to."""

    number: int
    class_name: str | None
    cells: Mapping[Column, Any]

    def of(self, part: Part, key: str = "") -> Any:
        return next((value for column, value in self.cells.items() if (column.part, column.key) == (part, key)), None)


def imported(layout: Layout, columns: Mapping[str, Column], tables: Sequence[Table], half: Half | None) -> Imported:
    """What the tables say; every cell of theirs has been found readable."""
    if layout.is_list:
        pupils = (_listed(entry, table) for table in tables for entry in _entries(table, columns))
        return Imported(layout=layout.id, pupils=tuple(pupils))
    sheets = (sheet for table in tables for sheet in _sheets(layout, columns, table, half))
    return Imported(layout=layout.id, sheets=tuple(sheets))


def _entries(table: Table, columns: Mapping[str, Column]) -> list[Entry]:
    fallback = title_of(table.title).class_name or class_of_sheet(table.sheet)
    return [_entry(row, [columns[id_] for id_ in table.columns], fallback) for row in table.rows]


def _entry(row: Row, columns: Iterable[Column], fallback: str | None) -> Entry:
    cells = {column: column.parse(row[column.id]) for column in columns if text_of(row[column.id])}
    in_row = next((str(value) for column, value in cells.items() if column.part is Part.CLASS), None)
    above = next(iter(stated([row.section], Fact.CLASS)), None)
    return Entry(number=row.number, class_name=in_row or above or fallback, cells=cells)


def _sheets(layout: Layout, columns: Mapping[str, Column], table: Table, half: Half | None) -> Iterator[ImportedSheet]:
    title = title_of(table.title)
    entries = _entries(table, columns)
    pupils = {entry.number: _pupil(entry) for entry in entries}
    here = [columns[id_] for id_ in table.columns]
    half = (title.half or half or Half.FINAL) if layout.is_of_half else title.half
    prefix = f"{half}_" if layout.is_of_half else ""
    for class_name in dict.fromkeys(entry.class_name for entry in entries):
        of_class = [entry for entry in entries if entry.class_name == class_name]
        for subject in _subjects(here, of_class):
            yield ImportedSheet(
                class_name=class_name,
                subject=subject or title.subject,
                term=title.term or _term_of(here),
                school_year=title.school_year,
                half=half,
                rows=tuple(_row(entry, pupils[entry.number], subject, prefix) for entry in of_class),
                page=table.sheet,
                letters=_letters(table, here, subject, prefix),
            )


def _subjects(columns: Iterable[Column], entries: Iterable[Entry]) -> list[str | None]:
    """None for what belongs to no subject, and every subject of which a cell is filled: a template has more."""
    filled = {column.subject for entry in entries for column in entry.cells}
    return list(dict.fromkeys((None, *(column.subject for column in columns if column.subject in filled))))


def _term_of(columns: Iterable[Column]) -> Period | None:
    """A file with the average of one term alone is of that term."""
    keys = {column.key for column in columns if column.part is Part.STATED}
    terms = {"tb_hk1": Period.TERM_1, "tb_hk2": Period.TERM_2}
    return next((term for key, term in terms.items() if keys & {*terms, "tb_cn"} == {key}), None)


def _row(entry: Entry, pupil: PupilKey, subject: str | None, prefix: str) -> ImportedRow:
    return ImportedRow(
        pupil=pupil,
        values=_keyed(entry, Part.VALUE, subject, prefix) | _regular(entry),
        comments=_keyed(entry, Part.COMMENT, subject),
        stated=_keyed(entry, Part.STATED, subject),
        summary=_keyed(entry, Part.SUMMARY, subject),
        number=entry.number,
    )


def _keyed(entry: Entry, part: Part, subject: str | None, prefix: str = "") -> dict[str, str]:
    return {
        prefix + column.key: str(value)
        for column, value in entry.cells.items()
        if column.part is part and column.subject == subject
    }


def _regular(entry: Entry) -> dict[str, str]:
    """The marks that share cells, numbered in the order of the columns."""
    shared = " ".join(str(value) for column, value in entry.cells.items() if column.part is Part.REGULAR)
    return {f"tx{number}": mark for number, mark in enumerate(shared.split(), start=1)}


def _pupil(entry: Entry) -> PupilKey:
    """A number of twelve digits is a personal ID, under whatever heading it stands."""
    given = [entry.of(Part.PERSONAL_ID), entry.of(Part.CODE, "code"), entry.of(Part.CODE, "own")]
    codes = [code for code in given if code is not None]
    return PupilKey(
        code=next((code for code in codes if not re.fullmatch("[0-9]{12}", code)), None),
        personal_id=next((code for code in codes if re.fullmatch("[0-9]{12}", code)), None),
        name=entry.of(Part.NAME),
        born_on=entry.of(Part.BORN),
    )


def _letters(table: Table, columns: Iterable[Column], subject: str | None, prefix: str) -> dict[str, str]:
    """Where each key stands: marks, comments and results have different keys."""
    return {
        (prefix if column.part is Part.VALUE else "") + (column.key or column.part.value): table.columns[column.id]
        for column in columns
        if column.subject in {None, subject}
    }


def _listed(entry: Entry, table: Table) -> ListedPupil:
    fields = {column.key: value for column, value in entry.cells.items() if column.part is Part.FIELD}
    if "sex" not in fields:
        fields["sex"] = Sex.FEMALE if fields.pop("female", None) else Sex.MALE
    details = {column.key: str(value) for column, value in entry.cells.items() if column.part is Part.DETAIL}
    fields.setdefault("class_name", entry.class_name or "")
    return ListedPupil(**fields, details=details, page=table.sheet, number=entry.number)
