"""Where the headings of a table stand: in one, two or three rows, with merged cells, wherever they begin."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import TypeAlias

from services.chassis.workbook import faults
from services.chassis.workbook.book import Line, Sheet
from services.chassis.workbook.cells import text_of
from services.chassis.workbook.letters import spelling_key
from services.chassis.workbook.problems import CellProblem, problem

MOST_HEADING_ROWS = 3
FEWEST_NUMBERED = 3  # cells that make a row of column numbers

Path: TypeAlias = tuple[str, ...]
"""A column's headings from the top row to the lowest, merged cells counted for every column under them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column by its heading; line breaks, case, accents, signs and a remark in brackets do not matter.

    A heading of several rows is written with spaces: "ĐĐGtx 1". ``key`` names the column in the table.
    """

    name: str
    aliases: tuple[str, ...] = ()
    is_required: bool = True
    key: str = ""

    @property
    def column(self) -> str:
        return self.key or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a table looks like: its columns, and the rows between its data that are none.

    ``rest`` names a column that no heading names, or answers None; ``section`` matches a text that stands alone in
    its row and holds for the rows below; ``aside`` matches the first text of a row to pass over, such as a signature.
    """

    headings: Sequence[Heading]
    rest: Callable[[Path], str | None] | None = None
    section: re.Pattern[str] | None = None
    aside: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where headings stand: the index of their first line in the sheet, how many lines, and the column of each."""

    sheet: Sheet
    index: int
    depth: int
    columns: Mapping[str, int]
    repeated: tuple[str, ...]

    @property
    def row(self) -> int:
        return self.sheet.lines[self.index].number


@lru_cache(maxsize=65536)
def squashed(text: str) -> str:
    """A heading as it is compared: letters without accents and digits only, no remark in brackets."""
    return re.sub(r"[\W_]", "", re.sub(r"\([^()]*\)", "", spelling_key(text))).replace("đ", "d")


def best_spot(sheet: Sheet, shape: Shape) -> Spot | None:
    """Where most of the headings are found within the first rows; None in an empty sheet."""
    last = sum(line.number <= faults.HEADING_WITHIN for line in sheet.lines)
    spots = [spot_at(sheet, index, shape, last) for index in range(last)]
    return max(spots, key=_fitness, default=None)


def spot_at(sheet: Sheet, index: int, shape: Shape, last: int) -> Spot:
    """The headings beginning at this line and ending before ``last``, in as few rows as will do."""
    depths = range(1, min(MOST_HEADING_ROWS, last - index) + 1)
    return max((_spot(sheet, index, depth, shape) for depth in depths), key=_fitness)


def heading_problems(spot: Spot, headings: Sequence[Heading]) -> list[CellProblem]:
    """The columns that must be there and are not, and those that stand twice."""
    sheet, known = spot.sheet.name, {heading.column: heading for heading in headings}
    missing = [heading.name for heading in headings if heading.is_required and heading.column not in spot.columns]
    twice = [known[column].name if column in known else column for column in spot.repeated]
    return [problem(faults.MISSING_HEADING, sheet=sheet, value=name) for name in missing] + [
        problem(faults.REPEATED_HEADING, sheet=sheet, row=spot.row, value=name) for name in twice
    ]


def is_furniture(line: Line) -> bool:
    """Whether a line right below headings only numbers the columns, or remarks on them in brackets."""
    texts = [text for cell in line.cells if (text := text_of(cell))]
    if all(re.fullmatch(r"\([^()]*\D[^()]*\)", text) for text in texts):
        return True
    numbers = [text.strip("()") for text in texts if not re.fullmatch(r"\(?[A-Z]\)?", text)]
    if len(texts) < FEWEST_NUMBERED or not numbers or not all(re.fullmatch("[0-9]{1,3}", text) for text in numbers):
        return False
    first = int(numbers[0])
    return [int(text) for text in numbers] == list(range(first, first + len(numbers)))


def paths_of(lines: Sequence[Line]) -> list[Path]:
    """The headings over each column; an empty cell above a filled one belongs to the heading on its left."""
    rows = [[text_of(cell) for cell in line.cells] for line in lines]
    columns: list[list[str]] = [list(texts) for texts in zip_longest(*rows, fillvalue="")]
    for left, column in pairwise(columns):
        _spread(left, column)
    return [tuple(text for text in column if text) for column in columns]


def _fitness(spot: Spot) -> tuple[int, int]:
    return len(spot.columns), -spot.depth


def _spread(left: list[str], column: list[str]) -> None:
    for level in range(len(column) - 1):
        if not column[level] and any(column[level + 1 :]) and left[:level] == column[:level] and any(left[level + 1 :]):
            column[level] = left[level]


def _spot(sheet: Sheet, index: int, depth: int, shape: Shape) -> Spot:
    paths = paths_of(sheet.lines[index : index + depth])
    places: dict[str, list[int]] = {}
    for place, path in enumerate(paths):
        for text in _spellings(path):
            places.setdefault(text, []).append(place)
    found = {heading.column: spots for heading in shape.headings if (spots := _places(heading, places))}
    columns = {column: spots[0] for column, spots in found.items()}
    repeated = [column for column, spots in found.items() if len(spots) > 1]
    if shape.rest is not None and columns:
        taken = {spot for spots in found.values() for spot in spots}
        for column, place in _others(paths, taken, shape.rest):
            repeated += [column] * (column in columns)
            columns.setdefault(column, place)
    return Spot(sheet=sheet, index=index, depth=depth, columns=columns, repeated=tuple(repeated))


def _spellings(path: Path) -> set[str]:
    """The path as one text, and without what stands above it: "Học kỳ I / ĐĐGtx / 1" is also "ĐĐGtx 1"."""
    return {text for first in range(len(path)) if (text := squashed(" ".join(path[first:])))}


def _places(heading: Heading, places: Mapping[str, list[int]]) -> list[int]:
    """The heading's own name goes before its aliases."""
    return next((places[text] for name in (heading.name, *heading.aliases) if (text := squashed(name)) in places), [])


def _others(paths: Sequence[Path], taken: set[int], rest: Callable[[Path], str | None]) -> Iterator[tuple[str, int]]:
    for place, path in enumerate(paths):
        column = rest(path) if path and place not in taken else None
        if column is not None:
            yield column, place
