"""School years, plans of subjects, classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update

from services.chassis import idempotency
from services.chassis.database import Tx
from services.contracts.gradebook.school import ClassV1
from services.gradebook import models
from services.gradebook.models.school import classes, enrolments, school_years, subjects

PARTITIONS_LOCK = 7_203  # with the year: two numbers, so that it is never the lock of an inbox row


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenYear:
    """A stage's school year at a school."""

    stage: str
    begins_on: date | None
    second_term_on: date | None
    ends_on: date | None
    paper_grades: tuple[int, ...]
    ended_at: datetime | None


def make_partitions(tx: Tx, school_year: int) -> None:
    """Partitions of a school year, where they are not there yet."""
    tx.conn.execute(select(func.pg_advisory_xact_lock(PARTITIONS_LOCK, school_year)))
    if tx.conn.execute(select(func.to_regclass(f"mark_history_y{school_year}"))).scalar() is not None:
        return
    for table in models.YEARLY:
        tx.conn.execute(text(idempotency.partition_of(table, school_year)))
    for table in models.APPEND_ONLY:
        tx.conn.execute(text(_STAYS.format(table=table, year=school_year)))


_STAYS = """
    CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table}_y{year:d}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def insert_year(tx: Tx, row: dict[str, Any], plan: Sequence[dict[str, Any]]) -> None:
    tx.conn.execute(insert(school_years).values(row | {"opened_at": tx.now()}))
    if plan:
        tx.conn.execute(insert(subjects), list(plan))


def years_of(tx: Tx, school_year: int, unit_id: UUID) -> dict[str, OpenYear]:
    """By stage (THCS, …): the school's years that are or were open."""
    mine = (school_years.c.school_year == school_year) & (school_years.c.unit_id == unit_id)
    rows = tx.conn.execute(select(school_years).where(mine).order_by(school_years.c.stage))
    return {row.stage: _open_year(row) for row in rows}


def end_year(tx: Tx, school_year: int, unit_id: UUID) -> None:
    mine = (school_years.c.school_year == school_year) & (school_years.c.unit_id == unit_id)
    tx.conn.execute(update(school_years).where(mine).values(ended_at=tx.now()))


def plan_of(tx: Tx, school_year: int, unit_id: UUID) -> dict[tuple[str, int, str], Row[Any]]:
    """The subjects of the school's plan by (stage, grade, code)."""
    mine = (subjects.c.school_year == school_year) & (subjects.c.unit_id == unit_id)
    return {(row.stage, row.grade, row.code): row for row in tx.conn.execute(select(subjects).where(mine))}


def insert_classes(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(classes), list(rows))


def classes_of(tx: Tx, school_year: int, unit_id: UUID) -> list[ClassV1]:
    mine = (classes.c.school_year == school_year) & (classes.c.unit_id == unit_id)
    return _classes(tx, mine)


def get_class(tx: Tx, school_year: int, class_id: UUID) -> ClassV1 | None:
    found = _classes(tx, (classes.c.school_year == school_year) & (classes.c.id == class_id))
    return found[0] if found else None


def next_results_version(tx: Tx, school_year: int, class_id: UUID) -> int:
    """The number of the next thing told of the class's results."""
    mine = (classes.c.school_year == school_year) & (classes.c.id == class_id)
    counted = update(classes).where(mine).values(results_version=classes.c.results_version + 1)
    version: int = tx.conn.execute(counted.returning(classes.c.results_version)).scalar_one()
    return version


def _open_year(row: Row[Any]) -> OpenYear:
    return OpenYear(
        stage=row.stage,
        begins_on=row.begins_on,
        second_term_on=row.second_term_on,
        ends_on=row.ends_on,
        paper_grades=tuple(row.paper_grades),
        ended_at=row.ended_at,
    )


def _classes(tx: Tx, wanted: Any) -> list[ClassV1]:
    enrolled = (
        select(func.count())
        .where(
            enrolments.c.school_year == classes.c.school_year,
            enrolments.c.class_id == classes.c.id,
            enrolments.c.ended_on.is_(None),
        )
        .scalar_subquery()
    )
    names = ("id", "school_year", "unit_id", "stage", "name", "grade", "homeroom_id")
    query = select(*(classes.c[name] for name in names), enrolled.label("pupils")).where(wanted)
    rows = tx.conn.execute(query.order_by(classes.c.grade, classes.c.name))
    return [ClassV1(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name
