"""Counts by school that are renewed behind the answers they are read in: of entry, and of readiness."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis import authority
from services.chassis.database import Tx
from services.chassis.tables import unit_parents
from services.contracts.gradebook.progress import SchoolProgress, Tally
from services.contracts.identity import UnitKind
from services.gradebook.models.school import school_years, windows
from services.gradebook.models.statistics import progress_counts, readiness_counts
from services.gradebook.repository.progress import tally

EMPTY_PROGRESS = {"expected": 0, "entered": 0, "late": 0, "history_rows": 0}
EMPTY_READINESS: Mapping[str, Any] = {"pupils": 0, "issued": 0, "reasons": {}}


def schools_below(tx: Tx, unit_id: UUID, on: date) -> list[UUID]:
    """The schools at or below the unit on that day; a unit that nobody told us of is taken for a school."""
    kind = tx.conn.execute(select(unit_parents.c.kind).where(unit_parents.c.unit_id == unit_id).limit(1)).scalar()
    below = [one.unit_id for one in authority.units_below(tx, unit_id, on) if one.kind == UnitKind.SCHOOL]
    return below if below or kind not in (None, UnitKind.SCHOOL) else [unit_id]


def open_schools(tx: Tx, school_year: int, unit_ids: Collection[UUID]) -> list[UUID]:
    """Those of the schools that have opened the year."""
    mine = (school_years.c.school_year == school_year) & school_years.c.unit_id.in_(list(unit_ids))
    return list(tx.conn.scalars(select(school_years.c.unit_id).distinct().where(mine).order_by(school_years.c.unit_id)))


def has_open_window(tx: Tx, school_year: int, unit_id: UUID, term: int) -> bool:
    now = tx.now()
    mine = (windows.c.school_year == school_year) & (windows.c.unit_id == unit_id) & (windows.c.term == term)
    is_open = mine & (windows.c.opens_at <= now) & (windows.c.closes_at > now)
    return tx.conn.execute(select(windows.c.id).where(is_open).limit(1)).first() is not None


def ask_progress(tx: Tx, *, school_year: int, unit_ids: Iterable[UUID], term: int, older: datetime) -> list[UUID]:
    """The schools whose entry nobody has asked to be counted since; from now on it is asked for."""
    rows = [EMPTY_PROGRESS | {"school_year": school_year, "unit_id": one, "term": term} for one in unit_ids]
    return _ask(tx, progress_counts, rows, older)


def ask_readiness(tx: Tx, school_year: int, unit_ids: Iterable[UUID], *, older: datetime) -> list[UUID]:
    """The schools whose readiness nobody has asked to be counted since; from now on it is asked for."""
    rows = [{**EMPTY_READINESS, "school_year": school_year, "unit_id": one} for one in unit_ids]
    return _ask(tx, readiness_counts, rows, older)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCount:
    """When a school's entry was counted last, and how many rows of history there were."""

    counted_at: datetime | None
    history_rows: int


def hold_progress(tx: Tx, *, school_year: int, unit_id: UUID, term: int) -> LastCount:
    """The last count of the school's entry; nobody else counts it until the transaction ends."""
    keys = {"school_year": school_year, "unit_id": unit_id, "term": term}
    new = upsert(progress_counts).values(EMPTY_PROGRESS | keys | {"asked_at": tx.now()})
    held = new.on_conflict_do_update(index_elements=list(keys), set_={"asked_at": tx.now()})
    row = tx.conn.execute(held.returning(progress_counts.c.counted_at, progress_counts.c.history_rows)).one()
    return LastCount(counted_at=row.counted_at, history_rows=row.history_rows)


def put_progress(tx: Tx, *, school_year: int, unit_id: UUID, term: int, counted: Tally, history_rows: int) -> None:
    keys = {"school_year": school_year, "unit_id": unit_id, "term": term}
    figures = {"expected": counted.expected, "entered": counted.entered, "late": counted.late}
    _put(tx, progress_counts, keys, figures | {"history_rows": history_rows})


def put_readiness(tx: Tx, school_year: int, unit_id: UUID, figures: Mapping[str, Any]) -> None:
    _put(tx, readiness_counts, {"school_year": school_year, "unit_id": unit_id}, figures)


def progress_of(tx: Tx, school_year: int, unit_ids: Collection[UUID], term: int) -> list[SchoolProgress]:
    mine = (progress_counts.c.school_year == school_year) & (progress_counts.c.term == term)
    query = select(progress_counts).where(mine, progress_counts.c.unit_id.in_(list(unit_ids)))
    return [
        SchoolProgress(unit_id=row.unit_id, tally=tally(row.expected, row.entered, row.late), counted_at=row.counted_at)
        for row in tx.conn.execute(query.order_by(progress_counts.c.unit_id))
    ]


def readiness_of(tx: Tx, school_year: int, unit_ids: Collection[UUID]) -> list[Row[Any]]:
    mine = (readiness_counts.c.school_year == school_year) & readiness_counts.c.unit_id.in_(list(unit_ids))
    return list(tx.conn.execute(select(readiness_counts).where(mine).order_by(readiness_counts.c.unit_id)))


def _ask(tx: Tx, table: Table, rows: Sequence[dict[str, Any]], older: datetime) -> list[UUID]:
    if not rows:
        return []
    new = upsert(table).values([row | {"asked_at": tx.now()} for row in rows])
    keys = [column.name for column in table.primary_key]
    asked = new.on_conflict_do_update(
        index_elements=keys, set_={"asked_at": new.excluded.asked_at}, where=table.c.asked_at < older
    )
    return list(tx.conn.scalars(asked.returning(table.c.unit_id)))


def _put(tx: Tx, table: Table, keys: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
    new = upsert(table).values({**keys, **figures, "counted_at": tx.now(), "asked_at": tx.now()})
    changes = {name: new.excluded[name] for name in (*figures, "counted_at", "asked_at")}
    tx.conn.execute(new.on_conflict_do_update(index_elements=list(keys), set_=changes))
