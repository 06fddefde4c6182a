"""Which pupils have their transcript, which may not be promoted: from enrolments, results, conduct, documents."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.chassis.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilState:
    """What decides whether a pupil has a transcript: the newest document's state, the lock, the promotion."""

    pupil_id: UUID
    state: str | None
    is_locked: bool
    promotion: str | None


def pupils_of_school(tx: Tx, school_year: int, unit_id: UUID) -> list[PupilState]:
    """The pupils who are at the school, or were until the year's end."""
    rows = tx.conn.execute(_PUPILS, {"school_year": school_year, "unit_id": unit_id})
    return [
        PupilState(pupil_id=row.pupil_id, state=row.state, is_locked=row.is_locked, promotion=row.promotion)
        for row in rows
    ]


def pupils_with_signs(tx: Tx, school_year: int, unit_id: UUID, *, absences: int) -> list[Row[Any]]:
    """The school's pupils with more absences than these, a level not achieved, or a year not passed."""
    given = {"school_year": school_year, "unit_id": unit_id, "absences": absences}
    return list(tx.conn.execute(_SIGNS, given))


_PUPILS = text("""
    SELECT e.pupil_id, d.state, r.pupil_id IS NOT NULL AS is_locked, r.promotion
    FROM enrolments e
    LEFT JOIN document_states d ON d.school_year = e.school_year AND d.pupil_id = e.pupil_id
    LEFT JOIN LATERAL (
        SELECT pupil_id, result ->> 'promotion' AS promotion FROM results
        WHERE school_year = e.school_year AND class_id = e.class_id AND period = 'YEAR' AND pupil_id = e.pupil_id
        ORDER BY version DESC LIMIT 1) r ON true
    WHERE e.school_year = :school_year AND e.unit_id = :unit_id
        AND (e.ended_on IS NULL OR e.ended_as = 'YEAR_ENDED')
""")
_SIGNS = text("""
    WITH here AS (
        SELECT e.pupil_id, e.code, e.position, c.id AS class_id, c.name AS class_name, c.grade
        FROM enrolments e JOIN classes c ON c.school_year = e.school_year AND c.id = e.class_id
        WHERE e.school_year = :school_year AND e.unit_id = :unit_id
            AND (e.ended_on IS NULL OR e.ended_as = 'YEAR_ENDED')
    ),
    absent AS (
        SELECT class_id, pupil_id, CAST(sum(absences) AS int) AS absences FROM conduct
        WHERE school_year = :school_year AND class_id IN (SELECT class_id FROM here)
        GROUP BY class_id, pupil_id  -- who changed the class brought the earlier one's along
    ),
    judged AS (
        SELECT DISTINCT ON (pupil_id, period) pupil_id, period, result ->> 'level' AS level,
               result ->> 'conduct' AS conduct, result ->> 'promotion' AS promotion
        FROM results
        WHERE school_year = :school_year AND class_id IN (SELECT class_id FROM here)
        ORDER BY pupil_id, period, version DESC
    ),
    signs AS (
        SELECT pupil_id,
               coalesce(bool_or(level IN ('Chưa đạt', 'Chưa hoàn thành') OR conduct = 'Chưa đạt')
                        FILTER (WHERE period <> 'YEAR'), false) AS is_not_achieved,
               coalesce(bool_or(promotion NOT IN ('', 'PROMOTED')) FILTER (WHERE period = 'YEAR'), false)
                   AS is_not_promoted
        FROM judged GROUP BY pupil_id
    )
    SELECT pupil_id, code, class_name, coalesce(absences, 0) AS absences,
           coalesce(is_not_achieved, false) AS is_not_achieved, coalesce(is_not_promoted, false) AS is_not_promoted
    FROM here LEFT JOIN absent USING (class_id, pupil_id) LEFT JOIN signs USING (pupil_id)
    WHERE absences > :absences OR is_not_achieved OR is_not_promoted
    ORDER BY grade, class_name, position, code
""")
