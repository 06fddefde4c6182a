"""Scanned papers that changes rest on."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    """
    CREATE TABLE evidence (
        unit_id UUID NOT NULL,
        file VARCHAR NOT NULL,
        content_type VARCHAR NOT NULL,
        sent_by UUID NOT NULL,
        sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT evidence_pkey PRIMARY KEY (unit_id, file)
    )
    """,
    "COMMENT ON COLUMN evidence.file IS 'SHA-256'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
