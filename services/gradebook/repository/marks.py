"""Cells and their history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text, update

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.gradebook.sheets import CellState
from services.gradebook.domain import Cell, OpenSheet, Place, Write
from services.gradebook.ledger import Entry, chain
from services.gradebook.models.sheets import cells, mark_history, sheets

Cells = dict[Place, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes, and on what basis where it is no ordinary entry in a window."""

    account_id: UUID
    person_id: UUID
    basis: str | None = None

    @classmethod
    def of(cls, actor: Actor, basis: str | None = None) -> "Writer":
        return cls(account_id=actor.account_id, person_id=actor.person_id, basis=basis)


def cells_of(
    tx: Tx, school_year: int, sheet_ids: Collection[UUID], column_ids: Collection[UUID] | None = None
) -> Cells:
    """The cells that were ever written, of whole sheets or of some columns."""
    given: dict[str, Any] = {"school_year": school_year, "sheet_ids": list(sheet_ids)}
    if column_ids is None:
        rows = tx.conn.execute(_CELLS, given)
    else:
        rows = tx.conn.execute(_CELLS_OF_COLUMNS, given | {"column_ids": list(column_ids)})
    return {(column_id, pupil_id): _cell(*content) for column_id, pupil_id, *content in rows}


def write_cells(tx: Tx, sheet: OpenSheet, writes: Sequence[Write], by: Writer) -> None:
    """Cells, history and chain together; the sheet must be held."""
    year, sheet_id, now = sheet.head.school_year, sheet.head.id, tx.now()
    entries = [
        Entry(
            seq=sheet.history_rows + number,
            column_id=write.column_id,
            pupil_id=write.entry.pupil_id,
            version=write.entry.version + 1,
            state=write.entry.state,
            value=write.entry.value,
            account_id=by.account_id,
            person_id=by.person_id,
            recorded_at=now,
            basis=by.basis,
        )
        for number, write in enumerate(writes, start=1)
    ]
    hashes = chain(sheet.chain_head, entries)
    place = {"school_year": year, "sheet_id": sheet_id}
    lists = {
        name: [getattr(entry, name) for entry in entries]
        for name in ("column_id", "pupil_id", "state", "value", "version")
    }
    tx.conn.execute(_UPSERT_CELLS, place | lists)
    by_whom = {"account_id": by.account_id, "person_id": by.person_id, "basis": by.basis, "recorded_at": now}
    tx.conn.execute(_ADD_HISTORY, place | lists | by_whom | {"seq": [entry.seq for entry in entries], "hash": hashes})
    mine = (sheets.c.school_year == year) & (sheets.c.id == sheet_id)
    tx.conn.execute(update(sheets).where(mine).values(history_rows=entries[-1].seq, chain_head=hashes[-1]))


def history_of(tx: Tx, school_year: int, sheet_id: UUID) -> tuple[list[Entry], list[str]]:
    """A sheet's history as it is stored, by seq, and the hash kept with each row."""
    mine = (mark_history.c.school_year == school_year) & (mark_history.c.sheet_id == sheet_id)
    rows = tx.conn.execute(select(mark_history).where(mine).order_by(mark_history.c.seq)).all()
    names = Entry.__dataclass_fields__
    return [Entry(**{name: getattr(row, name) for name in names}) for row in rows], [row.hash for row in rows]


@lru_cache(maxsize=10_000)  # most cells of a school hold the same few contents
def _cell(state: str, value: str | None, version: int) -> Cell:
    return Cell(state=CellState(state), value=value, version=version)


_CELLS = select(cells.c.column_id, cells.c.pupil_id, cells.c.state, cells.c.value, cells.c.version).where(
    cells.c.school_year == bindparam("school_year"), cells.c.sheet_id.in_(bindparam("sheet_ids", expanding=True))
)
_CELLS_OF_COLUMNS = _CELLS.where(cells.c.column_id.in_(bindparam("column_ids", expanding=True)))

# A class's cells go in one statement each: several times faster than a statement a row.
_UPSERT_CELLS = text("""
    INSERT INTO cells (school_year, sheet_id, column_id, pupil_id, state, value, version)
    SELECT :school_year, :sheet_id, * FROM unnest(
        CAST(:column_id AS uuid[]), CAST(:pupil_id AS uuid[]), CAST(:state AS text[]), CAST(:value AS text[]),
        CAST(:version AS int[]))
    ON CONFLICT (school_year, sheet_id, column_id, pupil_id)
    DO UPDATE SET state = excluded.state, value = excluded.value, version = excluded.version
""")
_ADD_HISTORY = text("""
    INSERT INTO mark_history (school_year, sheet_id, account_id, person_id, basis, recorded_at,
                              seq, column_id, pupil_id, version, state, value, hash)
    SELECT :school_year, :sheet_id, :account_id, :person_id, CAST(:basis AS text), :recorded_at, * FROM unnest(
        CAST(:seq AS int[]), CAST(:column_id AS uuid[]), CAST(:pupil_id AS uuid[]), CAST(:version AS int[]),
        CAST(:state AS text[]), CAST(:value AS text[]), CAST(:hash AS text[]))
""")
