"""The queries about class sheets: those registered, those that wait, and the one signature of each."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.signing.class_sheets import SignedSheetV1
from services.contracts.signing.revocation import TouchedSlot
from services.contracts.transcript.class_sheets import ClassSheetV1
from services.signing.domain import Sheet, sheet_slot
from services.signing.models.documents import class_sheet_signatures as signed
from services.signing.models.documents import class_sheets as sheets
from services.signing.models.sessions import sessions

_BOTH = sheets.outerjoin(signed, (signed.c.school_year == sheets.c.school_year) & (signed.c.sheet_id == sheets.c.id))


def sheet_row(place: dict[str, Any], sheet: ClassSheetV1) -> dict[str, Any]:
    """A sheet of the class at `place` (school_year, class_id, unit_id), as it is registered."""
    told = asdict(sheet)
    return {**place, "id": told.pop("sheet_id"), **told}


def register(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(sheets).on_conflict_do_nothing(), list(rows))


def of_class(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, Sheet]:
    """The class's sheets by id."""
    return {sheet.id: sheet for sheet in _found(tx, _in(school_year, [class_id]))}


def waiting_for(tx: Tx, school_year: int, holder: UUID, class_ids: Collection[UUID] | None = None) -> list[Sheet]:
    """The holder's sheets without a signature, in these classes or in all."""
    mine = (sheets.c.school_year == school_year) & (sheets.c.holder == holder)
    if class_ids is not None:
        mine &= sheets.c.class_id.in_(list(class_ids))
    return _found(tx, mine & signed.c.sheet_id.is_(None))


def insert_signatures(tx: Tx, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """The sheets that had no signature before; whoever comes second is left out."""
    if not rows:
        return set()
    insert = upsert(signed).values(list(rows)).on_conflict_do_nothing().returning(signed.c.sheet_id)
    new = set(tx.conn.scalars(insert))
    tx.conn.execute(update(sheets).where(sheets.c.id.in_(new)).values(completed_at=tx.now()))
    return new


def count(tx: Tx, school_year: int, unit_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """By school, how many sheets there are, and how many of them are signed."""
    counts = (func.count().label("class_sheets"), func.count(signed.c.file).label("class_sheets_signed"))
    query = select(sheets.c.unit_id, *counts).select_from(_BOTH).group_by(sheets.c.unit_id)
    mine = (sheets.c.school_year == school_year) & sheets.c.unit_id.in_(list(unit_ids))
    names = ("class_sheets", "class_sheets_signed")
    return {row.unit_id: {name: getattr(row, name) for name in names} for row in tx.conn.execute(query.where(mine))}


def signed_with(tx: Tx, key_id: UUID, since: datetime) -> list[TouchedSlot]:
    """What sessions with this key signed from that moment on."""
    query = _select(signed.c.signed_at >= since).join(sessions, sessions.c.id == signed.c.session_id)
    return [
        TouchedSlot(
            school_year=row.school_year,
            class_id=row.class_id,
            transcript_id=row.id,
            version=row.number,
            slot=sheet_slot(row.subject),
            signed_at=row.signed_at,
            complete=True,
        )
        for row in tx.conn.execute(query.where(sessions.c.key_id == key_id))
    ]


def told_of_class(tx: Tx, school_year: int, class_id: UUID) -> list[tuple[UUID, SignedSheetV1]]:
    """Each sheet of the class with its school, by subject and number."""
    rows = tx.conn.execute(_select(_in(school_year, [class_id])).order_by(sheets.c.subject, sheets.c.number))
    return [(row.unit_id, _told(row)) for row in rows]


def find_told(tx: Tx, school_year: int, sheet_id: UUID) -> tuple[UUID, SignedSheetV1] | None:
    """The sheet with its school."""
    mine = (sheets.c.school_year == school_year) & (sheets.c.id == sheet_id)
    row = tx.conn.execute(_select(mine)).first()
    return (row.unit_id, _told(row)) if row else None


def _in(school_year: int, class_ids: Collection[UUID]) -> ColumnElement[bool]:
    return (sheets.c.school_year == school_year) & sheets.c.class_id.in_(list(class_ids))


def _select(which: ColumnElement[bool]) -> Select[Any]:
    return select(sheets, signed.c.file, signed.c.signed_at).select_from(_BOTH).where(which)


def _found(tx: Tx, which: ColumnElement[bool]) -> list[Sheet]:
    names = [field.name for field in fields(Sheet) if field.name in sheets.c]
    rows = tx.conn.execute(_select(which).order_by(sheets.c.id))
    return [Sheet(**{name: getattr(row, name) for name in names}, is_signed=row.file is not None) for row in rows]


def _told(row: Row[Any]) -> SignedSheetV1:
    names = ("class_id", "subject", "number", "holder", "name", "size", "root", "signed_at", "file")
    return SignedSheetV1(sheet_id=row.id, **{name: getattr(row, name) for name in names})
