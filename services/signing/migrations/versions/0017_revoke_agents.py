"""An agent that was let in can be shut out again, and by whom it was is kept."""

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = (
    "ALTER TABLE agents ADD COLUMN revoked_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE agents ADD COLUMN revoked_by UUID",
    "COMMENT ON COLUMN agents.revoked_at IS 'let in no more since'",
    "COMMENT ON COLUMN agents.revoked_by IS 'the person'",
    """
    ALTER TABLE agents ADD CONSTRAINT agents_revoked_check CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
    """,
    "CREATE INDEX agents_holder_idx ON agents (holder)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
