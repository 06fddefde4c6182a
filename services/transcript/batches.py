"""The queries about freezings of a class, each a batch of pupils, and about the class sheets that they made."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.transcript.class_sheets import ClassSheetV1
from services.transcript.class_sheets import Batch
from services.transcript.models import class_sheets, freeze_batches


def open_batch(tx: Tx, school_year: int, class_id: UUID, seed: bytes) -> Batch:
    """The class's batch that is not frozen yet; where there is none, the next one, with this seed."""
    mine = (freeze_batches.c.school_year == school_year) & (freeze_batches.c.class_id == class_id)
    next_number = select(func.coalesce(func.max(freeze_batches.c.number), 0) + 1).where(mine).scalar_subquery()
    row = {"school_year": school_year, "class_id": class_id, "number": next_number, "seed": seed}
    tx.conn.execute(upsert(freeze_batches).values(row).on_conflict_do_nothing())
    found = tx.conn.execute(select(freeze_batches).where(mine, freeze_batches.c.frozen_at.is_(None))).one()
    return Batch(number=found.number, seed=bytes(found.seed))


def close_batch(tx: Tx, school_year: int, class_id: UUID, number: int) -> bool:
    """Whether the batch was still open; its seed is erased, as what was made of it is kept from now on."""
    mine = (freeze_batches.c.school_year == school_year) & (freeze_batches.c.class_id == class_id)
    still_open = (freeze_batches.c.number == number) & freeze_batches.c.frozen_at.is_(None)
    values = {"frozen_at": tx.now(), "seed": None}
    return tx.conn.execute(update(freeze_batches).where(mine, still_open).values(values)).rowcount > 0


def insert_sheets(tx: Tx, school_year: int, class_id: UUID, sheets: Sequence[ClassSheetV1]) -> None:
    if sheets:
        tx.conn.execute(insert(class_sheets), [_row(school_year, class_id, sheet) for sheet in sheets])


def sheets_of(tx: Tx, school_year: int, class_id: UUID) -> list[ClassSheetV1]:
    """The class's sheets, of all its freezings."""
    mine = (class_sheets.c.school_year == school_year) & (class_sheets.c.class_id == class_id)
    rows = tx.conn.execute(select(class_sheets).where(mine).order_by(class_sheets.c.id))
    names = ("subject", "number", "holder", "name", "size", "root", "statement")
    return [ClassSheetV1(sheet_id=row.id, **{name: getattr(row, name) for name in names}) for row in rows]


def _row(school_year: int, class_id: UUID, sheet: ClassSheetV1) -> dict[str, Any]:
    fields = asdict(sheet)
    return {"school_year": school_year, "class_id": class_id, "id": fields.pop("sheet_id"), **fields}
