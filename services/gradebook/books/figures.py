"""Tables of figures: a few words, then counts in groups, and their sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.gradebook.books.layout import PAGE_WIDTH, Cell, Head, Lane, Table, shared, with_room
from services.gradebook.books.writing import in_words

Figure = Cell | Decimal
Groups = Sequence[tuple[str, Sequence[str]]]

WIDEST, LAST = 13.0, Lane(width=17)  # mm; the last lane may hold a sum of marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`lanes` are those of the words that a row begins with, `first` the headings that stand in no group.

    Under the columns numbered in `added` stand their sums.
    """

    name: str
    title: str
    note: str
    lanes: tuple[Lane, ...]
    first: Sequence[str]
    groups: Groups
    rows: Sequence[Sequence[Figure]]
    added: range = range(0)

    def table(self) -> Table:
        counts = len(self.first) - len(self.lanes) + sum(len(members) for _, members in self.groups) - 1
        room = PAGE_WIDTH - LAST.width - sum(lane.width for lane in self.lanes)
        lane = Lane(width=shared(room, counts, most=WIDEST))
        return with_room(
            Table(
                name=self.name,
                title=self.title,
                subtitle="",
                lanes=(*self.lanes, *[lane] * counts, LAST),
                heads=_heads(self.first, self.groups),
                rows=tuple(tuple(map(_cell, row)) for row in self.rows),
                sums=(_sums(self.rows, self.added),) if self.added and self.rows else (),
                notes=(self.note,),
            )
        )


def _heads(first: Sequence[str], groups: Groups) -> tuple[tuple[Head, ...], ...]:
    over = (Head(text=group, columns=len(members)) for group, members in groups if members)
    return (
        (*(Head(text=text, rows=2) for text in first), *over),
        tuple(Head(text=text) for _, members in groups for text in members),
    )


def _sums(rows: Sequence[Sequence[Figure]], added: range) -> tuple[Cell, ...]:
    columns = enumerate(zip(*rows, strict=True))
    _, *sums = (_cell(_sum(column)) if number in added else "" for number, column in columns)
    return "Tổng", *sums


def _sum(column: Sequence[Figure]) -> Figure:
    numbers = [figure for figure in column if not isinstance(figure, str)]
    return sum(numbers) if numbers else ""


def _cell(figure: Figure) -> Cell:
    return in_words(figure) if isinstance(figure, Decimal) else figure
