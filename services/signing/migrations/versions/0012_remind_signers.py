"""Since when documents wait, who was reminded of them, and of which certificates' ends was warned."""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = (
    "ALTER TABLE documents ADD COLUMN registered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL",
    "CREATE INDEX documents_open_idx ON documents (unit_id) WHERE completed_at IS NULL",
    "ALTER TABLE keys ADD COLUMN warned_days SMALLINT",
    "COMMENT ON COLUMN keys.warned_days IS 'of the last warning that its certificate ends: 30, 7, 1'",
    "CREATE INDEX keys_valid_to_idx ON keys (valid_to) WHERE retired_at IS NULL",
    """
    CREATE TABLE reminders (
        person_id UUID NOT NULL,
        id UUID NOT NULL,
        version INTEGER NOT NULL,
        told_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT reminders_pkey PRIMARY KEY (person_id),
        CONSTRAINT reminders_id_key UNIQUE (id)
    )
    """,
    "COMMENT ON COLUMN reminders.id IS 'of the person''s reminders, as events name them'",
    "COMMENT ON COLUMN reminders.version IS 'how many there were'",
    "COMMENT ON COLUMN reminders.told_at IS 'the last one'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
