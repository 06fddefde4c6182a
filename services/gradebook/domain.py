"""Decisions about cells: what may stand in one, what has changed, what is stale. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.gradebook.sheets import CellEntry, CellState, ColumnV1, Scale, SheetHead
from services.gradebook.errors.entering import CellsInvalid, StaleVersion
from services.gradebook.rules import tt22_2021
from services.gradebook.rules.arithmetic import half_up

SCHOOL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # windows, working days and ages are judged here
CONDUCT_LEVELS = ("Tốt", "Khá", "Đạt", "Chưa đạt")
Place = tuple[UUID, UUID]
"""A cell's address in its sheet: column, pupil."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as it stands; version 0 where nothing was ever written."""

    state: CellState = CellState.EMPTY
    value: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSheet:
    """A sheet held for writing: nobody else writes it until the transaction ends."""

    head: SheetHead
    history_rows: int
    chain_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One cell's new content, on the version that it was based on."""

    column_id: UUID
    entry: CellEntry

    @property
    def place(self) -> Place:
        return self.column_id, self.entry.pupil_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A pupil of a sheet's class who takes its subject."""

    code: str
    has_cluster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who may have marks in a sheet, and who of them is exempt from the subject."""

    members: Mapping[UUID, Member]
    exempt: Collection[UUID] = field(default_factory=frozenset)


def normalised(entry: CellEntry, scale: Scale) -> CellEntry | None:
    """The entry with its value in the one form that is stored ("7.5", "8.0", "Đ", "CĐ"); None when it cannot stand."""
    if entry.state is not CellState.VALUE:
        return entry if entry.value is None else None
    value = READERS[scale](entry.value or "")
    return None if value is None else replace(entry, value=value)


def checked(writes: Sequence[Write], columns: Mapping[UUID, ColumnV1], roster: Roster) -> list[Write]:
    """The writes in stored form; CellsInvalid lists every cell that cannot stand, each with the reason."""
    seen: set[Place] = set()
    good, bad = [], []
    for write in writes:
        reason = "written_twice" if write.place in seen else _misplaced(write, columns[write.column_id], roster)
        entry = normalised(write.entry, columns[write.column_id].scale)
        if reason or entry is None:
            bad.append(_fault(write, reason or "bad_value"))
        else:
            good.append(Write(column_id=write.column_id, entry=entry))
        seen.add(write.place)
    if bad:
        raise CellsInvalid(count=len(bad), errors=bad)
    return good


def stale(writes: Sequence[Write], current: Mapping[Place, Cell]) -> list[tuple[Write, Cell]]:
    """The writes whose cell moved on since the version that they are based on, each with the cell as it is."""
    cells = ((write, current.get(write.place, Cell())) for write in writes)
    return [(write, cell) for write, cell in cells if cell.version != write.entry.version]


def changed(writes: Sequence[Write], current: Mapping[Place, Cell]) -> list[Write]:
    """The writes that change something; StaleVersion gives both values of every cell that moved on meanwhile."""
    moved_on = stale(writes, current)
    if moved_on:
        raise StaleVersion(count=len(moved_on), cells=[_stale(*each) for each in moved_on])
    return [write for write in writes if differs(write.entry, current.get(write.place, Cell()))]


def differs(entry: CellEntry, cell: Cell) -> bool:
    return (entry.state, entry.value) != (cell.state, cell.value)


def _misplaced(write: Write, column: ColumnV1, roster: Roster) -> str | None:
    """Why this pupil has no such cell in this column; None where all is well."""
    member = roster.members.get(write.entry.pupil_id)
    if member is None:
        return "unknown_pupil"
    if column.is_cluster and not member.has_cluster:
        return "no_cluster"
    if (write.entry.state is CellState.EXEMPT) != (write.entry.pupil_id in roster.exempt):
        return "exempt" if write.entry.pupil_id in roster.exempt else "not_exempt"
    return None


def _mark(text: str) -> str | None:
    mark = _decimal(text)
    return str(half_up(mark)) if mark is not None and tt22_2021.is_mark(mark) else None


def _test(text: str) -> str | None:
    """A primary test is marked in whole numbers (TT27/2020 Art. 7)."""
    mark = _decimal(text)
    return f"{mark:.0f}" if mark is not None and tt22_2021.is_mark(mark) and mark == mark.to_integral() else None


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None


def _one_of(written: Mapping[str, str]) -> Callable[[str], str | None]:
    """Reads one of these words, in any case, the Icelandic Ð taken for Đ."""
    known = {word.casefold(): value for word, value in written.items()}
    return lambda text: known.get(" ".join(text.replace("\u00d0", "\u0110").split()).casefold())


READERS: Mapping[Scale, Callable[[str], str | None]] = {
    Scale.MARK: _mark,
    Scale.TEST: _test,
    Scale.PASS: _one_of({"Đ": "Đ", "Đạt": "Đ", "CĐ": "CĐ", "C Đ": "CĐ", "Chưa đạt": "CĐ"}),
    Scale.LEVEL: _one_of({"T": "T", "H": "H", "C": "C"}),
    Scale.QUALITY: _one_of({"T": "T", "Đ": "Đ", "C": "C"}),
}


def _fault(write: Write, reason: str) -> dict[str, Any]:
    entry = write.entry
    return {"pupil_id": entry.pupil_id, "column_id": write.column_id, "value": entry.value, "reason": reason}


def _stale(write: Write, cell: Cell) -> dict[str, Any]:
    return {
        "pupil_id": write.entry.pupil_id,
        "column_id": write.column_id,
        "yours": {"state": write.entry.state, "value": write.entry.value, "version": write.entry.version},
        "current": {"state": cell.state, "value": cell.value, "version": cell.version},
    }
