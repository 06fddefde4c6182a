"""Signed class sheets get evidence as documents do; the table of evidence holds their ids too."""

from alembic import op

revision = "0014"
down_revision = "0013"

STATEMENTS = (
    "ALTER TABLE evidence DROP CONSTRAINT evidence_school_year_transcript_id_version_fkey",
    "ALTER TABLE evidence DROP CONSTRAINT evidence_form_check",
    "ALTER TABLE evidence ADD CONSTRAINT evidence_form_check CHECK (form IN ('XML', 'PDF', 'SHEET'))",
    "COMMENT ON COLUMN evidence.transcript_id IS 'or the id of a class sheet'",
    "COMMENT ON COLUMN evidence.version IS 'of the transcript, or the number of a class sheet'",
    "COMMENT ON COLUMN class_sheet_signatures.file IS 'SHA-256 of the file with statement, signature and evidence'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
