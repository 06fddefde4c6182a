"""Year results made again from their marks, database included, against the rules alone; both on one core."""

import gc
import random
import time
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import text

from deploy.bench.figures import Figure
from deploy.local import platform
from deploy.local.instance import Instance
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import ClassV1
from services.gradebook.judging import judge
from services.gradebook.repository import results, school
from services.gradebook.rules.judgement import SubjectMarks, TermInput, YearInput, judge_term, judge_year
from services.gradebook.rules.tt22_2021 import Level
from services.gradebook.rules.vocabulary import Cell, CellState, CommentResult, SubjectKind
from services.gradebook.usecases.results import class_marks

YEAR, CLASS_SIZE = 2021, 45  # a year of its own, so that nothing else is in it
BATCH = 20  # classes in one transaction
AIM = "0.5 of the limit"
SCORED = {"VAN": 4, "TOAN": 4, "NN1": 4, "LSDL": 4, "KHTN": 4, "GDCD": 2, "CN": 2, "TIN": 2}  # regular assessments
COMMENT = {"GDTC": 2, "NT": 2, "HDTN": 2, "GDDP": 2}
PURE_PUPILS = 2_000

FILL = (
    "INSERT INTO school_years (school_year, unit_id, stage, opened_at) VALUES (:year, :unit, 'THCS', now())",
    """
    INSERT INTO subjects (school_year, unit_id, stage, grade, code, name, kind, periods, position)
    SELECT :year, :unit, 'THCS', 6, code, code, kind, 70, position
    FROM unnest(CAST(:codes AS text[]), CAST(:kinds AS text[])) WITH ORDINALITY AS taught (code, kind, position)
    """,
    """
    INSERT INTO classes (school_year, id, unit_id, stage, name, grade, homeroom_id)
    SELECT :year, md5('class' || n)::uuid, :unit, 'THCS', '6.' || n, 6, :unit FROM generate_series(1, :classes) AS n
    """,
    """
    INSERT INTO enrolments (id, school_year, unit_id, class_id, pupil_id, code, position, version, began_on)
    SELECT gen_random_uuid(), :year, :unit, id, gen_random_uuid(), n::text, n, 1, DATE '2021-09-05'
    FROM classes, generate_series(1, :size) AS n WHERE school_year = :year
    """,
    """
    INSERT INTO sheets (school_year, id, unit_id, class_id, subject, term, teacher_id, chain_head)
    SELECT :year, gen_random_uuid(), :unit, c.id, s.code, term, :unit, ''
    FROM classes c JOIN subjects s USING (school_year, unit_id), generate_series(1, 2) AS term
    WHERE c.school_year = :year
    """,
    """
    INSERT INTO columns (school_year, sheet_id, id, key, kind, scale, position)
    SELECT :year, h.id, gen_random_uuid(), key, kind, CASE WHEN regular.is_scored THEN 'MARK' ELSE 'PASS' END, place
    FROM sheets h
    JOIN unnest(CAST(:codes AS text[]), CAST(:regular AS int[]), CAST(:scored AS bool[]))
        AS regular (subject, count, is_scored) USING (subject)
    CROSS JOIN LATERAL (
        SELECT 'tx' || n, 'REGULAR', n FROM generate_series(1, regular.count) AS n
        UNION ALL VALUES ('gk', 'MIDTERM', 98), ('ck', 'FINAL', 99)
    ) AS one (key, kind, place)
    WHERE h.school_year = :year
    """,
    """
    INSERT INTO cells (school_year, sheet_id, column_id, pupil_id, state, value, version)
    SELECT :year, h.id, k.id, e.pupil_id, 'VALUE',
           CASE k.scale WHEN 'PASS' THEN 'Đ' ELSE round((5 + 5 * random())::numeric, 1)::text END, 1
    FROM sheets h
    JOIN columns k ON (k.school_year, k.sheet_id) = (h.school_year, h.id)
    JOIN enrolments e ON (e.school_year, e.class_id) = (h.school_year, h.class_id)
    WHERE h.school_year = :year
    """,
    """
    INSERT INTO conduct (school_year, class_id, term, pupil_id, level, absences, unexcused, remark, version, person_id,
                         written_at)
    SELECT :year, class_id, term, pupil_id, 'Tốt', 1, 0, '', 1, :unit, now()
    FROM enrolments, generate_series(1, 2) AS term WHERE school_year = :year
    """,
)


def measure(instance: Instance, pupils: int) -> list[Figure]:
    """Pupils a second: read, judged and kept, class after class in batches."""
    db = Database(platform.database_url(instance, "gradebook"), pool=1)
    classes = max(1, pupils // CLASS_SIZE)
    _fill(db, classes)
    gc.freeze()  # as the services do
    started = time.perf_counter()
    judged = sum(_judge(db, batch) for batch in _batches(db))
    value = judged / (time.perf_counter() - started)
    return [
        Figure(
            name=f"year results of {judged:,} pupils made again, one core",
            value=value,
            unit="pupils/s",
            limit=_rules_alone(),
            limit_name="the rules alone",
            aim=AIM,
        )
    ]


def _fill(db: Database, classes: int) -> None:
    subjects = SCORED | COMMENT
    given = {
        "year": YEAR,
        "unit": new_id(),
        "classes": classes,
        "size": CLASS_SIZE,
        "codes": list(subjects),
        "kinds": ["SCORED" if code in SCORED else "COMMENT" for code in subjects],
        "scored": [code in SCORED for code in subjects],
        "regular": list(subjects.values()),
    }
    with db.transaction() as tx:
        school.make_partitions(tx, YEAR)
        tx.conn.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in FILL:
            tx.conn.execute(text(statement), given)
    with db.connection() as conn:
        conn.execute(text("SET statement_timeout = 0"))
        conn.execute(text("VACUUM ANALYZE cells"))


def _batches(db: Database) -> Iterator[list[ClassV1]]:
    with db.transaction() as tx:
        unit = tx.conn.execute(text("SELECT unit_id FROM school_years WHERE school_year = :year"), {"year": YEAR})
        classes = school.classes_of(tx, YEAR, unit.scalar_one())
    yield from (classes[first : first + BATCH] for first in range(0, len(classes), BATCH))


def _judge(db: Database, batch: list[ClassV1]) -> int:
    with db.transaction() as tx:
        judged = {
            known.of_class.id: [judge(known, pupil_id, Period.YEAR) for pupil_id in known.pupils]
            for known in class_marks(tx, batch)
        }
        results.add_results(tx, YEAR, Period.YEAR, judged)
    return sum(map(len, judged.values()))


def _rules_alone() -> float:
    """Pupils a second of the bare functions, their inputs being ready."""
    random.seed(1)
    years = [(_term(), _term()) for _ in range(PURE_PUPILS)]
    started = time.perf_counter()
    for first, second in years:
        judge_year(YearInput(first=judge_term(first), second=judge_term(second)))
    return PURE_PUPILS / (time.perf_counter() - started)


def _term() -> TermInput:
    scored = [_subject(code, SubjectKind.SCORED, count) for code, count in SCORED.items()]
    comment = [_subject(code, SubjectKind.COMMENT, count) for code, count in COMMENT.items()]
    return TermInput(subjects=(*scored, *comment), conduct=Level.GOOD, absences=1)


def _subject(code: str, kind: SubjectKind, regular: int) -> SubjectMarks:
    cells = [_cell(kind) for _ in range(regular + 2)]
    return SubjectMarks(code=code, name=code, kind=kind, regular=tuple(cells[:-2]), midterm=cells[-2], final=cells[-1])


def _cell(kind: SubjectKind) -> Cell:
    if kind is SubjectKind.COMMENT:
        return Cell(state=CellState.VALUE, value=CommentResult.ACHIEVED)
    return Cell(state=CellState.VALUE, value=Decimal(random.randint(50, 100)) / 10)  # noqa: S311 - marks, no secrets
