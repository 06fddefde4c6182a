"""How far the signatures of each completed document have come towards lasting."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    "ALTER TABLE documents ADD COLUMN revision INTEGER DEFAULT 0 NOT NULL",
    "COMMENT ON COLUMN documents.revision IS 'of its files since it is complete; each brings evidence'",
    """
    CREATE TABLE evidence (
        school_year SMALLINT NOT NULL,
        transcript_id UUID NOT NULL,
        version INTEGER NOT NULL,
        form VARCHAR NOT NULL CONSTRAINT evidence_form_check CHECK (form IN ('XML', 'PDF')),
        level VARCHAR NOT NULL CONSTRAINT evidence_level_check CHECK (level IN ('B_B', 'B_T', 'B_LT', 'B_LTA')),
        stamped_at TIMESTAMP WITH TIME ZONE,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        tries INTEGER NOT NULL,
        why VARCHAR,
        CONSTRAINT evidence_pkey PRIMARY KEY (school_year, transcript_id, version, form),
        CONSTRAINT evidence_stamped_check CHECK ((level = 'B_B') = (stamped_at IS NULL)),
        CONSTRAINT evidence_school_year_transcript_id_version_fkey
            FOREIGN KEY(school_year, transcript_id, version) REFERENCES documents (school_year, transcript_id, version)
    )
    """,
    "COMMENT ON COLUMN evidence.level IS 'that all signatures of the file have reached'",
    "COMMENT ON COLUMN evidence.stamped_at IS 'what the newest timestamp says'",
    "COMMENT ON COLUMN evidence.due_at IS 'when the next step is tried'",
    "COMMENT ON COLUMN evidence.tries IS 'in vain, since the last step'",
    "COMMENT ON COLUMN evidence.why IS 'of the last try in vain'",
    "CREATE INDEX evidence_due_at_idx ON evidence (due_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
