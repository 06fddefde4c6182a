"""Decisions about cells: what may stand in one, what has changed, what is stale. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import CellEntry, CellState, SheetHead
from services.gradebook.errors import CellsInvalid, StaleVersion
from services.gradebook.rules import tt22_2021
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.rules.tt22_2021 import CommentResult

SCHOOL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # windows, working days and ages are judged here
CONDUCT_LEVELS = ("Tốt", "Khá", "Đạt", "Chưa đạt")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowTimes:
    opens_at: datetime
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at


def normalised(entry: CellEntry, kind: SubjectKind) -> CellEntry | None:
    """The entry with its value in the one form that is stored ("7.5", "8.0", "Đ", "CĐ"); None when it cannot stand."""
    if entry.state is not CellState.VALUE:
        return entry if entry.value is None else None
    value = _mark(entry.value) if kind is SubjectKind.SCORED else _comment(entry.value)
    return (
        None
        if value is None
        else CellEntry(pupil_id=entry.pupil_id, state=entry.state, value=value, version=entry.version)
    )


def checked(writes: Sequence[Write], kind: SubjectKind, pupils: set[UUID]) -> list[Write]:
    """The writes in stored form; CellsInvalid lists every cell that is no mark, unknown, or written twice."""
    seen: set[tuple[UUID, UUID]] = set()
    good, bad = [], []
    for write in writes:
        entry = normalised(write.entry, kind)
        place = (write.column_id, write.entry.pupil_id)
        if entry is None or write.entry.pupil_id not in pupils or place in seen:
            bad.append(_fault(write, is_mark=entry is not None, is_known=write.entry.pupil_id in pupils))
        else:
            good.append(Write(column_id=write.column_id, entry=entry))
        seen.add(place)
    if bad:
        raise CellsInvalid(count=len(bad), errors=bad)
    return good


def changed(writes: Sequence[Write], current: Mapping[tuple[UUID, UUID], Cell]) -> list[Write]:
    """The writes that change something; StaleVersion gives both values of every cell that moved on meanwhile."""
    stale = [
        _stale(write, cell) for write in writes if (cell := _current(write, current)).version != write.entry.version
    ]
    if stale:
        raise StaleVersion(count=len(stale), cells=stale)
    return [
        write
        for write in writes
        if (write.entry.state, write.entry.value) != ((cell := _current(write, current)).state, cell.value)
    ]


def _current(write: Write, current: Mapping[tuple[UUID, UUID], Cell]) -> Cell:
    return current.get((write.column_id, write.entry.pupil_id), Cell())


def _mark(text: str | None) -> str | None:
    try:
        mark = Decimal((text or "").replace(",", "."))
    except InvalidOperation:
        return None
    return str(half_up(mark)) if tt22_2021.is_mark(mark) else None


def _comment(text: str | None) -> str | None:
    return text if text in set(CommentResult) else None


def _fault(write: Write, *, is_mark: bool, is_known: bool) -> dict[str, Any]:
    reason = "unknown_pupil" if not is_known else "written_twice" if is_mark else "bad_value"
    entry = write.entry
    return {"pupil_id": entry.pupil_id, "column_id": write.column_id, "value": entry.value, "reason": reason}


def _stale(write: Write, cell: Cell) -> dict[str, Any]:
    return {
        "pupil_id": write.entry.pupil_id,
        "column_id": write.column_id,
        "yours": {"state": write.entry.state, "value": write.entry.value, "version": write.entry.version},
        "current": {"state": cell.state, "value": cell.value, "version": cell.version},
    }
