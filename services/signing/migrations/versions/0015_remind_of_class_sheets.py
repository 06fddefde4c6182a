"""Since when class sheets wait for their teachers, and which of them still do."""

from alembic import op

revision = "0015"
down_revision = "0014"

STATEMENTS = (
    "ALTER TABLE class_sheets ADD COLUMN registered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL",
    "ALTER TABLE class_sheets ADD COLUMN completed_at TIMESTAMP WITH TIME ZONE",
    "COMMENT ON COLUMN class_sheets.completed_at IS 'when its signature was kept; null while it waits'",
    """
    UPDATE class_sheets SET completed_at = signed.signed_at FROM class_sheet_signatures signed
    WHERE signed.school_year = class_sheets.school_year AND signed.sheet_id = class_sheets.id
    """,
    "CREATE INDEX class_sheets_open_idx ON class_sheets (unit_id) WHERE completed_at IS NULL",
    "CREATE INDEX class_sheets_open_holder_idx ON class_sheets (holder) WHERE completed_at IS NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
