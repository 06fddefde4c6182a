"""Entry windows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, insert, select, update

from services.chassis.database import Tx
from services.contracts.gradebook.windows import WindowKind, WindowV1
from services.gradebook.models.school import windows

NAMES = (
    "school_year", "id", "unit_id", "term", "kind", "grade", "class_id", "subject", "column_key", "opens_at",
    "closes_at", "reason",
)  # fmt: skip


def insert_window(tx: Tx, window: WindowV1, opened_by: UUID) -> None:
    tx.conn.execute(insert(windows).values({name: getattr(window, name) for name in NAMES} | {"opened_by": opened_by}))


def lock_window(tx: Tx, school_year: int, window_id: UUID) -> WindowV1 | None:
    """The window, held so that no save is under way in it."""
    mine = (windows.c.school_year == school_year) & (windows.c.id == window_id)
    row = tx.conn.execute(select(windows).where(mine).with_for_update()).first()
    return _window(row) if row else None


def set_closing(tx: Tx, window: WindowV1) -> None:
    mine = (windows.c.school_year == window.school_year) & (windows.c.id == window.id)
    tx.conn.execute(update(windows).where(mine).values(closes_at=window.closes_at))


def windows_of_year(tx: Tx, school_year: int, unit_id: UUID) -> list[WindowV1]:
    """All that were ever opened, the newest first."""
    mine = (windows.c.school_year == school_year) & (windows.c.unit_id == unit_id)
    return [_window(row) for row in tx.conn.execute(select(windows).where(mine).order_by(windows.c.opens_at.desc()))]


def windows_of(
    tx: Tx, *, school_year: int, unit_id: UUID, term: int, kind: WindowKind, hold: bool = False
) -> list[WindowV1]:
    """The windows of a term and kind; held, none can be closed while this transaction writes under it."""
    given = {"school_year": school_year, "unit_id": unit_id, "term": term, "kind": kind}
    return [_window(row) for row in tx.conn.execute(_OF_TERM_HELD if hold else _OF_TERM, given)]


def clock(tx: Tx) -> datetime:
    """The database's time at this moment, however long the transaction has been waiting."""
    now: datetime = tx.conn.execute(select(func.clock_timestamp())).scalar_one()
    return now


def _window(row: Row[Any]) -> WindowV1:
    return WindowV1(**{name: getattr(row, name) for name in NAMES} | {"kind": WindowKind(row.kind)})


# Built once: this runs with every column that is saved.
_OF_TERM = (
    select(windows)
    .where(*(windows.c[name] == bindparam(name) for name in ("school_year", "unit_id", "term", "kind")))
    .order_by(windows.c.opens_at)
)
_OF_TERM_HELD = _OF_TERM.with_for_update(read=True)
