"""History, seals and published heads: what was written, and what shows that it still is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text

from services.chassis.database import Tx
from services.contracts.gradebook.history import CellChange, CellContent, MarkHead, MarkHeadsPublishedV1
from services.contracts.gradebook.sheets import CellState
from services.gradebook.domain import OpenSheet
from services.gradebook.ledger import Entry
from services.gradebook.ledger.examining import StoredRow, StoredSheet
from services.gradebook.ledger.seals import Seal, Sealed
from services.gradebook.models.sheets import head_batches, mark_history, mark_seals, sheets
from services.gradebook.repository.marks import cells_of
from services.gradebook.signals import Change

NOTHING = CellContent(state=CellState.EMPTY, value=None)


def stored_sheet(tx: Tx, sheet: OpenSheet) -> StoredSheet:
    """All that is stored of the sheet's ledger."""
    school_year, sheet_id = sheet.head.school_year, sheet.head.id
    rows, seals = _rows(tx, school_year, sheet_id), _seals(tx, school_year, sheet_id)
    cells = cells_of(tx, school_year, [sheet_id])
    return StoredSheet(
        school_year=school_year,
        sheet_id=sheet_id,
        count=sheet.history_rows,
        head=sheet.chain_head,
        rows=rows,
        seals=seals,
        cells={place: (cell.state, cell.value, cell.version) for place, cell in cells.items()},
        sealing_began=_sealing_began(tx, school_year, rows, seals),
    )


def changes_of(tx: Tx, school_year: int, *, sheet_id: UUID, column_id: UUID, pupil_id: UUID) -> list[CellChange]:
    """What was ever written in the cell, oldest first, each with what stood there before."""
    mine = [
        mark_history.c.school_year == school_year,
        mark_history.c.sheet_id == sheet_id,
        mark_history.c.column_id == column_id,
        mark_history.c.pupil_id == pupil_id,
    ]
    changes, old = [], NOTHING
    for row in tx.conn.execute(select(mark_history).where(*mine).order_by(mark_history.c.seq)):
        new = CellContent(state=CellState(row.state), value=row.value)
        changes.append(
            CellChange(
                seq=row.seq, version=row.version, old=old, new=new, account_id=row.account_id,
                person_id=row.person_id, recorded_at=row.recorded_at, basis=row.basis,
            )
        )  # fmt: skip
        old = new
    return changes


def contents_at(tx: Tx, school_year: int, sheet_id: UUID, at: datetime) -> dict[tuple[UUID, UUID], CellContent]:
    """The sheet's cells as they stood at a moment, by (column, pupil); those not yet written are left out."""
    rows = tx.conn.execute(_CONTENTS_AT, {"school_year": school_year, "sheet_id": sheet_id, "at": at})
    return {(row.column_id, row.pupil_id): CellContent(state=CellState(row.state), value=row.value) for row in rows}


def suspect_changes(tx: Tx, school_year: int, unit_id: UUID, first_closings: Mapping[UUID, datetime]) -> list[Change]:
    """The rows of the unit's history that changed what stood, or were written after the lock; in order."""
    rows = tx.conn.execute(_CHANGES, {"school_year": school_year, "unit_id": unit_id})
    return [_change(row, first_closings.get(row.sheet_id)) for row in rows]


def unpublished_heads(tx: Tx, limit: int) -> list[MarkHead]:
    """Heads of sheets whose history has grown since their last one was published; nobody waits for this."""
    rows = (
        select(sheets.c.school_year, sheets.c.id, sheets.c.history_rows, sheets.c.chain_head)
        .where(sheets.c.history_rows > sheets.c.published_rows)
        .order_by(sheets.c.school_year, sheets.c.id)
        .limit(limit)
    )
    return [
        MarkHead(school_year=row.school_year, sheet_id=row.id, seq=row.history_rows, hash=row.chain_head)
        for row in tx.conn.execute(rows)
    ]


def note_published(tx: Tx, heads: Sequence[MarkHead]) -> None:
    """Remember how far each sheet is published; one that is being written now is published once more next time."""
    lists = {name: [getattr(head, name) for head in heads] for name in ("school_year", "sheet_id", "seq")}
    tx.conn.execute(_NOTE_PUBLISHED, lists)


def next_batch_number(tx: Tx) -> int:
    number: int = tx.conn.execute(select(func.coalesce(func.max(head_batches.c.number), 0) + 1)).scalar_one()
    return number


def insert_batch(tx: Tx, event: MarkHeadsPublishedV1) -> None:
    row = {
        "number": event.version,
        "id": event.record_id,
        "digest": event.digest.hex(),
        "heads": event.heads,
        "published_at": event.updated_at,
    }
    tx.conn.execute(insert(head_batches).values(row))


def _rows(tx: Tx, school_year: int, sheet_id: UUID) -> list[StoredRow]:
    mine = (mark_history.c.school_year == school_year) & (mark_history.c.sheet_id == sheet_id)
    rows = tx.conn.execute(select(mark_history).where(mine).order_by(mark_history.c.seq))
    names = Entry.__dataclass_fields__
    return [StoredRow(entry=Entry(**{name: getattr(row, name) for name in names}), hash=row.hash) for row in rows]


def _seals(tx: Tx, school_year: int, sheet_id: UUID) -> list[Seal]:
    mine = (mark_seals.c.school_year == school_year) & (mark_seals.c.sheet_id == sheet_id)
    rows = tx.conn.execute(select(mark_seals).where(mine).order_by(mark_seals.c.seq))
    names = Sealed.__dataclass_fields__
    return [
        Seal(sealed=Sealed(**{name: getattr(row, name) for name in names}), key_id=row.key_id, signature=row.signature)
        for row in rows
    ]


def _sealing_began(tx: Tx, school_year: int, rows: Sequence[StoredRow], seals: Sequence[Seal]) -> datetime | None:
    """The moment of the year's oldest seal; it need not be looked for where the sheet was sealed from its first row."""
    if rows and seals and seals[0].sealed.recorded_at <= rows[0].entry.recorded_at:
        return seals[0].sealed.recorded_at
    oldest = select(func.min(mark_seals.c.recorded_at)).where(mark_seals.c.school_year == school_year)
    began: datetime | None = tx.conn.execute(oldest).scalar()
    return began


def _change(row: Row[Any], closed_at: datetime | None) -> Change:
    names = ("sheet_id", "seq", "column_id", "pupil_id", "is_final", "old_value", "account_id", "person_id", "basis")
    return Change(
        **{name: getattr(row, name) for name in names},
        old_state=CellState(row.old_state),
        new_value=row.value,
        at=row.recorded_at,
        entered_at=row.entered_at,
        locked_at=row.locked_at if row.locked_at and row.locked_at < row.recorded_at else None,
        closed_at=closed_at if closed_at and closed_at < row.recorded_at else None,
    )


_CONTENTS_AT = text("""
    SELECT DISTINCT ON (column_id, pupil_id) column_id, pupil_id, state, value FROM mark_history
    WHERE school_year = :school_year AND sheet_id = :sheet_id AND recorded_at <= :at
    ORDER BY column_id, pupil_id, seq DESC
""")
_NOTE_PUBLISHED = text("""
    WITH published AS (
        SELECT * FROM unnest(CAST(:school_year AS int[]), CAST(:sheet_id AS uuid[]), CAST(:seq AS int[]))
                 AS head (school_year, id, seq)
    ), free AS (
        SELECT sheets.school_year, sheets.id, seq FROM sheets JOIN published USING (school_year, id)
        ORDER BY 1, 2 FOR UPDATE OF sheets SKIP LOCKED
    )
    UPDATE sheets SET published_rows = greatest(published_rows, seq) FROM free
    WHERE (sheets.school_year, sheets.id) = (free.school_year, free.id)
""")
_CHANGES = text("""
    SELECT h.sheet_id, h.seq, h.column_id, h.pupil_id, h.value, h.account_id, h.person_id, h.recorded_at, h.basis,
           c.kind = 'FINAL' AS is_final, coalesce(old.state, 'EMPTY') AS old_state, old.value AS old_value,
           first.recorded_at AS entered_at, l.locked_at
    FROM sheets s
    JOIN mark_history h ON (h.school_year, h.sheet_id) = (s.school_year, s.id)
    JOIN columns c ON (c.school_year, c.sheet_id, c.id) = (h.school_year, h.sheet_id, h.column_id)
    LEFT JOIN locks l ON (l.school_year, l.class_id, l.period) = (s.school_year, s.class_id, 'TERM_' || s.term)
    LEFT JOIN mark_history old ON (old.school_year, old.sheet_id, old.column_id, old.pupil_id, old.version)
                                = (h.school_year, h.sheet_id, h.column_id, h.pupil_id, h.version - 1)
    LEFT JOIN mark_history first ON (first.school_year, first.sheet_id, first.column_id, first.pupil_id, first.version)
                                  = (old.school_year, old.sheet_id, old.column_id, old.pupil_id, 1)
    WHERE s.school_year = :school_year AND s.unit_id = :unit_id
      AND (h.version > 1 OR h.recorded_at > l.locked_at)
    ORDER BY h.recorded_at, h.sheet_id, h.seq
""")
