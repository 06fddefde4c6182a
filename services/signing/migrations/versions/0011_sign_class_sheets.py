"""Class sheets, which a subject's teacher signs once for all pupils of a class who were frozen together."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    """
    CREATE TABLE class_sheets (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        class_id UUID NOT NULL,
        unit_id UUID NOT NULL,
        subject VARCHAR NOT NULL,
        number INTEGER NOT NULL,
        holder UUID NOT NULL,
        name VARCHAR NOT NULL,
        size INTEGER NOT NULL,
        root VARCHAR NOT NULL,
        statement VARCHAR NOT NULL,
        CONSTRAINT class_sheets_pkey PRIMARY KEY (school_year, id)
    )
    """,
    "COMMENT ON COLUMN class_sheets.number IS 'of the class''s freezing'",
    "COMMENT ON COLUMN class_sheets.statement IS 'SHA-256 of the file that is signed'",
    "CREATE INDEX class_sheets_class_id_idx ON class_sheets (school_year, class_id)",
    "CREATE INDEX class_sheets_holder_idx ON class_sheets (school_year, holder)",
    """
    CREATE TABLE class_sheet_signatures (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        file VARCHAR NOT NULL,
        session_id UUID NOT NULL,
        authorised_by UUID NOT NULL,
        signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT class_sheet_signatures_pkey PRIMARY KEY (school_year, sheet_id),
        CONSTRAINT class_sheet_signatures_school_year_sheet_id_fkey
            FOREIGN KEY(school_year, sheet_id) REFERENCES class_sheets (school_year, id)
    )
    """,
    "COMMENT ON COLUMN class_sheet_signatures.file IS 'SHA-256 of the file with statement and signature'",
    "COMMENT ON COLUMN class_sheet_signatures.authorised_by IS 'the account that gave the PIN'",
    "COMMENT ON COLUMN session_items.transcript_id IS 'or the id of a class sheet'",
    "COMMENT ON COLUMN session_items.version IS 'of the transcript, or the number of a class sheet'",
    "ALTER TABLE agent_work DROP CONSTRAINT agent_work_part_check",
    "ALTER TABLE agent_work ADD CONSTRAINT agent_work_part_check CHECK (part IN ('XML', 'PDF', 'SHEET'))",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
