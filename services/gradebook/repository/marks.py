"""Sheets, columns, cells, their history, and subject teachers' comments."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import CellState, ColumnKind, ColumnV1, SheetHead
from services.gradebook.domain import Cell, OpenSheet, Write
from services.gradebook.ledger import Entry, chain
from services.gradebook.models.school import classes, subjects
from services.gradebook.models.sheets import cells, columns, comments, mark_history, sheets

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
    return _sheet(tx, _SHEET_TO_WRITE, school_year, sheet_id)


def find_sheet(tx: Tx, school_year: int, sheet_id: UUID) -> OpenSheet | None:
    """The sheet for reading."""
    return _sheet(tx, _SHEET, school_year, sheet_id)


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
    given: dict[str, Any] = {"school_year": school_year, "sheet_ids": list(sheet_ids)}
    if column_ids is None:
        rows = tx.conn.execute(_CELLS, given)
    else:
        rows = tx.conn.execute(_CELLS_OF_COLUMNS, given | {"column_ids": list(column_ids)})
    return {
        (row.column_id, row.pupil_id): Cell(state=CellState(row.state), value=row.value, version=row.version)
        for row in rows
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
    lists = {
        name: [getattr(entry, name) for entry in entries]
        for name in ("column_id", "pupil_id", "state", "value", "version")
    }
    tx.conn.execute(_UPSERT_CELLS, place | lists)
    by_whom = {"account_id": account_id, "person_id": person_id, "recorded_at": now}
    tx.conn.execute(_ADD_HISTORY, place | lists | by_whom | {"seq": [entry.seq for entry in entries], "hash": hashes})
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
    rows = [place | {"pupil_id": pupil_id, "text": words} for pupil_id, words in texts]
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


def _sheet(tx: Tx, query: Select[Any], school_year: int, sheet_id: UUID) -> OpenSheet | None:
    row = tx.conn.execute(query, {"school_year": school_year, "sheet_id": sheet_id}).first()
    if row is None:
        return None
    head = _head(row, _columns(tx, school_year, [sheet_id]))
    return OpenSheet(head=head, history_rows=row.history_rows, chain_head=row.chain_head)


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
    found: dict[UUID, tuple[ColumnV1, ...]] = {}
    for row in tx.conn.execute(_COLUMNS, {"school_year": school_year, "sheet_ids": list(sheet_ids)}):
        column = ColumnV1(id=row.id, key=row.key, kind=ColumnKind(row.kind))
        found[row.sheet_id] = (*found.get(row.sheet_id, ()), column)
    return found


def _head(row: Row[Any], by_sheet: dict[UUID, tuple[ColumnV1, ...]]) -> SheetHead:
    names = ("id", "school_year", "unit_id", "class_id", "class_name", "subject", "subject_name", "term", "teacher_id")
    named = {name: getattr(row, name) for name in names}
    return SheetHead(**named, kind=SubjectKind(row.kind), columns=by_sheet.get(row.id, ()))


# Built once: saving a column is the busiest thing there is, and building a query costs as much as running it.
_SHEET = _sheets().where(sheets.c.school_year == bindparam("school_year"), sheets.c.id == bindparam("sheet_id"))
_SHEET_TO_WRITE = _SHEET.with_for_update(of=sheets)
_COLUMNS = (
    select(columns)
    .where(
        columns.c.school_year == bindparam("school_year"),
        columns.c.sheet_id.in_(bindparam("sheet_ids", expanding=True)),
    )
    .order_by(columns.c.position)
)
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
    INSERT INTO mark_history (school_year, sheet_id, account_id, person_id, recorded_at,
                              seq, column_id, pupil_id, version, state, value, hash)
    SELECT :school_year, :sheet_id, :account_id, :person_id, :recorded_at, * FROM unnest(
        CAST(:seq AS int[]), CAST(:column_id AS uuid[]), CAST(:pupil_id AS uuid[]), CAST(:version AS int[]),
        CAST(:state AS text[]), CAST(:value AS text[]), CAST(:hash AS text[]))
""")
