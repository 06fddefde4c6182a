"""Earlier years of pupils, as the papers of that time give them."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    CREATE TABLE given_years (
        school_year SMALLINT NOT NULL,
        pupil_id UUID NOT NULL,
        version INTEGER NOT NULL,
        year JSONB NOT NULL,
        evidence VARCHAR NOT NULL,
        kept_by UUID NOT NULL,
        kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT given_years_pkey PRIMARY KEY (school_year, pupil_id, version)
    )
    """,
    "COMMENT ON COLUMN given_years.version IS 'the greatest one is in force'",
    "COMMENT ON COLUMN given_years.year IS 'as it was given'",
    "COMMENT ON COLUMN given_years.evidence IS 'SHA-256 of the scanned paper'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
