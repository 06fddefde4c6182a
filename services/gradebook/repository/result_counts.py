"""What a class's locked results add to its school's counts, kept so that both can be counted anew."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook.results import Period
from services.gradebook.models.results import locks, results
from services.gradebook.models.school import classes
from services.gradebook.models.statistics import VALUE_COLUMNS, class_counts, school_counts
from services.gradebook.statistics_counting import Counts, Group, from_stored, stored

COUNT_LOCK = 7_205  # with the school: two numbers, so that it is never the lock of an inbox row
KEYS = [one.name for one in school_counts.primary_key]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPeriod:
    """A class's period, whose results are counted together."""

    school_year: int
    class_id: UUID
    period: Period
    unit_id: UUID
    stage: str
    grade: int


def class_period(tx: Tx, school_year: int, class_id: UUID, *, period: Period) -> ClassPeriod:
    mine = (classes.c.school_year == school_year) & (classes.c.id == class_id)
    row = tx.conn.execute(select(classes.c.unit_id, classes.c.stage, classes.c.grade).where(mine)).one()
    return ClassPeriod(
        school_year=school_year,
        class_id=class_id,
        period=period,
        unit_id=row.unit_id,
        stage=row.stage,
        grade=row.grade,
    )


def results_of(tx: Tx, school_year: int, class_id: UUID, *, period: Period) -> dict[UUID, Any]:
    """The results in force of a class's period by pupil, as they are stored."""
    mine = (results.c.school_year == school_year) & (results.c.class_id == class_id) & (results.c.period == period)
    newest = select(results.c.pupil_id, results.c.result).distinct(results.c.pupil_id).where(mine)
    rows = tx.conn.execute(newest.order_by(results.c.pupil_id, results.c.version.desc()))
    return {row.pupil_id: row.result for row in rows}


def hold_school(tx: Tx, unit_id: UUID) -> None:
    """Let nobody else change the school's counts until the transaction ends."""
    tx.conn.execute(select(func.pg_advisory_xact_lock(COUNT_LOCK, func.hashtext(str(unit_id)))))


def counts_of(tx: Tx, one: ClassPeriod) -> Counts:
    """What the class adds to its school's counts now."""
    mine = (class_counts.c.school_year == one.school_year) & (class_counts.c.class_id == one.class_id)
    rows = tx.conn.execute(select(class_counts.c.counts).where(mine, class_counts.c.period == one.period)).scalar()
    return from_stored(rows or ())


def put_counts(tx: Tx, one: ClassPeriod, counts: Counts) -> None:
    """Keep what the class adds to its school's counts."""
    new = upsert(class_counts).values(asdict(one) | {"counts": stored(counts), "counted_at": tx.now()})
    changes = {name: new.excluded[name] for name in ("unit_id", "stage", "grade", "counts", "counted_at")}
    tx.conn.execute(new.on_conflict_do_update(index_elements=["school_year", "class_id", "period"], set_=changes))


def add_to_school(tx: Tx, one: ClassPeriod, change: Counts) -> None:
    """Move the school's counts by a difference; a row that comes to nothing goes."""
    if not change:
        return
    place = {name: getattr(one, name) for name in ("school_year", "period", "unit_id", "stage", "grade")}
    rows = [place | _row(group, numbers) for group, numbers in sorted(change.items())]
    new = upsert(school_counts)
    sums = {name: school_counts.c[name] + new.excluded[name] for name in ("pupils", *VALUE_COLUMNS)}
    tx.conn.execute(new.on_conflict_do_update(index_elements=KEYS, set_=sums), rows)
    empty = (school_counts.c.period == one.period) & (school_counts.c.pupils == 0)
    tx.conn.execute(delete(school_counts).where(_of_school(one.school_year, one.unit_id), empty))


def sum_school_anew(tx: Tx, school_year: int, unit_id: UUID) -> None:
    """Replace the school's counts by the sum of its classes', those without a lock left out; hold the school first."""
    given = {"school_year": school_year, "unit_id": unit_id}
    tx.conn.execute(_FORGET_UNLOCKED, given)
    tx.conn.execute(delete(school_counts).where(_of_school(school_year, unit_id)))
    tx.conn.execute(_SUM_CLASSES, given)


def locked_in(tx: Tx, school_year: int, unit_id: UUID) -> list[tuple[UUID, Period]]:
    """The school's classes with the periods that are locked."""
    mine = (classes.c.school_year == school_year) & (classes.c.unit_id == unit_id)
    query = select(locks.c.class_id, locks.c.period).join(
        classes, (classes.c.school_year == locks.c.school_year) & (classes.c.id == locks.c.class_id)
    )
    return [(row.class_id, Period(row.period)) for row in tx.conn.execute(query.where(mine).order_by(locks.c.class_id))]


def _row(group: Group, numbers: Sequence[int]) -> dict[str, Any]:
    values = dict.fromkeys(VALUE_COLUMNS, 0) | dict(zip(VALUE_COLUMNS, numbers, strict=False))
    names = ("measure", "gender", "ethnicity", "subject")
    return {name: getattr(group, name) for name in names} | values | {"pupils": sum(numbers)}


def _of_school(school_year: int, unit_id: UUID) -> ColumnElement[bool]:
    return (school_counts.c.school_year == school_year) & (school_counts.c.unit_id == unit_id)


_FORGET_UNLOCKED = text("""
    DELETE FROM class_counts n
    WHERE n.school_year = :school_year AND n.unit_id = :unit_id AND NOT EXISTS (
        SELECT FROM locks l
        WHERE l.school_year = n.school_year AND l.class_id = n.class_id AND l.period = n.period)
""")
_SUM_CLASSES = text("""
    INSERT INTO school_counts (school_year, period, measure, unit_id, stage, grade, gender, ethnicity, subject, pupils,
                               n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12)
    SELECT :school_year, period, measure, :unit_id, stage, grade, gender, ethnicity, subject,
           sum((SELECT sum(n) FROM unnest(numbers) AS n)),
           sum(numbers[1]), coalesce(sum(numbers[2]), 0), coalesce(sum(numbers[3]), 0), coalesce(sum(numbers[4]), 0),
           coalesce(sum(numbers[5]), 0), coalesce(sum(numbers[6]), 0), coalesce(sum(numbers[7]), 0),
           coalesce(sum(numbers[8]), 0), coalesce(sum(numbers[9]), 0), coalesce(sum(numbers[10]), 0),
           coalesce(sum(numbers[11]), 0), coalesce(sum(numbers[12]), 0)
    FROM (
        SELECT c.period, c.stage, c.grade, one ->> 0 AS measure, one ->> 1 AS gender, one ->> 2 AS ethnicity,
               one ->> 3 AS subject, ARRAY(SELECT CAST(jsonb_array_elements_text(one -> 4) AS int)) AS numbers
        FROM class_counts c CROSS JOIN LATERAL jsonb_array_elements(c.counts) AS one
        WHERE c.school_year = :school_year AND c.unit_id = :unit_id
    ) AS of_class
    GROUP BY period, stage, grade, measure, gender, ethnicity, subject
""")
