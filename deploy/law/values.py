"""Single values of a case: marks, comments, levels and switches, read exactly and never as binary fractions."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, TypeVar
from unicodedata import normalize

import msgspec

from deploy.law.errors import BadComment, BadLevel, BadMark, BadTest, CaseMalformed, UnknownSwitch, malformed
from services.chassis.errors import Invalid
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.tt22_2021 import is_mark
from services.gradebook.rules.tt27_2020 import is_test_mark
from services.gradebook.rules.vocabulary import Cell, CellState, CommentResult

T = TypeVar("T")
S = TypeVar("S")

STATES = {
    None: Cell(),
    "": Cell(),
    "missed_excused": Cell(state=CellState.MISSED_EXCUSED),
    "missed_unexcused": Cell(state=CellState.MISSED_UNEXCUSED),
    "exempt": Cell(state=CellState.EXEMPT),
}
ACHIEVED = Cell(state=CellState.VALUE, value=CommentResult.ACHIEVED)
NOT_ACHIEVED = Cell(state=CellState.VALUE, value=CommentResult.NOT_ACHIEVED)
COMMENTS = STATES | {  # as schools write them, also with the Icelandic letter that looks the same
    "Đ": ACHIEVED,
    "Ð": ACHIEVED,
    "Đạt": ACHIEVED,
    "CĐ": NOT_ACHIEVED,
    "CÐ": NOT_ACHIEVED,
    "C Đ": NOT_ACHIEVED,
    "Chưa đạt": NOT_ACHIEVED,
}


class Reader(dict[Any, Cell]):
    """Cells by their texts, made once; anything else is read when it comes, and not kept."""

    def __init__(self, cells: Mapping[Any, Cell], read: Callable[[object], Cell]) -> None:
        super().__init__(cells)
        self._read = read

    def __missing__(self, raw: object) -> Cell:
        return self._read(raw)


def _decimal(raw: object) -> Decimal | None:
    """A mark's exact number, with a decimal comma or point; None for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        return None
    try:
        return Decimal(str(raw).strip().replace(",", "."))
    except InvalidOperation:
        return None


@lru_cache(maxsize=256, typed=True)  # typed: 1 is a mark and true is not
def _mark_cell(raw: object) -> Cell:
    mark = _decimal(raw)
    if mark is None or not is_mark(mark):
        raise BadMark(value=raw)
    return Cell(state=CellState.VALUE, value=half_up(mark))


def _comment_cell(raw: object) -> Cell:
    read = COMMENTS.get(normalize("NFC", raw)) if isinstance(raw, str) else None
    if read is None:
        raise BadComment(value=raw)
    return read


TENTHS = [f"{tenths // 10}{point}{tenths % 10}" for tenths in range(101) for point in ".,"]
mark_cell = Reader(STATES | {text: _mark_cell(text) for text in TENTHS}, _mark_cell).__getitem__
comment_cell = Reader(COMMENTS, _comment_cell).__getitem__


def test_mark(raw: object) -> int:
    """The mark of a primary test."""
    mark = _decimal(raw)
    if mark is None or not is_test_mark(mark):
        raise BadTest(value=raw)
    return int(mark)


def level_in(levels: Mapping[str, T], raw: str | None) -> T | None:
    """The level of that name; None where none is given."""
    if raw is None:
        return None
    level = levels.get(normalize("NFC", raw))
    if level is None:
        raise BadLevel(value=raw, known=", ".join(levels))
    return level


def read_at(place: str, reader: Callable[[Any], T], raw: object) -> T:
    """The value read; a refusal names the place."""
    try:
        return reader(raw)
    except Invalid as error:
        error.fields["place"] = place
        raise
    except TypeError:  # a list or an object where a value belongs
        raise CaseMalformed(reason="a single value belongs here", place=place) from None


def switches_of(default: S, given: Mapping[str, Any]) -> S:
    """The family's switches, those not given as in ``default``."""
    if not given:
        return default
    known = msgspec.to_builtins(default)
    for name in given:
        if name not in known:
            raise UnknownSwitch(name=name, known=", ".join(known), place=f"switches.{name}")
    try:
        return msgspec.convert(known | given, type(default))
    except msgspec.ValidationError as error:
        raise malformed(error, "switches") from error
