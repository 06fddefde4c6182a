"""The life cycle kept by the database, and the register of copies handed out."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    ALTER TABLE transcripts ADD CONSTRAINT transcripts_reason_check
        CHECK ((state IN ('PARKED', 'REVOKED')) = (reason IS NOT NULL))
    """,
    """
    ALTER TABLE transcripts ADD CONSTRAINT transcripts_revoked_check
        CHECK ((state = 'REVOKED') = (revoked_at IS NOT NULL))
    """,
    """
    CREATE UNIQUE INDEX transcripts_one_in_force_key ON transcripts (school_year, pupil_id)
        WHERE state <> 'REVOKED'
    """,
    """
    CREATE TABLE copies (
        id UUID NOT NULL,
        kind VARCHAR NOT NULL CONSTRAINT copies_kind_check CHECK (kind IN ('RECORD', 'EXTRACT', 'CLASS')),
        unit_id UUID NOT NULL,
        pupil_ids UUID[] NOT NULL,
        codes VARCHAR[] NOT NULL,
        recipient VARCHAR NOT NULL CONSTRAINT copies_recipient_check CHECK (recipient <> ''),
        reason VARCHAR NOT NULL CONSTRAINT copies_reason_check CHECK (reason <> ''),
        account_id UUID NOT NULL,
        handed_out_by UUID NOT NULL,
        handed_out_at TIMESTAMP WITH TIME ZONE NOT NULL,
        file VARCHAR NOT NULL,
        CONSTRAINT copies_pkey PRIMARY KEY (id)
    )
    """,
    "COMMENT ON COLUMN copies.unit_id IS 'the school that handed it out'",
    "COMMENT ON COLUMN copies.codes IS 'of the transcripts printed'",
    "COMMENT ON COLUMN copies.file IS 'SHA-256 of the printout'",
    "CREATE INDEX copies_unit_id_idx ON copies (unit_id, handed_out_at)",
    "CREATE INDEX copies_pupil_ids_idx ON copies USING gin (pupil_ids)",
)

FROZEN_STAYS = """
    CREATE OR REPLACE FUNCTION refuse_change_of_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (OLD.school_year, OLD.id, OLD.class_id, OLD.unit_id, OLD.pupil_id, OLD.version, OLD.code, OLD.canonical,
            OLD.frozen_xml, OLD.frozen_pdf, OLD.slots, OLD.boxes, OLD.school_name, OLD.pupil_initials, OLD.frozen_at)
           IS DISTINCT FROM
           (NEW.school_year, NEW.id, NEW.class_id, NEW.unit_id, NEW.pupil_id, NEW.version, NEW.code, NEW.canonical,
            NEW.frozen_xml, NEW.frozen_pdf, NEW.slots, NEW.boxes, NEW.school_name, NEW.pupil_initials, NEW.frozen_at)
        THEN
            RAISE EXCEPTION 'transcript % is frozen', OLD.id;
        END IF;
        IF (OLD.state, NEW.state) NOT IN (('FROZEN', 'SIGNING'), ('FROZEN', 'ISSUED'), ('SIGNING', 'SIGNING'),
                                          ('SIGNING', 'ISSUED'), ('ISSUED', 'REVOKED'))
        THEN
            RAISE EXCEPTION 'transcript % does not go from % to %', OLD.id, OLD.state, NEW.state;
        END IF;
        IF NEW.signatures < OLD.signatures OR NEW.state = 'REVOKED' AND
           (OLD.xml, OLD.pdf, OLD.signatures, OLD.issued_at)
           IS DISTINCT FROM (NEW.xml, NEW.pdf, NEW.signatures, NEW.issued_at)
        THEN
            RAISE EXCEPTION 'transcript % keeps its signed bytes', OLD.id;
        END IF;
        RETURN NEW;
    END $$
"""

GUARDS = (
    """
    CREATE FUNCTION refuse_late_beginning() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a transcript begins parked or frozen, without signatures';
    END $$
    """,
    """
    CREATE TRIGGER begins_at_the_beginning BEFORE INSERT ON transcripts
    FOR EACH ROW WHEN (NEW.state NOT IN ('PARKED', 'FROZEN') OR NEW.signatures <> 0 OR NEW.issued_at IS NOT NULL)
    EXECUTE FUNCTION refuse_late_beginning()
    """,
    """
    CREATE TRIGGER parked_is_frozen_first BEFORE UPDATE ON transcripts
    FOR EACH ROW WHEN (OLD.state = 'PARKED' AND NEW.state NOT IN ('PARKED', 'FROZEN'))
    EXECUTE FUNCTION refuse_late_beginning()
    """,
    """
    CREATE FUNCTION refuse_change_of_register() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the register of copies is only ever added to';
    END $$
    """,
    """
    CREATE TRIGGER register_stays BEFORE UPDATE OR DELETE ON copies
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_register()
    """,
    """
    CREATE TRIGGER register_not_truncated BEFORE TRUNCATE ON copies
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_register()
    """,
)


def upgrade() -> None:
    for statement in (*STATEMENTS, FROZEN_STAYS, *GUARDS):
        op.execute(statement)
