"""A book as it lies on paper and in a workbook alike: tables of text under headings that may span, and who signs."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

PAGE_WIDTH = 277.0  # mm between the margins of A4 on its side
Cell = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A column's width in mm; words stand at its left, everything else in its middle."""

    width: float
    is_words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A heading over so many rows and columns; an upright one is written from bottom to top."""

    text: str
    rows: int = 1
    columns: int = 1
    is_upright: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    caption: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table on pages of its own; `sums` stand under its rows, `name` tells it apart within the book."""

    name: str
    title: str
    subtitle: str
    lanes: tuple[Lane, ...]
    heads: tuple[tuple[Head, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A book; `counts` and `imprint` close it, `running` stands at the foot of each page; `digest` is the data's."""

    title: str
    department: str
    school: str
    place: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    counts: str
    imprint: str
    running: str
    digest: str


def with_room(table: Table) -> Table:
    """The table with its lanes of words drawn out to fill the page."""
    spare = PAGE_WIDTH - sum(lane.width for lane in table.lanes)
    words = sum(lane.width for lane in table.lanes if lane.is_words)
    lanes = (
        replace(lane, width=lane.width + max(spare, 0) * lane.width / words) if lane.is_words else lane
        for lane in table.lanes
    )
    return replace(table, lanes=tuple(lanes))


def shared(width: float, count: int, *, most: float) -> float:
    """The width in mm of each of so many equal lanes within a width."""
    return min(most, width / count) if count else most


def placed(heads: tuple[tuple[Head, ...], ...]) -> Iterator[tuple[int, int, Head]]:
    """Each heading with its row and column: the first place that no heading above or before it covers."""
    covered: set[tuple[int, int]] = set()
    for row, line in enumerate(heads):
        for head in line:
            column = next(column for column in itertools.count() if (row, column) not in covered)
            covered |= {(row + down, column + right) for down in range(head.rows) for right in range(head.columns)}
            yield row, column, head
