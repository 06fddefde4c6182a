"""Since when a file waits for its first timestamp: signing goes on without one for a bounded time alone."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    "ALTER TABLE evidence ADD COLUMN entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL",
    "COMMENT ON COLUMN evidence.entered_at IS 'when the file was seen to be complete'",
    "CREATE INDEX evidence_entered_at_idx ON evidence (entered_at) WHERE level = 'B_B'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
