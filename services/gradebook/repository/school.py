"""School years, subjects, classes, enrolments, windows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, insert, select, text, update

from services.chassis import idempotency
from services.chassis.database import Tx
from services.contracts.gradebook.enrolment import EnrolmentV1
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.windows import WindowKind, WindowV1
from services.gradebook import models
from services.gradebook.domain import WindowTimes
from services.gradebook.models.school import classes, enrolments, school_years, subjects, windows

PARTITIONS_LOCK = 7_203  # with the year: two numbers, so that it is never the lock of an inbox row


def make_partitions(tx: Tx, school_year: int) -> None:
    """Partitions of a school year, where they are not there yet."""
    tx.conn.execute(select(func.pg_advisory_xact_lock(PARTITIONS_LOCK, school_year)))
    if tx.conn.execute(select(func.to_regclass(f"mark_history_y{school_year}"))).scalar() is not None:
        return
    for table in models.YEARLY:
        tx.conn.execute(text(idempotency.partition_of(table, school_year)))
    tx.conn.execute(text(_HISTORY_STAYS.format(school_year)))


_HISTORY_STAYS = """
    CREATE TRIGGER mark_history_not_truncated BEFORE TRUNCATE ON mark_history_y{:d}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""  # partitions inherit the triggers of rows, not those of statements


def insert_year(tx: Tx, *, school_year: int, unit_id: UUID, stage: str, plan: Sequence[dict[str, Any]]) -> None:
    year = {"school_year": school_year, "unit_id": unit_id, "stage": stage, "opened_at": tx.now()}
    tx.conn.execute(insert(school_years).values(year))
    if plan:
        tx.conn.execute(insert(subjects), list(plan))


def find_stage(tx: Tx, school_year: int, unit_id: UUID) -> str | None:
    """The stage (THCS, …) that the school's year was opened for, or None."""
    mine = (school_years.c.school_year == school_year) & (school_years.c.unit_id == unit_id)
    return tx.conn.execute(select(school_years.c.stage).where(mine)).scalar()


def stage_of(tx: Tx, school_year: int, unit_id: UUID) -> str:
    """The stage of a school year that is open, as every class's is."""
    mine = (school_years.c.school_year == school_year) & (school_years.c.unit_id == unit_id)
    stage: str = tx.conn.execute(select(school_years.c.stage).where(mine)).scalar_one()
    return stage


def plan_of(tx: Tx, school_year: int, unit_id: UUID) -> dict[tuple[int, str], Row[Any]]:
    """The subjects of the school's plan by (grade, code)."""
    mine = (subjects.c.school_year == school_year) & (subjects.c.unit_id == unit_id)
    return {(row.grade, row.code): row for row in tx.conn.execute(select(subjects).where(mine))}


def insert_classes(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(classes), list(rows))


def classes_of(tx: Tx, school_year: int, unit_id: UUID) -> list[ClassV1]:
    mine = (classes.c.school_year == school_year) & (classes.c.unit_id == unit_id)
    return _classes(tx, mine)


def get_class(tx: Tx, school_year: int, class_id: UUID) -> ClassV1 | None:
    found = _classes(tx, (classes.c.school_year == school_year) & (classes.c.id == class_id))
    return found[0] if found else None


def insert_enrolments(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(enrolments), list(rows))


def active_enrolments(tx: Tx, pupil_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Active enrolments by pupil, held until the transaction ends."""
    active = enrolments.c.pupil_id.in_(list(pupil_ids)) & enrolments.c.ended_on.is_(None)
    rows = tx.conn.execute(select(enrolments).where(active).with_for_update())
    return {row.pupil_id: row for row in rows}


def last_version(tx: Tx, pupil_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many enrolments each pupil has had."""
    counted = select(enrolments.c.pupil_id, func.max(enrolments.c.version)).group_by(enrolments.c.pupil_id)
    return {row[0]: row[1] for row in tx.conn.execute(counted.where(enrolments.c.pupil_id.in_(list(pupil_ids))))}


def end_enrolment(tx: Tx, enrolment_id: UUID, ended_on: Any) -> None:
    tx.conn.execute(update(enrolments).where(enrolments.c.id == enrolment_id).values(ended_on=ended_on))


def place_in_class(tx: Tx, enrolment_id: UUID, *, class_id: UUID, position: int) -> None:
    mine = enrolments.c.id == enrolment_id
    tx.conn.execute(update(enrolments).where(mine).values(class_id=class_id, position=position))


def pupils_of(tx: Tx, school_year: int, class_id: UUID, *, ended_too: bool = False) -> dict[UUID, str]:
    """The class's pupils in the order of its list: code by pupil."""
    query = _EVER_ENROLLED if ended_too else _ENROLLED
    rows = tx.conn.execute(query, {"school_year": school_year, "class_id": class_id})
    return {row.pupil_id: row.code for row in rows}


def as_enrolment(row: Row[Any]) -> EnrolmentV1:
    return EnrolmentV1(
        pupil_id=row.pupil_id,
        school_year=row.school_year,
        unit_id=row.unit_id,
        class_id=row.class_id,
        began_on=row.began_on,
        ended_on=row.ended_on,
    )


def insert_window(tx: Tx, window: WindowV1, opened_by: UUID) -> None:
    names = ("school_year", "id", "unit_id", "term", "kind", "opens_at", "closes_at")
    tx.conn.execute(insert(windows).values({name: getattr(window, name) for name in names} | {"opened_by": opened_by}))


def lock_window(tx: Tx, school_year: int, window_id: UUID) -> WindowV1 | None:
    """The window, held so that no save is under way in it."""
    mine = (windows.c.school_year == school_year) & (windows.c.id == window_id)
    row = tx.conn.execute(select(windows).where(mine).with_for_update()).first()
    return _window(row) if row else None


def set_closing(tx: Tx, window: WindowV1) -> None:
    mine = (windows.c.school_year == window.school_year) & (windows.c.id == window.id)
    tx.conn.execute(update(windows).where(mine).values(closes_at=window.closes_at))


def clock(tx: Tx) -> datetime:
    """The database's time at this moment, however long the transaction has been waiting."""
    now: datetime = tx.conn.execute(select(func.clock_timestamp())).scalar_one()
    return now


def newest_window(tx: Tx, school_year: int, unit_id: UUID, term: int, kind: WindowKind) -> WindowTimes | None:
    """The window that closes last, shared: it cannot be closed while this transaction writes under it."""
    given = {"school_year": school_year, "unit_id": unit_id, "term": term, "kind": kind}
    row = tx.conn.execute(_NEWEST_WINDOW, given).first()
    return WindowTimes(opens_at=row.opens_at, closes_at=row.closes_at) if row else None


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
    query = select(classes, enrolled.label("pupils")).where(wanted).order_by(classes.c.grade, classes.c.name)
    return [ClassV1(**row._mapping) for row in tx.conn.execute(query)]  # noqa: SLF001 - SQLAlchemy's documented name


def _window(row: Row[Any]) -> WindowV1:
    return WindowV1(
        id=row.id,
        school_year=row.school_year,
        unit_id=row.unit_id,
        term=row.term,
        kind=WindowKind(row.kind),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
    )


# Built once: these run with every column that is saved.
_EVER_ENROLLED = (
    select(enrolments.c.pupil_id, enrolments.c.code)
    .where(enrolments.c.school_year == bindparam("school_year"), enrolments.c.class_id == bindparam("class_id"))
    .order_by(enrolments.c.position)
)
_ENROLLED = _EVER_ENROLLED.where(enrolments.c.ended_on.is_(None))
_NEWEST_WINDOW = (
    select(windows.c.opens_at, windows.c.closes_at)
    .where(*(windows.c[name] == bindparam(name) for name in ("school_year", "unit_id", "term", "kind")))
    .order_by(windows.c.closes_at.desc())
    .limit(1)
    .with_for_update(read=True)
)
