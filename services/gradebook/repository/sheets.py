"""Sheets with their teachers and columns."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Select, any_, bindparam, insert, select, tuple_, update

from services.chassis.database import Tx
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnKind, ColumnV1, Scale, SheetHead
from services.gradebook.domain import OpenSheet
from services.gradebook.models.school import classes, subjects
from services.gradebook.models.sheets import columns, sheet_teachers, sheets


def insert_sheets(tx: Tx, rows: Sequence[dict[str, Any]], column_rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(sheets), list(rows))
        tx.conn.execute(insert(columns), list(column_rows))


def set_teacher(tx: Tx, school_year: int, sheet_ids: Collection[UUID], teacher_id: UUID) -> None:
    """Who signs for these sheets from now on."""
    mine = (sheets.c.school_year == school_year) & sheets.c.id.in_(list(sheet_ids))
    tx.conn.execute(update(sheets).where(mine).values(teacher_id=teacher_id))


def add_teachers(
    tx: Tx, school_year: int, sheet_ids: Collection[UUID], teacher_ids: Collection[UUID], reason: str | None = None
) -> None:
    """Let these teachers write the sheets from now on, as well as those who may already."""
    place = {"school_year": school_year, "valid_from": tx.now(), "reason": reason}
    known = {(row.sheet_id, row.teacher_id) for row in teachers_of(tx, school_year, sheet_ids)}
    rows = [
        place | {"sheet_id": sheet_id, "teacher_id": teacher_id}
        for sheet_id in sheet_ids
        for teacher_id in teacher_ids
        if (sheet_id, teacher_id) not in known
    ]
    if rows:
        tx.conn.execute(insert(sheet_teachers), rows)


def end_teacher(tx: Tx, school_year: int, sheet_ids: Collection[UUID], teacher_id: UUID) -> None:
    """The teacher writes these sheets no more."""
    mine = (sheet_teachers.c.school_year == school_year) & sheet_teachers.c.sheet_id.in_(list(sheet_ids))
    mine &= (sheet_teachers.c.teacher_id == teacher_id) & sheet_teachers.c.valid_to.is_(None)
    tx.conn.execute(update(sheet_teachers).where(mine).values(valid_to=tx.now()))


def teachers_of(tx: Tx, school_year: int, sheet_ids: Collection[UUID]) -> list[Row[Any]]:
    """(sheet_id, teacher_id) of those who may write the sheets now."""
    mine = (sheet_teachers.c.school_year == school_year) & sheet_teachers.c.sheet_id.in_(list(sheet_ids))
    query = select(sheet_teachers.c.sheet_id, sheet_teachers.c.teacher_id)
    return list(tx.conn.execute(query.where(mine & sheet_teachers.c.valid_to.is_(None))))


def is_written_by(tx: Tx, head: SheetHead, person_id: UUID) -> bool:
    """Whether the person teaches the subject in the class now, alone or with others."""
    given = {"school_year": head.school_year, "sheet_id": head.id, "teacher_id": person_id}
    return head.teacher_id == person_id or tx.conn.execute(_CO_TEACHER, given).first() is not None


def sheets_taught_by(tx: Tx, school_year: int, person_id: UUID) -> set[UUID]:
    """The sheets that the person writes with others."""
    mine = (sheet_teachers.c.school_year == school_year) & (sheet_teachers.c.teacher_id == person_id)
    return set(tx.conn.scalars(select(sheet_teachers.c.sheet_id).where(mine & sheet_teachers.c.valid_to.is_(None))))


def lock_sheet(tx: Tx, school_year: int, sheet_id: UUID) -> OpenSheet | None:
    """The sheet, held so that its chain grows in one place only."""
    return _sheet(tx, _SHEET_TO_WRITE, school_year, sheet_id)


def find_sheet(tx: Tx, school_year: int, sheet_id: UUID) -> OpenSheet | None:
    """The sheet for reading."""
    return _sheet(tx, _SHEET, school_year, sheet_id)


def hold_class(tx: Tx, school_year: int, class_id: UUID, *terms: int) -> None:
    """Hold the class's sheets, of some terms or all, so that nothing is written in them until the transaction ends."""
    hold(tx, school_year, terms={(class_id, term) for term in terms or (1, 2)})


def hold(
    tx: Tx, school_year: int, *, sheet_ids: Collection[UUID] = (), terms: Collection[tuple[UUID, int]] = ()
) -> None:
    """Hold these sheets and all those of these (class, term), in one order, so that nobody waits in a circle.

    Whoever writes several sheets holds them all first.
    """
    mine = sheets.c.id.in_(list(sheet_ids)) | tuple_(sheets.c.class_id, sheets.c.term).in_(list(terms))
    here = select(sheets.c.id).where(sheets.c.school_year == school_year, mine)
    tx.conn.execute(here.order_by(sheets.c.id).with_for_update())


def sheets_of_unit(tx: Tx, school_year: int, unit_id: UUID) -> list[SheetHead]:
    return _heads(tx, school_year, _sheets().where(sheets.c.school_year == school_year, sheets.c.unit_id == unit_id))


def sheets_of_classes(tx: Tx, school_year: int, class_ids: Collection[UUID]) -> list[SheetHead]:
    """The classes' sheets, each class's in the order of the printed form."""
    mine = (sheets.c.school_year == school_year) & sheets.c.class_id.in_(list(class_ids))
    return _heads(tx, school_year, _sheets().where(mine))


def taught(tx: Tx, school_year: int, class_ids: Collection[UUID]) -> dict[tuple[UUID, str], list[Row[Any]]]:
    """The rows of the sheets by (class, subject)."""
    mine = (sheets.c.school_year == school_year) & sheets.c.class_id.in_(list(class_ids))
    found: dict[tuple[UUID, str], list[Row[Any]]] = {}
    for row in tx.conn.execute(select(sheets).where(mine)):
        found.setdefault((row.class_id, row.subject), []).append(row)
    return found


def set_centralised(tx: Tx, school_year: int, column_ids: Collection[UUID], *, is_centralised: bool) -> None:
    mine = (columns.c.school_year == school_year) & columns.c.id.in_(list(column_ids))
    tx.conn.execute(update(columns).where(mine).values(is_centralised=is_centralised))


def _sheet(tx: Tx, query: Select[Any], school_year: int, sheet_id: UUID) -> OpenSheet | None:
    row = tx.conn.execute(query, {"school_year": school_year, "sheet_id": sheet_id}).first()
    if row is None:
        return None
    head = _head(row, _columns(tx, school_year, [sheet_id]))
    return OpenSheet(head=head, history_rows=row.history_rows, chain_head=row.chain_head)


def _sheets() -> Select[Any]:
    """Sheets with the names of their class and subject, in the order of class and printed form."""
    return (
        select(
            sheets,
            classes.c.name.label("class_name"),
            classes.c.grade,
            subjects.c.name.label("subject_name"),
            subjects.c.kind,
            subjects.c.is_elective,
        )
        .join(classes, (classes.c.school_year == sheets.c.school_year) & (classes.c.id == sheets.c.class_id))
        .join(
            subjects,
            (subjects.c.school_year == sheets.c.school_year)
            & (subjects.c.unit_id == sheets.c.unit_id)
            & (subjects.c.stage == classes.c.stage)
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
    found: dict[UUID, list[ColumnV1]] = {sheet_id: [] for sheet_id in sheet_ids}
    rows = tx.conn.execute(_COLUMNS, {"school_year": school_year, "sheet_ids": list(sheet_ids)}).all()
    for sheet_id, column_id, key, kind, scale, is_cluster, is_centralised, due_on in rows:
        column = ColumnV1(
            id=column_id,
            key=key,
            kind=ColumnKind(kind),
            scale=Scale(scale),
            is_cluster=is_cluster,
            is_centralised=is_centralised,
            due_on=due_on,
        )
        found[sheet_id].append(column)
    return {sheet_id: tuple(of_sheet) for sheet_id, of_sheet in found.items()}


COLUMN = ("sheet_id", "id", "key", "kind", "scale", "is_cluster", "is_centralised", "due_on")
HEAD = (
    "id", "school_year", "unit_id", "class_id", "class_name", "grade", "subject", "subject_name", "is_elective", "term",
    "teacher_id",
)  # fmt: skip


def _head(row: Row[Any], by_sheet: dict[UUID, tuple[ColumnV1, ...]]) -> SheetHead:
    named = {name: getattr(row, name) for name in HEAD}
    return SheetHead(**named, kind=SubjectKind(row.kind), columns=by_sheet[row.id])


# Built once: saving a column is the busiest thing there is, and building a query costs as much as running it.
_SHEET = _sheets().where(sheets.c.school_year == bindparam("school_year"), sheets.c.id == bindparam("sheet_id"))
_SHEET_TO_WRITE = _SHEET.with_for_update(of=sheets)
_COLUMNS = (
    select(*(columns.c[name] for name in COLUMN))
    .where(
        columns.c.school_year == bindparam("school_year"),
        columns.c.sheet_id == any_(bindparam("sheet_ids", type_=ARRAY(columns.c.sheet_id.type))),
    )
    .order_by(columns.c.position)
)
_CO_TEACHER = select(sheet_teachers.c.teacher_id).where(
    *(sheet_teachers.c[name] == bindparam(name) for name in ("school_year", "sheet_id", "teacher_id")),
    sheet_teachers.c.valid_to.is_(None),
)
