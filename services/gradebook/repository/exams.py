"""Centralised exams; a whole province's file goes in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.gradebook.exams import ExamImportV1, ExamMarkV1, ExamRow, ExamRowState, ExamV1
from services.gradebook.models.exams import exam_import_rows, exam_imports, exams

EXAM = ("id", "school_year", "unit_id", "name", "opened_by", "opened_at")
IMPORT = ("id", "school_year", "exam_id", "file", "imported_by", "imported_at", "rows", "marks")
ROW = ("row", "code", "state", "vi", "en")


def insert_exam(tx: Tx, exam: ExamV1) -> None:
    row = {name: getattr(exam, name) for name in EXAM}
    tx.conn.execute(insert(exams).values(row | {"subjects": list(exam.subjects)}))


def find_exam(tx: Tx, school_year: int, exam_id: UUID, *, to_write: bool = False) -> ExamV1 | None:
    """The exam, to be written held, so that its marks get one version after another."""
    query = select(exams).where(exams.c.school_year == school_year, exams.c.id == exam_id)
    row = tx.conn.execute(query.with_for_update() if to_write else query).first()
    return _exam(row) if row else None


def exams_of(tx: Tx, school_year: int, unit_ids: Collection[UUID]) -> list[ExamV1]:
    mine = (exams.c.school_year == school_year) & exams.c.unit_id.in_(list(unit_ids))
    return [_exam(row) for row in tx.conn.execute(select(exams).where(mine).order_by(exams.c.opened_at))]


def register(tx: Tx, exam: ExamV1, unit_ids: Collection[UUID], pairs: Mapping[str, str]) -> set[str]:
    """Make these codes those of the pupils who are enrolled in the units under the other code; gives whose are now.

    A code that has marks stays its pupil's, and a pupil who has marks stays with that code.
    """
    given = _place(exam) | {"unit_ids": list(unit_ids), "codes": list(pairs), "pupil_codes": list(pairs.values())}
    return set(tx.conn.scalars(_REGISTER, given))


def candidates_among(tx: Tx, exam: ExamV1, codes: Collection[str]) -> set[str]:
    return set(tx.conn.scalars(_CANDIDATES, _place(exam) | {"codes": list(codes)}))


def write_marks(tx: Tx, exam: ExamV1, marks: Sequence[tuple[str, str, Decimal]], by: Actor) -> list[str]:
    """Add those that differ from what is in force, each a version further; gives the code of each. Exam held."""
    lists = {name: [one[place] for one in marks] for place, name in enumerate(("codes", "subjects", "values"))}
    by_whom = {"account_id": by.account_id, "person_id": by.person_id, "recorded_at": tx.now()}
    return list(tx.conn.scalars(_WRITE, _place(exam) | lists | by_whom))


def marks_of(tx: Tx, exam: ExamV1, unit_id: UUID, subject: str) -> list[ExamMarkV1]:
    """What is in force of the candidates who are pupils of the unit, by code."""
    rows = tx.conn.execute(_MARKS, _place(exam) | {"unit_id": unit_id, "subject": subject})
    return [ExamMarkV1(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name


def insert_import(tx: Tx, summary: ExamImportV1, rows: Sequence[ExamRow]) -> None:
    tx.conn.execute(insert(exam_imports).values({name: getattr(summary, name) for name in IMPORT}))
    lists = {name: [getattr(row, name) for row in rows] for name in ROW}
    tx.conn.execute(_ADD_ROWS, {"school_year": summary.school_year, "import_id": summary.id} | lists)


def find_import(tx: Tx, school_year: int, import_id: UUID) -> ExamImportV1 | None:
    mine = (exam_imports.c.school_year == school_year) & (exam_imports.c.id == import_id)
    row = tx.conn.execute(select(exam_imports).where(mine)).first()
    return ExamImportV1(**{name: getattr(row, name) for name in IMPORT}) if row else None


def rows_after(tx: Tx, of: ExamImportV1, state: ExamRowState | None, *, after: int, limit: int) -> list[ExamRow]:
    """So many rows of the file after that one, in its order."""
    mine = (exam_import_rows.c.school_year == of.school_year) & (exam_import_rows.c.import_id == of.id)
    mine &= exam_import_rows.c.row > after
    if state is not None:
        mine &= exam_import_rows.c.state == state
    rows = tx.conn.execute(select(exam_import_rows).where(mine).order_by(exam_import_rows.c.row).limit(limit))
    return [ExamRow(**{name: getattr(row, name) for name in ROW} | {"state": ExamRowState(row.state)}) for row in rows]


def _exam(row: Any) -> ExamV1:
    return ExamV1(**{name: getattr(row, name) for name in EXAM}, subjects=tuple(row.subjects))


def _place(exam: ExamV1) -> dict[str, Any]:
    return {"school_year": exam.school_year, "exam_id": exam.id}


_CANDIDATES = text("""
    SELECT code FROM exam_candidates
    WHERE school_year = :school_year AND exam_id = :exam_id AND code = ANY(CAST(:codes AS text[]))
""")
_REGISTER = text("""
    WITH marked AS MATERIALIZED (
        SELECT code, pupil_id FROM exam_candidates c
        WHERE school_year = :school_year AND exam_id = :exam_id AND EXISTS (
            SELECT FROM exam_marks m
            WHERE m.school_year = c.school_year AND m.exam_id = c.exam_id AND m.code = c.code)
    )
    INSERT INTO exam_candidates (school_year, exam_id, code, pupil_id)
    SELECT DISTINCT ON (given.code) :school_year, CAST(:exam_id AS uuid), given.code, e.pupil_id
    FROM unnest(CAST(:codes AS text[]), CAST(:pupil_codes AS text[])) AS given (code, pupil_code)
    JOIN enrolments e ON e.school_year = :school_year AND e.code = given.pupil_code
        AND e.unit_id = ANY(CAST(:unit_ids AS uuid[])) AND (e.ended_on IS NULL OR e.ended_as = 'YEAR_ENDED')
    WHERE NOT EXISTS (SELECT FROM marked WHERE marked.code = given.code AND marked.pupil_id <> e.pupil_id)
      AND NOT EXISTS (SELECT FROM marked WHERE marked.pupil_id = e.pupil_id AND marked.code <> given.code)
    ORDER BY given.code, e.version DESC
    ON CONFLICT (school_year, exam_id, code) DO UPDATE SET pupil_id = excluded.pupil_id
    RETURNING code
""")
_WRITE = text("""
    WITH in_force AS (
        SELECT DISTINCT ON (code, subject) code, subject, version, value FROM exam_marks
        WHERE school_year = :school_year AND exam_id = :exam_id
        ORDER BY code, subject, version DESC
    )
    INSERT INTO exam_marks
        (school_year, exam_id, code, subject, version, value, account_id, person_id, recorded_at)
    SELECT :school_year, :exam_id, given.code, given.subject, coalesce(in_force.version, 0) + 1, given.value,
           :account_id, :person_id, :recorded_at
    FROM unnest(CAST(:codes AS text[]), CAST(:subjects AS text[]), CAST(:values AS numeric[]))
         AS given (code, subject, value)
    LEFT JOIN in_force USING (code, subject)
    WHERE in_force.value IS DISTINCT FROM given.value
    RETURNING code
""")
_MARKS = text("""
    SELECT DISTINCT ON (m.code) m.code, c.pupil_id, m.subject, m.value, m.version
    FROM exam_marks m
    JOIN exam_candidates c USING (school_year, exam_id, code)
    WHERE m.school_year = :school_year AND m.exam_id = :exam_id AND m.subject = :subject
      AND c.pupil_id IN (
        SELECT pupil_id FROM enrolments WHERE school_year = :school_year AND unit_id = :unit_id
           AND (ended_on IS NULL OR ended_as = 'YEAR_ENDED'))
    ORDER BY m.code, m.version DESC
""")
_ADD_ROWS = text("""
    INSERT INTO exam_import_rows (school_year, import_id, row, code, state, vi, en)
    SELECT :school_year, :import_id, * FROM unnest(
        CAST(:row AS int[]), CAST(:code AS text[]), CAST(:state AS text[]), CAST(:vi AS text[]), CAST(:en AS text[]))
""")
