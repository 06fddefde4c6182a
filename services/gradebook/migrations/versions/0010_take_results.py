"""Which pupils' results transcripts are being made of."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    "COMMENT ON COLUMN document_states.state IS 'of the pupil''s newest transcript: FROZEN, ISSUED, REVOKED'",
    """
    INSERT INTO document_states (school_year, pupil_id, version, state)
    SELECT school_year, pupil_id, 1, 'FROZEN' FROM (
        SELECT DISTINCT ON (r.school_year, r.class_id, r.pupil_id)
            r.school_year, r.pupil_id, r.result ->> 'promotion' AS promotion
        FROM results r JOIN classes c ON c.school_year = r.school_year AND c.id = r.class_id
        WHERE r.period = 'YEAR' AND c.frozen_at IS NOT NULL
        ORDER BY r.school_year, r.class_id, r.pupil_id, r.version DESC
    ) AS newest
    WHERE promotion IN ('PROMOTED', 'NOT_PROMOTED')
    ON CONFLICT DO NOTHING
    """,
    "ALTER TABLE classes DROP COLUMN frozen_at",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
