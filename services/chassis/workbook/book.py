"""A uniform book of rows out of .xlsx, .xls and .csv; what a file is, its bytes say and not its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.chassis.workbook import compound, container, delimited, faults
from services.chassis.workbook.cells import Value
from services.chassis.workbook.problems import CellProblem, refusal

ZIP, WEB = (b"PK\x03\x04", b"PK\x05\x06"), b"<"
CSV_SHEET = "CSV"
PANIC = "PanicException"  # what the reader's Rust raises at a file that it did not foresee; no module exports it


class Kind(Enum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Line:
    """A row with something in it; ``number`` is the one that the person sees."""

    number: int
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A visible sheet; ``formulas`` are the cells for which reading it must be refused."""

    name: str
    lines: tuple[Line, ...]
    formulas: tuple[CellProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    kind: Kind
    sheets: tuple[Sheet, ...]


def read_file(path: Path, *, most_bytes: int = faults.MOST_BYTES) -> bytes:
    """The bytes of a file on disk; one that is too large is refused unread."""
    check_size(path.stat().st_size, most_bytes=most_bytes)
    return path.read_bytes()


def check_size(size: int, *, most_bytes: int = faults.MOST_BYTES) -> None:
    """WorkbookRefused for more bytes than are ever read."""
    if size > most_bytes:
        raise refusal(faults.TOO_LARGE, value=f"{size / faults.MIB:.1f} MiB > {most_bytes / faults.MIB:g} MiB")


def kind_of(data: bytes) -> Kind:
    """What the bytes are; WorkbookRefused for other forms of spreadsheet and for what is none."""
    if data.startswith(ZIP):
        return Kind.XLSX
    if data.startswith(compound.SIGNATURE):
        return Kind.XLS
    if not data.strip():
        raise refusal(faults.NOT_A_WORKBOOK)
    if data.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(WEB):
        raise refusal(faults.OTHER_FORMAT)
    return Kind.CSV


def open_book(data: bytes) -> Book:
    """The visible sheets of the file; raises WorkbookRefused when there is none to read."""
    check_size(len(data))
    kind = kind_of(data)
    return Book(kind=kind, sheets=OPENERS[kind](data))


def _of_xlsx(data: bytes) -> tuple[Sheet, ...]:
    return _of_calamine(data, container.inspected(data))


def _of_xls(data: bytes) -> tuple[Sheet, ...]:
    return _of_calamine(data, compound.inspected(data))


def _of_csv(data: bytes) -> tuple[Sheet, ...]:
    rows = enumerate(delimited.rows_of(data), start=1)
    return (Sheet(name=CSV_SHEET, lines=tuple(Line(number, tuple(row)) for number, row in rows if any(row))),)


def _of_calamine(data: bytes, formulas: Mapping[str, tuple[CellProblem, ...]]) -> tuple[Sheet, ...]:
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            return tuple(
                Sheet(name=name, lines=tuple(_lines(workbook.get_sheet_by_name(name))), formulas=formulas.get(name, ()))
                for name in _visible(workbook)
            )
    except CalamineError as broken:
        raise refusal(faults.NOT_A_WORKBOOK) from broken
    except BaseException as panic:
        if type(panic).__name__ != PANIC:
            raise
        raise refusal(faults.NOT_A_WORKBOOK) from panic


def _visible(workbook: CalamineWorkbook) -> list[str]:
    """Nobody looked through a hidden sheet before sending the file, so it is not read."""
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
    ]


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    margin = ("",) * (sheet.start[1] if sheet.start else 0)  # the reader leaves out empty columns on the left
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell not in ("", None) for cell in cells):
            yield Line(number, (*margin, *cells))


OPENERS: Mapping[Kind, Callable[[bytes], tuple[Sheet, ...]]] = {
    Kind.XLSX: _of_xlsx,
    Kind.XLS: _of_xls,
    Kind.CSV: _of_csv,
}
