"""Tables out of spreadsheets that people filled in: headings found, and every fault told at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from services.chassis.workbook import faults
from services.chassis.workbook.book import Book, Line, open_book
from services.chassis.workbook.cells import Fault, Unreadable, Value, normalised, text_of
from services.chassis.workbook.headings import Heading, Shape, Spot, best_spot, heading_problems, is_furniture, spot_at
from services.chassis.workbook.problems import (
    CellProblem,
    WorkbookRefused,
    column_letter,
    in_order,
    problem,
    refusal,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; ``number`` is the one that the person sees, ``values`` are by column, ``section`` stands above it."""

    number: int
    values: Mapping[str, Value]
    section: str = ""

    def __getitem__(self, column: str) -> Value:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows below the headings; ``title`` holds the texts above the first of them, ``columns`` the letters."""

    sheet: str
    title: tuple[str, ...]
    columns: Mapping[str, str]
    rows: tuple[Row, ...]


@dataclass(slots=True)
class FaultList:
    """The faults of one table, collected so that a person mends them all in one go."""

    table: Table
    problems: list[CellProblem] = field(default_factory=list)

    def check(self, parsers: Mapping[str, Callable[[Value], object]]) -> None:
        """Note every cell that the parser of its column cannot read; a column that is not there reads as empty."""
        for row, (column, parse) in product(self.table.rows, parsers.items()):
            try:
                parse(row[column])
            except Unreadable as unreadable:
                self.add(unreadable.fault, row=row, heading=column)

    def check_unique(self, heading: str) -> None:
        """Note every value that already stands in a row above."""
        seen: set[str] = set()
        for row in self.table.rows:
            text = normalised(text_of(row[heading]))
            if text and text in seen:
                self.add(faults.REPEATED_VALUE, row=row, heading=heading)
            seen.add(text)

    def add(self, fault: Fault, *, row: Row, heading: str) -> None:
        value = text_of(row[heading])
        self.problems.append(
            problem(fault, sheet=self.table.sheet, row=row.number, column=self.table.columns.get(heading), value=value)
        )

    def refuse_if_any(self) -> None:
        """Raise WorkbookRefused with all problems in the order of the sheet."""
        if self.problems:
            raise WorkbookRefused(in_order(self.problems))


def read_table(data: bytes, headings: Sequence[Heading]) -> Table:
    """The table under these headings in the sheet that has most of them; raises WorkbookRefused when there is none."""
    shape = Shape(headings=headings)
    spots = [spot for sheet in open_book(data).sheets if (spot := best_spot(sheet, shape))]
    if not spots:
        raise refusal(faults.NO_ROWS)
    best = max(spots, key=lambda spot: len(spot.columns))
    _check(best, shape)
    return _table(best, shape, len(best.sheet.lines), _texts(best.sheet.lines[: best.index]))


def find_spots(book: Book, shape: Shape) -> list[Spot]:
    """The first headings of every sheet that has all the columns it must have; other sheets are no data."""
    spots = (best_spot(sheet, shape) for sheet in book.sheets)
    return [spot for spot in spots if spot is not None and not _lacks(spot, shape)]


def read_tables(spot: Spot, shape: Shape) -> list[Table]:
    """The tables of a sheet from its first headings on: one for each time that the headings are repeated."""
    _check(spot, shape)
    starts = [spot, *_repetitions(spot, shape)]
    ends = [*(later.index for later in starts[1:]), len(spot.sheet.lines)]
    title = _texts(spot.sheet.lines[: spot.index])
    return [_table(start, shape, end, title) for start, end in zip(starts, ends, strict=True)]


def _check(spot: Spot, shape: Shape) -> None:
    problems = [*heading_problems(spot, shape.headings), *spot.sheet.formulas]
    if problems:
        raise WorkbookRefused(problems)


def _lacks(spot: Spot, shape: Shape) -> bool:
    return any(heading.is_required and heading.column not in spot.columns for heading in shape.headings)


def _repetitions(first: Spot, shape: Shape) -> Iterator[Spot]:
    """Later lines that read as the first heading line reads, in whatever order."""
    words = _words(first.sheet.lines[first.index])
    for index in range(first.index + first.depth, len(first.sheet.lines)):
        if _words(first.sheet.lines[index]) >= words:
            yield spot_at(first.sheet, index, shape, len(first.sheet.lines))


def _words(line: Line) -> set[str]:
    return {normalised(text) for cell in line.cells if isinstance(cell, str) and (text := text_of(cell))}


def _table(spot: Spot, shape: Shape, end: int, title: tuple[str, ...]) -> Table:
    rows = tuple(_rows(spot, shape, end))
    if not rows:
        raise refusal(faults.NO_ROWS, sheet=spot.sheet.name)
    letters = {column: column_letter(index) for column, index in spot.columns.items()}
    return Table(sheet=spot.sheet.name, title=title, columns=letters, rows=rows)


def _texts(lines: Sequence[Line]) -> tuple[str, ...]:
    return tuple(text for line in lines for cell in line.cells if (text := text_of(cell)))


def _rows(spot: Spot, shape: Shape, end: int) -> Iterator[Row]:
    section, is_below_headings = _section_above(spot, shape), True
    for line in spot.sheet.lines[spot.index + spot.depth : end]:
        if is_below_headings and is_furniture(line):
            continue
        is_below_headings = False
        values = {column: line.cells[index] for column, index in spot.columns.items() if index < len(line.cells)}
        if stated := _section_of(line, shape):
            section = stated
        elif any(map(text_of, values.values())) and not _is_aside(line, shape):
            yield Row(number=line.number, values=values, section=section)


def _section_above(spot: Spot, shape: Shape) -> str:
    above = reversed(spot.sheet.lines[: spot.index])
    return next((stated for line in above if (stated := _section_of(line, shape))), "")


def _section_of(line: Line, shape: Shape) -> str:
    texts = {text for cell in line.cells if (text := text_of(cell))}
    alone = texts.pop() if len(texts) == 1 else ""
    return alone if shape.section and shape.section.fullmatch(alone) else ""


def _is_aside(line: Line, shape: Shape) -> bool:
    first = next((text for cell in line.cells if (text := text_of(cell))), "")
    return bool(shape.aside and shape.aside.match(first))
