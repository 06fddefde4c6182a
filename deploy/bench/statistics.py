"""A department of 1.6 million pupils: its figures through the use case, against the bare SQL in psycopg."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text

from deploy.bench.figures import Figure, percentiles
from deploy.local import platform
from deploy.local.instance import Instance
from services.chassis import tables
from services.chassis.authority import Actor
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import Dimension, Measure, ReadStatistics
from services.contracts.identity import Role
from services.gradebook.models.statistics import VALUE_COLUMNS
from services.gradebook.repository import school
from services.gradebook.usecases.statistics import read_statistics

YEAR = 2020  # a year of its own, so that nothing else is in it
DEPARTMENT, OFFICER = UUID(int=1), UUID(int=2)
SECONDS = 6.0
AIM = "p99 < 1,000 ms"
QUESTIONS: tuple[tuple[str, Measure, tuple[Dimension, ...]], ...] = (
    ("levels by grade and gender", Measure.LEVEL, (Dimension.GRADE, Dimension.GENDER)),
    ("levels by ethnicity", Measure.LEVEL, (Dimension.ETHNICITY,)),
    ("levels by commune", Measure.LEVEL, (Dimension.UNIT,)),
    ("12 subjects by grade", Measure.SUBJECT, (Dimension.SUBJECT, Dimension.GRADE)),
)

# 126 communes, 2,000 schools of 20 classes in 4 grades, 40 pupils a class in 5 groups of gender and ethnicity a grade.
_TREE = """
    INSERT INTO unit_parents (unit_id, valid_from, parent_id, kind, version)
    SELECT md5('commune' || n)::uuid, DATE '2020-01-01', :department, 'XA', 1 FROM generate_series(0, 125) AS n
    UNION ALL
    SELECT md5('school' || n)::uuid, DATE '2020-01-01', md5('commune' || n % 126)::uuid, 'TRUONG', 1
    FROM generate_series(1, 2000) AS n
"""
_COUNTS = """
    INSERT INTO school_counts (school_year, period, measure, unit_id, stage, grade, gender, ethnicity, subject, pupils,
                               n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12)
    SELECT :year, period, measure, md5('school' || n)::uuid, 'THCS', grade, gender, ethnicity, subject, pupils,
           pupils - 3 * (pupils / 4), pupils / 4, pupils / 4, pupils / 4, 0, 0, 0, 0, 0, 0, 0, 0
    FROM generate_series(1, 2000) AS n
    CROSS JOIN unnest(ARRAY['TERM_1', 'TERM_2', 'YEAR']) AS period
    CROSS JOIN generate_series(6, 9) AS grade
    CROSS JOIN (VALUES ('Nam', 'Kinh', 90), ('Nữ', 'Kinh', 90), ('Nam', 'Tày', 9), ('Nữ', 'Tày', 9), ('Nữ', 'Mường', 2))
        AS people (gender, ethnicity, pupils)
    CROSS JOIN (
        SELECT measure, '' AS subject FROM unnest(ARRAY['LEVEL', 'CONDUCT', 'PROMOTION', 'TITLE', 'ABSENCE']) AS measure
        UNION ALL SELECT 'SUBJECT', 'MON_' || subject FROM generate_series(1, 12) AS subject
    ) AS measured
"""
_BARE = """
    SELECT {keys}, {values} FROM school_counts c JOIN (
        SELECT s.unit_id, s.parent_id AS child_id FROM unit_parents s JOIN unit_parents x ON x.unit_id = s.parent_id
        WHERE x.parent_id = %(department)s
    ) AS place USING (unit_id)
    WHERE c.school_year = %(year)s AND c.period = 'YEAR' AND c.measure = %(measure)s
    GROUP BY {keys}
"""


def measure(instance: Instance) -> list[Figure]:
    """Answers a second to one officer who asks again and again, each question by itself."""
    db = Database(platform.database_url(instance, "gradebook"))
    _fill(db)
    with psycopg.connect(db.url.replace("postgresql+psycopg", "postgresql"), options="-c jit=off") as conn:
        return [_figure(db, conn, *question) for question in QUESTIONS]


def _figure(
    db: Database, conn: psycopg.Connection[Any], name: str, measured: Measure, by: tuple[Dimension, ...]
) -> Figure:
    asked = _timed(lambda: _ask(db, measured, by))
    bare = _timed(lambda: _ask_bare(conn, measured, by))
    p50, p99 = percentiles(asked)
    return Figure(
        name=f"statistics of 1.6 million pupils: {name}",
        value=len(asked) / sum(asked),
        unit="answers/s",
        limit=len(bare) / sum(bare),
        limit_name="the bare SQL in psycopg",
        aim=AIM,
        p50_ms=p50,
        p99_ms=p99,
    )


def _ask(db: Database, measured: Measure, by: tuple[Dimension, ...]) -> None:
    query = ReadStatistics(school_year=YEAR, unit_id=DEPARTMENT, period=Period.YEAR, measure=measured, by=by)
    with db.transaction() as tx:
        answer = read_statistics(tx, query, Actor(account_id=OFFICER, person_id=OFFICER))
    if not answer.total.pupils:
        raise RuntimeError("nothing was counted")


def _ask_bare(conn: psycopg.Connection[Any], measured: Measure, by: tuple[Dimension, ...]) -> None:
    keys = ", ".join("place.child_id" if one is Dimension.UNIT else f"c.{one.name.lower()}" for one in by)
    values = ", ".join(f"sum({name})" for name in VALUE_COLUMNS)
    given = {"department": DEPARTMENT, "year": YEAR, "measure": measured}
    conn.execute(_BARE.format(keys=keys, values=values).encode(), given).fetchall()


def _timed(ask: Callable[[], None]) -> list[float]:
    """Seconds of each answer; the first one only warms up."""
    ask()
    taken: list[float] = []
    while sum(taken) < SECONDS:
        started = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - started)
    return taken


def _fill(db: Database) -> None:
    grant = {"grant_id": new_id(), "version": 1, "person_id": OFFICER, "role": Role.OFFICER, "unit_id": DEPARTMENT}
    with db.transaction() as tx:
        school.make_partitions(tx, YEAR)
        tx.conn.execute(tables.grants.insert().values(grant | {"valid_from": datetime(2020, 1, 1, tzinfo=UTC)}))
        tx.conn.execute(text(_TREE), {"department": DEPARTMENT})
        tx.conn.execute(text(_COUNTS), {"year": YEAR})
    with db.connection() as conn:
        conn.execute(text("VACUUM ANALYZE school_counts"))
        conn.execute(text("ANALYZE unit_parents"))
