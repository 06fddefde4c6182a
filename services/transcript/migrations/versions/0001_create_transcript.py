"""Ready classes, freezes, transcripts, received transcripts."""

from alembic import op

from services.chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE freezes (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        requested_by UUID NOT NULL,
        requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expected INTEGER NOT NULL,
        CONSTRAINT freezes_pkey PRIMARY KEY (school_year, class_id)
    )
    """,
    "COMMENT ON COLUMN freezes.requested_by IS 'the account that authorised it'",
    "COMMENT ON COLUMN freezes.expected IS '-1 until the class''s results have been read'",
    """
    CREATE TABLE ready_classes (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        unit_id UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT ready_classes_pkey PRIMARY KEY (school_year, class_id)
    )
    """,
    "COMMENT ON COLUMN ready_classes.version IS 'of the event that locked the year''s results'",
    """
    CREATE TABLE received (
        transcript_id UUID NOT NULL,
        unit_id UUID NOT NULL,
        transfer_id UUID NOT NULL,
        school_year SMALLINT NOT NULL,
        pupil_id UUID NOT NULL,
        version INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        xml VARCHAR NOT NULL,
        pdf VARCHAR NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT received_pkey PRIMARY KEY (transcript_id, unit_id)
    )
    """,
    "COMMENT ON COLUMN received.unit_id IS 'the school that keeps it since the transfer'",
    "CREATE INDEX received_pupil_id_idx ON received (pupil_id, unit_id)",
    """
    CREATE TABLE transcripts (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        class_id UUID NOT NULL,
        unit_id UUID NOT NULL,
        pupil_id UUID NOT NULL,
        version INTEGER NOT NULL,
        state VARCHAR NOT NULL CONSTRAINT transcripts_state_check
            CHECK (state IN ('PARKED', 'FROZEN', 'SIGNING', 'ISSUED', 'REVOKED')),
        reason VARCHAR,
        code VARCHAR,
        canonical VARCHAR,
        frozen_xml VARCHAR,
        frozen_pdf VARCHAR,
        slots JSONB,
        boxes JSONB,
        school_name VARCHAR,
        pupil_initials VARCHAR,
        frozen_at TIMESTAMP WITH TIME ZONE,
        xml VARCHAR,
        pdf VARCHAR,
        signatures INTEGER DEFAULT '0' NOT NULL,
        issued_at TIMESTAMP WITH TIME ZONE,
        revoked_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT transcripts_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT transcripts_school_year_pupil_id_version_key UNIQUE (school_year, pupil_id, version),
        CONSTRAINT transcripts_frozen_check CHECK ((state = 'PARKED') = (canonical IS NULL)),
        CONSTRAINT transcripts_issued_check CHECK (state NOT IN ('ISSUED', 'REVOKED') OR issued_at IS NOT NULL),
        CONSTRAINT transcripts_code_key UNIQUE (code)
    )
    """,
    "COMMENT ON COLUMN transcripts.reason IS 'why it is parked or revoked'",
    "COMMENT ON COLUMN transcripts.code IS 'public: 26 Crockford characters over 128 random bits'",
    "COMMENT ON COLUMN transcripts.canonical IS 'SHA-256 of the canonical data, as of every file here'",
    "COMMENT ON COLUMN transcripts.xml IS 'the newest file, signed so far'",
    "CREATE INDEX transcripts_class_id_idx ON transcripts (school_year, class_id)",
    "CREATE INDEX transcripts_pupil_id_idx ON transcripts (pupil_id)",
)

FROZEN_STAYS = """
    CREATE FUNCTION refuse_change_of_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (OLD.canonical, OLD.code, OLD.version, OLD.pupil_id, OLD.frozen_xml, OLD.frozen_pdf, OLD.slots,
            OLD.frozen_at)
           IS DISTINCT FROM
           (NEW.canonical, NEW.code, NEW.version, NEW.pupil_id, NEW.frozen_xml, NEW.frozen_pdf, NEW.slots,
            NEW.frozen_at)
        THEN
            RAISE EXCEPTION 'transcript % is frozen', OLD.id;
        END IF;
        RETURN NEW;
    END $$
"""

GUARDS = (
    """
    CREATE TRIGGER frozen_stays BEFORE UPDATE ON transcripts
    FOR EACH ROW WHEN (OLD.state <> 'PARKED') EXECUTE FUNCTION refuse_change_of_frozen()
    """,
    """
    CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'transcripts are kept for life';
    END $$
    """,
    """
    CREATE TRIGGER kept_for_life BEFORE DELETE ON transcripts
    FOR EACH ROW WHEN (OLD.state <> 'PARKED') EXECUTE FUNCTION refuse_deletion()
    """,
    """
    CREATE TRIGGER not_truncated BEFORE TRUNCATE ON transcripts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_deletion()
    """,
)


def upgrade() -> None:
    create_chassis_tables()
    for statement in (*STATEMENTS, FROZEN_STAYS, *GUARDS):
        op.execute(statement)
