"""Sheets, columns, cells, their history, and subject teachers' comments."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook import CellState, ColumnKind, ColumnV1, SheetHead, SubjectKind
from services.gradebook.domain import Cell, OpenSheet, Write
from services.gradebook.ledger import Entry, chain
from services.gradebook.models import cells, classes, columns, comments, mark_history, sheets, subjects

Cells = dict[tuple[UUID, UUID], Cell]
"""Cells by (column, pupil)."""


def insert_sheets(tx: Tx, rows: Sequence[dict[str, Any]], column_rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(sheets), list(rows))
        tx.conn.execute(insert(columns), list(column_rows))


def set_teacher(tx: Tx, school_year: int, sheet_ids: Collection[UUID], teacher_id: UUID) -> None:
    mine = (sheets.c.school_year == school_year) & sheets.c.id.in_(list(sheet_ids))
    tx.conn.execute(update(sheets).where(mine).values(teacher_id=teacher_id))


def lock_sheet(tx: Tx, school_year: int, sheet_id: UUID) -> OpenSheet | None:
    """The sheet, held so that its chain grows in one place only."""
    query = _sheets().where(sheets.c.school_year == school_year, sheets.c.id == sheet_id)
    row = tx.conn.execute(query.with_for_update(of=sheets)).first()
    if row is None:
        return None
    return OpenSheet(
        head=_head(row, _columns(tx, school_year, [sheet_id])), history_rows=row.history_rows, chain_head=row.chain_head
    )


def find_sheet(tx: Tx, school_year: int, sheet_id: UUID) -> OpenSheet | None:
    """The sheet for reading."""
    row = tx.conn.execute(_sheets().where(sheets.c.school_year == school_year, sheets.c.id == sheet_id)).first()
    if row is None:
        return None
    return OpenSheet(
        head=_head(row, _columns(tx, school_year, [sheet_id])), history_rows=row.history_rows, chain_head=row.chain_head
    )


def hold_class(tx: Tx, school_year: int, class_id: UUID, term: int | None = None) -> None:
    """Hold the class's sheets, of a term or all, so that nothing is written in them until the transaction ends."""
    mine = (sheets.c.school_year == school_year) & (sheets.c.class_id == class_id)
    if term is not None:
        mine &= sheets.c.term == term
    tx.conn.execute(select(sheets.c.id).where(mine).order_by(sheets.c.id).with_for_update())


def sheets_of_unit(tx: Tx, school_year: int, unit_id: UUID) -> list[SheetHead]:
    return _heads(tx, school_year, _sheets().where(sheets.c.school_year == school_year, sheets.c.unit_id == unit_id))


def sheets_of_class(tx: Tx, school_year: int, class_id: UUID) -> list[SheetHead]:
    """The class's sheets in the order of the printed form."""
    return _heads(tx, school_year, _sheets().where(sheets.c.school_year == school_year, sheets.c.class_id == class_id))


def history_counts(
    tx: Tx, school_year: int, class_ids: Collection[UUID]
) -> dict[tuple[UUID, str], tuple[UUID, int, list[UUID]]]:
    """By (class, subject): the teacher, the number of history rows, and the sheets."""
    mine = (sheets.c.school_year == school_year) & sheets.c.class_id.in_(list(class_ids))
    found: dict[tuple[UUID, str], tuple[UUID, int, list[UUID]]] = {}
    for row in tx.conn.execute(select(sheets).where(mine)):
        _, rows, ids = found.get((row.class_id, row.subject), (row.teacher_id, 0, []))
        found[(row.class_id, row.subject)] = (row.teacher_id, rows + row.history_rows, [*ids, row.id])
    return found


def cells_of(
    tx: Tx, school_year: int, sheet_ids: Collection[UUID], column_ids: Collection[UUID] | None = None
) -> Cells:
    """The cells that were ever written, of whole sheets or of some columns."""
    mine = (cells.c.school_year == school_year) & cells.c.sheet_id.in_(list(sheet_ids))
    if column_ids is not None:
        mine &= cells.c.column_id.in_(list(column_ids))
    query = select(cells.c.column_id, cells.c.pupil_id, cells.c.state, cells.c.value, cells.c.version).where(mine)
    return {
        (row.column_id, row.pupil_id): Cell(state=CellState(row.state), value=row.value, version=row.version)
        for row in tx.conn.execute(query)
    }


def write_cells(tx: Tx, sheet: OpenSheet, writes: Sequence[Write], *, account_id: UUID, person_id: UUID) -> None:
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
            account_id=account_id,
            person_id=person_id,
            recorded_at=now,
        )
        for number, write in enumerate(writes, start=1)
    ]
    hashes = chain(sheet.chain_head, entries)
    place = {"school_year": year, "sheet_id": sheet_id}
    tx.conn.execute(_UPSERT_CELL, [place | _cell(entry) for entry in entries])
    tx.conn.execute(
        insert(mark_history), [place | asdict(e) | {"hash": h} for e, h in zip(entries, hashes, strict=True)]
    )
    mine = (sheets.c.school_year == year) & (sheets.c.id == sheet_id)
    tx.conn.execute(update(sheets).where(mine).values(history_rows=entries[-1].seq, chain_head=hashes[-1]))


def history_of(tx: Tx, school_year: int, sheet_id: UUID) -> tuple[list[Entry], list[str]]:
    """A sheet's history as it is stored, by seq, and the hash kept with each row."""
    mine = (mark_history.c.school_year == school_year) & (mark_history.c.sheet_id == sheet_id)
    rows = tx.conn.execute(select(mark_history).where(mine).order_by(mark_history.c.seq)).all()
    names = Entry.__dataclass_fields__
    return [Entry(**{name: getattr(row, name) for name in names}) for row in rows], [row.hash for row in rows]


def write_comments(
    tx: Tx, school_year: int, sheet_id: UUID, texts: Iterable[tuple[UUID, str]], person_id: UUID
) -> None:
    place = {"school_year": school_year, "sheet_id": sheet_id, "person_id": person_id, "written_at": tx.now()}
    rows = [place | {"pupil_id": pupil_id, "text": text} for pupil_id, text in texts]
    if rows:
        new = upsert(comments)
        changes = {name: new.excluded[name] for name in ("text", "person_id", "written_at")}
        tx.conn.execute(
            new.on_conflict_do_update(index_elements=["school_year", "sheet_id", "pupil_id"], set_=changes), rows
        )


def comments_of(tx: Tx, school_year: int, sheet_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    """Comments by (sheet, pupil)."""
    mine = (comments.c.school_year == school_year) & comments.c.sheet_id.in_(list(sheet_ids))
    rows = tx.conn.execute(select(comments.c.sheet_id, comments.c.pupil_id, comments.c.text).where(mine))
    return {(row.sheet_id, row.pupil_id): row.text for row in rows}


def _sheets() -> Select[Any]:
    """Sheets with the names of their class and subject, in the order of class and printed form."""
    return (
        select(sheets, classes.c.name.label("class_name"), subjects.c.name.label("subject_name"), subjects.c.kind)
        .join(classes, (classes.c.school_year == sheets.c.school_year) & (classes.c.id == sheets.c.class_id))
        .join(
            subjects,
            (subjects.c.school_year == sheets.c.school_year)
            & (subjects.c.unit_id == sheets.c.unit_id)
            & (subjects.c.grade == classes.c.grade)
            & (subjects.c.code == sheets.c.subject),
        )
        .order_by(classes.c.grade, classes.c.name, subjects.c.position, sheets.c.term)
    )


def _heads(tx: Tx, school_year: int, query: Select[Any]) -> list[SheetHead]:
    rows = tx.conn.execute(query).all()
    by_sheet = _columns(tx, school_year, [row.id for row in rows])
    return [_head(row, by_sheet) for row in rows]


def _columns(tx: Tx, school_year: int, sheet_ids: Collection[UUID]) -> dict[UUID, tuple[ColumnV1, ...]]:
    mine = (columns.c.school_year == school_year) & columns.c.sheet_id.in_(list(sheet_ids))
    found: dict[UUID, tuple[ColumnV1, ...]] = {}
    for row in tx.conn.execute(select(columns).where(mine).order_by(columns.c.position)):
        column = ColumnV1(id=row.id, key=row.key, kind=ColumnKind(row.kind))
        found[row.sheet_id] = (*found.get(row.sheet_id, ()), column)
    return found


def _head(row: Row[Any], by_sheet: dict[UUID, tuple[ColumnV1, ...]]) -> SheetHead:
    names = ("id", "school_year", "unit_id", "class_id", "class_name", "subject", "subject_name", "term", "teacher_id")
    named = {name: getattr(row, name) for name in names}
    return SheetHead(**named, kind=SubjectKind(row.kind), columns=by_sheet.get(row.id, ()))


def _cell(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in ("column_id", "pupil_id", "state", "value", "version")}


_NEW_CELL = upsert(cells)
_UPSERT_CELL = _NEW_CELL.on_conflict_do_update(
    index_elements=["school_year", "sheet_id", "column_id", "pupil_id"],
    set_={name: _NEW_CELL.excluded[name] for name in ("state", "value", "version")},
)
