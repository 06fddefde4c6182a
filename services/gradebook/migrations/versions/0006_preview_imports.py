"""Files that people sent to be imported, with what their preview said."""

from alembic import op

revision = "0006"
down_revision = "0005"

IMPORTS = (
    """
    CREATE TABLE imports (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        kind VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        layout VARCHAR NOT NULL,
        file VARCHAR NOT NULL,
        file_name VARCHAR NOT NULL,
        previewed_by UUID NOT NULL,
        previewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        applied_at TIMESTAMP WITH TIME ZONE,
        content JSONB NOT NULL,
        report JSONB NOT NULL,
        applied JSONB,
        CONSTRAINT imports_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT imports_kind_check CHECK (kind IN ('MARKS', 'PUPILS')),
        CONSTRAINT imports_state_check CHECK (state IN ('PREVIEWED', 'APPLIED', 'EXPIRED'))
    )
    """,
    "COMMENT ON COLUMN imports.file IS 'SHA-256 of the object, which stays'",
    "COMMENT ON COLUMN imports.content IS 'rows and versions to apply; empty once that is over'",
    "COMMENT ON COLUMN imports.applied IS 'what was written'",
    "CREATE INDEX imports_unit_id_idx ON imports (school_year, unit_id, state)",
)


def upgrade() -> None:
    for statement in IMPORTS:
        op.execute(statement)
