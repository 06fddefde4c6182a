"""How far entry has come: always recounted from enrolments, cells and history, so that no counter can drift."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from services.chassis.database import Tx
from services.contracts.gradebook.progress import (
    ColumnProgress,
    MissingGroup,
    MissingKind,
    PlannedColumn,
    PlanWeek,
    SheetProgress,
    Tally,
)
from services.gradebook.models.school import classes
from services.gradebook.models.sheets import columns, sheets
from services.gradebook.repository import progress_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of a school that is counted: a term or the year's two, and in them a grade, class or subject."""

    school_year: int
    unit_id: UUID
    terms: Collection[int]
    grade: int | None = None
    class_id: UUID | None = None
    subject: str | None = None


def sheets_in(tx: Tx, part: Part, today: date) -> list[SheetProgress]:
    """The sheets with their columns, in the order of grade, class and printed form."""
    rows = tx.conn.execute(progress_queries.COLUMNS, _given(part, today))
    return [_sheet(list(of_sheet)) for _, of_sheet in groupby(rows, key=lambda row: row.sheet_id)]


def total_of(tx: Tx, part: Part, today: date) -> Tally:
    return _tally(tx.conn.execute(progress_queries.TOTAL, _given(part, today)).one())


def history_rows_of(tx: Tx, part: Part) -> int:
    """How many times something was entered in the school's sheets of these terms."""
    mine = (sheets.c.school_year == part.school_year) & (sheets.c.unit_id == part.unit_id)
    rows = select(func.coalesce(func.sum(sheets.c.history_rows), 0)).where(mine, sheets.c.term.in_(part.terms))
    return int(tx.conn.execute(rows).scalar_one())


def late_classes(tx: Tx, part: Part, today: date) -> list[tuple[UUID, str, Tally]]:
    """Classes with a cell that is missing after its day, worst first: id, name and entry."""
    rows = tx.conn.execute(progress_queries.LATE_CLASSES, _given(part, today))
    return [(row.class_id, row.class_name, _tally(row)) for row in rows]


def missing_in(tx: Tx, part: Part, today: date) -> list[MissingGroup]:
    """Missing marks, comments and conduct, class by class."""
    rows = tx.conn.execute(progress_queries.MISSING, _given(part, today))
    return [
        MissingGroup(
            class_id=row.class_id,
            class_name=row.class_name,
            term=row.term,
            kind=MissingKind(row.kind),
            subject=row.subject,
            column_key=row.key,
            pupils=tuple(row.pupils),
        )
        for row in rows
    ]


def weeks_of(tx: Tx, part: Part, today: date) -> list[PlanWeek]:
    rows = tx.conn.execute(progress_queries.WEEKS, _given(part, today))
    return [PlanWeek(begins_on=row.begins_on, planned=row.planned, entered=row.entered) for row in rows]


def unplanned_in(tx: Tx, part: Part, today: date) -> int:
    count: int = tx.conn.execute(progress_queries.UNPLANNED, _given(part, today)).scalar_one()
    return count


def plan(tx: Tx, part: Part, column: PlannedColumn) -> int:
    """Set the day of a column in every class of the grade; how many sheets have it."""
    of_grade = (
        select(sheets.c.id)
        .join(classes, (classes.c.school_year == sheets.c.school_year) & (classes.c.id == sheets.c.class_id))
        .where(
            sheets.c.school_year == part.school_year,
            sheets.c.unit_id == part.unit_id,
            sheets.c.term.in_(part.terms),
            sheets.c.subject == column.subject,
            classes.c.grade == column.grade,
        )
    )
    mine = (columns.c.school_year == part.school_year) & (columns.c.key == column.key)
    changed = update(columns).where(mine, columns.c.sheet_id.in_(of_grade)).values(due_on=column.due_on)
    return tx.conn.execute(changed).rowcount


def homeroom_of(tx: Tx, school_year: int, unit_id: UUID, class_id: UUID) -> UUID | None:
    """The homeroom teacher of a class of this school."""
    mine = (classes.c.school_year == school_year) & (classes.c.unit_id == unit_id) & (classes.c.id == class_id)
    return tx.conn.execute(select(classes.c.homeroom_id).where(mine)).scalar()


def sum_of(tallies: Iterable[Tally]) -> Tally:
    sums = [sum(counts) for counts in zip(*((one.expected, one.entered, one.late) for one in tallies), strict=True)]
    return tally(*(sums or (0, 0, 0)))


def tally(expected: int, entered: int, late: int) -> Tally:
    return Tally(expected=expected, entered=entered, missing=expected - entered, late=late)


def _tally(row: Row[Any]) -> Tally:
    return tally(row.expected, row.entered, row.late)


def _given(part: Part, today: date) -> dict[str, Any]:
    return {
        "school_year": part.school_year,
        "unit_id": part.unit_id,
        "terms": list(part.terms),
        "grade": part.grade,
        "class_id": part.class_id,
        "subject": part.subject,
        "today": today,
    }


def _sheet(rows: Sequence[Row[Any]]) -> SheetProgress:
    names = ("sheet_id", "class_id", "class_name", "grade", "subject", "subject_name")
    return SheetProgress(
        **{name: getattr(rows[0], name) for name in names},
        columns=tuple(
            ColumnProgress(key=row.key, due_on=row.due_on, tally=_tally(row), last_entry_at=row.last_entry_at)
            for row in rows
        ),
    )
