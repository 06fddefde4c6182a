"""The one recount of entry, as SQL: who must have which cell, whether it is filled, and when it first was."""

from sqlalchemy import TextClause, text

# Who must have what: those in the class now, or at the year's end, who take the subject and are not exempt, in grades
# that keep no paper books any more. Who came to a first school of the year in term 2 owes nothing of term 1, unless a
# school elsewhere has told of it.
# Cells and history are fetched sheet by sheet (OFFSET 0 keeps it so): that is how their keys lie, whatever the size.
_EXPECTED = """
    WITH late AS MATERIALIZED (
        SELECT e.pupil_id
        FROM enrolments e
        JOIN classes c ON c.school_year = e.school_year AND c.id = e.class_id
        JOIN school_years y ON y.school_year = c.school_year AND y.unit_id = c.unit_id AND y.stage = c.stage
        WHERE e.school_year = :school_year AND e.unit_id = :unit_id AND e.began_on >= y.second_term_on
            AND NOT EXISTS (
                SELECT FROM enrolments f
                LEFT JOIN conduct r ON r.school_year = f.school_year AND r.class_id = f.class_id AND r.term = 1
                    AND r.pupil_id = f.pupil_id
                WHERE f.school_year = e.school_year AND f.pupil_id = e.pupil_id
                    AND (f.began_on < y.second_term_on OR r.pupil_id IS NOT NULL))
    ),
    heads AS MATERIALIZED (
        SELECT s.id AS sheet_id, s.term, s.subject, j.name AS subject_name, j.position AS subject_position,
               j.is_elective, c.id AS class_id, c.name AS class_name, c.grade
        FROM sheets s
        JOIN classes c ON c.school_year = s.school_year AND c.id = s.class_id
        JOIN subjects j ON j.school_year = s.school_year AND j.unit_id = s.unit_id AND j.stage = c.stage
            AND j.grade = c.grade AND j.code = s.subject
        JOIN school_years y ON y.school_year = s.school_year AND y.unit_id = s.unit_id AND y.stage = c.stage
            AND NOT c.grade = ANY(y.paper_grades)
        WHERE s.school_year = :school_year AND s.unit_id = :unit_id AND s.term = ANY(:terms)
            AND (CAST(:grade AS smallint) IS NULL OR c.grade = :grade)
            AND (CAST(:class_id AS uuid) IS NULL OR s.class_id = :class_id)
            AND (CAST(:subject AS text) IS NULL OR s.subject = :subject)
    ),
    taken AS MATERIALIZED (
        SELECT s.sheet_id, e.pupil_id, e.code, e.position, coalesce(h.has_cluster, false) AS has_cluster
        FROM heads s
        JOIN enrolments e ON e.school_year = :school_year AND e.class_id = s.class_id
            AND (e.ended_on IS NULL OR e.ended_as = 'YEAR_ENDED')
        LEFT JOIN choices h ON h.school_year = :school_year AND h.pupil_id = e.pupil_id AND h.subject = s.subject
        WHERE (NOT s.is_elective OR h.pupil_id IS NOT NULL)
            AND NOT (s.term = 1 AND e.pupil_id IN (SELECT pupil_id FROM late))
            AND NOT EXISTS (
                SELECT FROM exemptions x
                WHERE x.school_year = :school_year AND x.pupil_id = e.pupil_id AND x.subject = s.subject)
    ),
    kept AS MATERIALIZED (
        SELECT k.sheet_id, k.id AS column_id, k.key, k.position AS column_position, k.due_on, k.is_cluster
        FROM columns k JOIN heads USING (sheet_id)
        WHERE k.school_year = :school_year
    ),
    filled AS MATERIALIZED (
        SELECT x.* FROM heads CROSS JOIN LATERAL (
            SELECT column_id, pupil_id, state NOT IN ('EMPTY', 'MISSED_EXCUSED') AS is_entered
            FROM cells WHERE school_year = :school_year AND sheet_id = heads.sheet_id
            OFFSET 0) x
    ),
    expected AS (
        SELECT t.sheet_id, k.column_id, t.pupil_id, t.code, t.position, k.due_on,
               coalesce(x.is_entered, false) AS is_entered
        FROM taken t
        JOIN kept k ON k.sheet_id = t.sheet_id AND (NOT k.is_cluster OR t.has_cluster)
        LEFT JOIN filled x ON x.column_id = k.column_id AND x.pupil_id = t.pupil_id
    ),
"""
_COUNTED = """
    written AS (
        SELECT x.* FROM heads CROSS JOIN LATERAL (
            SELECT column_id, pupil_id, max(recorded_at) AS last_at,
                   min(recorded_at) FILTER (WHERE state NOT IN ('EMPTY', 'MISSED_EXCUSED')) AS first_at
            FROM mark_history WHERE school_year = :school_year AND sheet_id = heads.sheet_id
            GROUP BY column_id, pupil_id) x
    ),
    counted AS (
        SELECT e.*, w.last_at, CAST(w.first_at AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS first_on
        FROM expected e LEFT JOIN written w USING (column_id, pupil_id)
    ),
    by_column AS (
        SELECT column_id, count(*) AS expected, count(*) FILTER (WHERE is_entered) AS entered,
               count(*) FILTER (WHERE due_on < CASE WHEN is_entered THEN first_on ELSE :today END) AS late,
               count(*) FILTER (WHERE NOT is_entered AND due_on < :today) AS overdue, max(last_at) AS last_entry_at
        FROM counted GROUP BY column_id
    )
"""


def _query(*parts: str) -> TextClause:
    return text(" ".join(parts))


COLUMNS = _query(
    _EXPECTED,
    _COUNTED,
    """
    SELECT h.sheet_id, class_id, class_name, grade, subject, subject_name, key, due_on,
           b.expected, entered, late, last_entry_at
    FROM by_column b JOIN kept USING (column_id) JOIN heads h USING (sheet_id)
    ORDER BY grade, class_name, subject_position, subject, term, sheet_id, column_position
    """,
)
TOTAL = _query(
    _EXPECTED,
    _COUNTED,
    """
    SELECT CAST(coalesce(sum(b.expected), 0) AS int) AS expected, CAST(coalesce(sum(entered), 0) AS int) AS entered,
           CAST(coalesce(sum(late), 0) AS int) AS late
    FROM by_column b
    """,
)
LATE_CLASSES = _query(
    _EXPECTED,
    _COUNTED,
    """
    SELECT class_id, class_name, CAST(sum(b.expected) AS int) AS expected, CAST(sum(entered) AS int) AS entered,
           CAST(sum(late) AS int) AS late
    FROM by_column b JOIN kept USING (column_id) JOIN heads USING (sheet_id)
    GROUP BY class_id, class_name
    HAVING sum(overdue) > 0
    ORDER BY sum(overdue) DESC, class_name
    """,
)
MISSING = _query(
    _EXPECTED,
    """
    lacking AS (
        SELECT h.class_id, h.class_name, h.grade, h.term, 'MARK' AS kind, h.subject, k.key, e.code, e.position,
               h.subject_position, k.column_position
        FROM expected e JOIN kept k USING (column_id) JOIN heads h ON h.sheet_id = e.sheet_id
        WHERE NOT e.is_entered
        UNION ALL
        SELECT h.class_id, h.class_name, h.grade, h.term, 'COMMENT', h.subject, NULL, t.code, t.position,
               h.subject_position, 99
        FROM taken t JOIN heads h USING (sheet_id)
        WHERE NOT EXISTS (
            SELECT FROM comments o
            WHERE o.school_year = :school_year AND o.sheet_id = t.sheet_id AND o.pupil_id = t.pupil_id
                AND o.key = 'ck' AND o.text <> '')
        UNION ALL
        SELECT c.id, c.name, c.grade, asked.term, 'CONDUCT', NULL, NULL, e.code, e.position, 9999, 99
        FROM classes c
        JOIN school_years y ON y.school_year = c.school_year AND y.unit_id = c.unit_id AND y.stage = c.stage
            AND NOT c.grade = ANY(y.paper_grades)
        JOIN enrolments e ON e.school_year = c.school_year AND e.class_id = c.id
            AND (e.ended_on IS NULL OR e.ended_as = 'YEAR_ENDED')
        CROSS JOIN unnest(CAST(:terms AS smallint[])) AS asked (term)
        LEFT JOIN conduct r ON r.school_year = c.school_year AND r.class_id = c.id AND r.term = asked.term
            AND r.pupil_id = e.pupil_id
        WHERE c.school_year = :school_year AND c.unit_id = :unit_id
            AND (CAST(:class_id AS uuid) IS NULL OR c.id = :class_id)
            AND c.stage <> 'TH' AND r.level IS NULL
            AND NOT (asked.term = 1 AND e.pupil_id IN (SELECT pupil_id FROM late))
    )
    SELECT class_id, class_name, term, kind, subject, key, array_agg(code ORDER BY position, code) AS pupils
    FROM lacking
    GROUP BY class_id, class_name, grade, term, kind, subject, key, subject_position, column_position
    ORDER BY grade, class_name, term, subject_position, column_position
    """,
)
WEEKS = _query(
    _EXPECTED,
    _COUNTED,
    """
    , entries AS (
        SELECT CAST(date_trunc('week', due_on) AS date) AS begins_on, 1 AS planned, 0 AS entered
        FROM counted WHERE due_on IS NOT NULL
        UNION ALL
        SELECT CAST(date_trunc('week', first_on) AS date), 0, 1
        FROM counted WHERE is_entered AND first_on IS NOT NULL
    )
    SELECT begins_on, sum(planned) AS planned, sum(entered) AS entered FROM entries
    GROUP BY begins_on ORDER BY begins_on
    """,
)
UNPLANNED = _query(_EXPECTED, "unplanned AS (SELECT FROM expected WHERE due_on IS NULL) SELECT count(*) FROM unplanned")
