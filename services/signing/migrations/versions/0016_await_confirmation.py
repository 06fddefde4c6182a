"""Sessions that wait for their holder's confirmation at a remote service, and why one stopped."""

from alembic import op

revision = "0016"
down_revision = "0015"

STATEMENTS = (
    "ALTER TABLE sessions ADD COLUMN awaits_confirmation BOOLEAN DEFAULT false NOT NULL",
    "COMMENT ON COLUMN sessions.awaits_confirmation IS 'of the holder at the remote service, until expires_at'",
    "ALTER TABLE sessions ADD COLUMN stopped_why VARCHAR",
    "COMMENT ON COLUMN sessions.stopped_why IS 'null where it goes on, or ended as it should'",
    """
    ALTER TABLE sessions ADD CONSTRAINT sessions_stopped_check
    CHECK (stopped_why IS NULL OR wrapped_secret IS NULL)
    """,
    """
    CREATE UNIQUE INDEX sessions_awaited_idx ON sessions (key_id)
    WHERE awaits_confirmation AND wrapped_secret IS NOT NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
