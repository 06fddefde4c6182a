"""Cells and their history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.gradebook.sheets import CellState
from services.gradebook.domain import Cell, OpenSheet, Place, Write
from services.gradebook.ledger import Entry, chain
from services.gradebook.ledger.seals import Sealed, ledger_key
from services.gradebook.models.sheets import cells

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
    """Cells, history, chain and seal together; the sheet must be held."""
    place: dict[str, Any] = {"school_year": sheet.head.school_year, "sheet_id": sheet.head.id}
    lists: dict[str, list[Any]] = {
        "column_id": [write.column_id for write in writes],
        "pupil_id": [write.entry.pupil_id for write in writes],
        "version": [write.entry.version + 1 for write in writes],
        "state": [write.entry.state for write in writes],
        "value": [write.entry.value for write in writes],
        "seq": [sheet.history_rows + number for number, _ in enumerate(writes, start=1)],
    }
    now = tx.conn.execute(_UPSERT_CELLS, place | lists | {"history_rows": sheet.history_rows}).scalar_one()
    by_whom = {"account_id": by.account_id, "person_id": by.person_id, "basis": by.basis, "recorded_at": now}
    rows = (dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True))
    hashes = chain(sheet.chain_head, (Entry(**row, **by_whom) for row in rows))
    tx.conn.execute(_ADD_HISTORY, place | lists | by_whom | {"hash": hashes})
    _seal(tx, Sealed(**place, seq=lists["seq"][-1], hash=hashes[-1], recorded_at=now))


def _seal(tx: Tx, sealed: Sealed) -> None:
    """The service's seal on what was written, and the sheet's count and head."""
    seal = ledger_key().seal(sealed)
    given = {name: getattr(sealed, name) for name in ("school_year", "sheet_id", "seq", "hash", "recorded_at")}
    tx.conn.execute(_SEAL, given | {"key_id": seal.key_id, "signature": seal.signature})


@lru_cache(maxsize=10_000)  # most cells of a school hold the same few contents
def _cell(state: str, value: str | None, version: int) -> Cell:
    return Cell(state=CellState(state), value=value, version=version)


_CELLS = select(cells.c.column_id, cells.c.pupil_id, cells.c.state, cells.c.value, cells.c.version).where(
    cells.c.school_year == bindparam("school_year"), cells.c.sheet_id.in_(bindparam("sheet_ids", expanding=True))
)
_CELLS_OF_COLUMNS = _CELLS.where(cells.c.column_id.in_(bindparam("column_ids", expanding=True)))

# A class's cells go in one statement each: several times faster than a statement a row.
_UPSERT_CELLS = text("""
    WITH written AS (
        INSERT INTO cells (school_year, sheet_id, column_id, pupil_id, state, value, version)
        SELECT :school_year, :sheet_id, * FROM unnest(
            CAST(:column_id AS uuid[]), CAST(:pupil_id AS uuid[]), CAST(:state AS text[]), CAST(:value AS text[]),
            CAST(:version AS int[]))
        ON CONFLICT (school_year, sheet_id, column_id, pupil_id)
        DO UPDATE SET state = excluded.state, value = excluded.value, version = excluded.version
    )
    SELECT greatest(now(), (SELECT recorded_at FROM mark_history WHERE school_year = :school_year
                                AND sheet_id = :sheet_id AND seq = :history_rows))
""")  # gives the moment to record: a transaction that waited for the sheet began before the one it waited for
_ADD_HISTORY = text("""
    INSERT INTO mark_history (school_year, sheet_id, account_id, person_id, basis, recorded_at,
                              seq, column_id, pupil_id, version, state, value, hash)
    SELECT :school_year, :sheet_id, :account_id, :person_id, CAST(:basis AS text), :recorded_at, * FROM unnest(
        CAST(:seq AS int[]), CAST(:column_id AS uuid[]), CAST(:pupil_id AS uuid[]), CAST(:version AS int[]),
        CAST(:state AS text[]), CAST(:value AS text[]), CAST(:hash AS text[]))
""")
_SEAL = text("""
    WITH sealed AS (
        INSERT INTO mark_seals (school_year, sheet_id, seq, hash, recorded_at, key_id, signature)
        VALUES (:school_year, :sheet_id, :seq, :hash, :recorded_at, :key_id, :signature)
    )
    UPDATE sheets SET history_rows = :seq, chain_head = :hash WHERE school_year = :school_year AND id = :sheet_id
""")
