"""An issued transcript takes files over that hold more evidence beside the same signatures."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    "ALTER TABLE transcripts ADD COLUMN revision INTEGER DEFAULT 0 NOT NULL",
    "COMMENT ON COLUMN transcripts.revision IS 'of the files since they are issued'",
    """
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
                                          ('SIGNING', 'ISSUED'), ('ISSUED', 'ISSUED'), ('ISSUED', 'REVOKED'))
        THEN
            RAISE EXCEPTION 'transcript % does not go from % to %', OLD.id, OLD.state, NEW.state;
        END IF;
        IF OLD.state = 'ISSUED' AND (OLD.signatures, OLD.issued_at) IS DISTINCT FROM (NEW.signatures, NEW.issued_at)
           OR OLD.state = 'ISSUED' AND NEW.state = 'ISSUED' AND NEW.revision <= OLD.revision
           OR NEW.signatures < OLD.signatures
           OR NEW.state = 'REVOKED' AND (OLD.xml, OLD.pdf) IS DISTINCT FROM (NEW.xml, NEW.pdf)
        THEN
            RAISE EXCEPTION 'transcript % keeps its signed bytes', OLD.id;
        END IF;
        RETURN NEW;
    END $$
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
