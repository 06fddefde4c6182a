"""Digitised copies stand beside originals, told from them by their origin.

What was unique of a pupil and year is so of originals alone from here on. Freezing in the release before names its
constraint and finds it gone: its tasks are refused and tried again, until that release is replaced.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

ORIGINAL, COPY = "origin = 'BORN_DIGITAL'", "origin = 'DIGITISED_COPY'"

COLUMNS = (
    """
    ALTER TABLE transcripts
        ADD COLUMN origin VARCHAR DEFAULT 'BORN_DIGITAL' NOT NULL
            CONSTRAINT transcripts_origin_check CHECK (origin IN ('BORN_DIGITAL', 'DIGITISED_COPY')),
        ADD COLUMN first_year SMALLINT,
        ADD COLUMN last_year SMALLINT,
        ADD COLUMN printed_school VARCHAR,
        ADD COLUMN scan VARCHAR,
        ADD COLUMN scan_type VARCHAR
    """,
    "COMMENT ON COLUMN transcripts.origin IS 'of a digitised copy class_id is the school''s own id'",
    "COMMENT ON COLUMN transcripts.first_year IS 'that the paper covers, as last_year'",
    "COMMENT ON COLUMN transcripts.printed_school IS 'the school''s name on the paper'",
    "COMMENT ON COLUMN transcripts.scan IS 'SHA-256 of what the copy was made from'",
    """
    ALTER TABLE transcripts ADD CONSTRAINT transcripts_paper_check CHECK (
        num_nonnulls(first_year, last_year, printed_school, scan, scan_type)
        = CASE origin WHEN 'DIGITISED_COPY' THEN 5 ELSE 0 END
        AND (origin = 'BORN_DIGITAL' OR state <> 'PARKED' AND class_id = unit_id AND first_year <= last_year)
    )
    """,
    "ALTER TABLE transcripts DROP CONSTRAINT transcripts_issued_check",
    """
    ALTER TABLE transcripts ADD CONSTRAINT transcripts_issued_check CHECK (
        state NOT IN ('ISSUED', 'REVOKED') OR issued_at IS NOT NULL OR state = 'REVOKED' AND origin = 'DIGITISED_COPY'
    )
    """,
    "ALTER TABLE received ADD COLUMN origin VARCHAR DEFAULT 'BORN_DIGITAL' NOT NULL",
)

UNIQUE = (
    "ALTER TABLE transcripts DROP CONSTRAINT transcripts_school_year_pupil_id_version_key",
    "DROP INDEX transcripts_one_in_force_key",
    f"CREATE UNIQUE INDEX transcripts_version_key ON transcripts (school_year, pupil_id, version) WHERE {ORIGINAL}",
    f"""
    CREATE UNIQUE INDEX transcripts_one_in_force_key ON transcripts (school_year, pupil_id)
        WHERE state <> 'REVOKED' AND {ORIGINAL}
    """,
    f"""
    CREATE UNIQUE INDEX transcripts_copy_version_key
        ON transcripts (pupil_id, unit_id, first_year, last_year, version) WHERE {COPY}
    """,
    f"""
    CREATE UNIQUE INDEX transcripts_one_copy_in_force_key ON transcripts (pupil_id, unit_id, first_year, last_year)
        WHERE state <> 'REVOKED' AND {COPY}
    """,
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
                                          ('SIGNING', 'ISSUED'), ('ISSUED', 'ISSUED'), ('ISSUED', 'REVOKED'))
           AND NOT (OLD.origin = 'DIGITISED_COPY' AND OLD.state IN ('FROZEN', 'SIGNING') AND NEW.state = 'REVOKED')
        THEN
            RAISE EXCEPTION 'transcript % does not go from % to %', OLD.id, OLD.state, NEW.state;
        END IF;
        IF OLD.state = 'ISSUED' AND (OLD.signatures, OLD.issued_at) IS DISTINCT FROM (NEW.signatures, NEW.issued_at)
           OR OLD.state = 'ISSUED' AND NEW.state = 'ISSUED' AND NEW.revision <= OLD.revision
           OR NEW.signatures < OLD.signatures
           OR NEW.state = 'REVOKED' AND (OLD.xml, OLD.pdf, OLD.signatures, OLD.issued_at)
              IS DISTINCT FROM (NEW.xml, NEW.pdf, NEW.signatures, NEW.issued_at)
        THEN
            RAISE EXCEPTION 'transcript % keeps its signed bytes', OLD.id;
        END IF;
        RETURN NEW;
    END $$
"""

GUARDS = (
    FROZEN_STAYS,
    """
    CREATE FUNCTION refuse_change_of_paper() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'transcript % stays what it is: an original, or a copy of this paper', OLD.id;
    END $$
    """,
    """
    CREATE TRIGGER paper_stays BEFORE UPDATE ON transcripts
    FOR EACH ROW WHEN (
        (OLD.origin, OLD.first_year, OLD.last_year, OLD.printed_school, OLD.scan, OLD.scan_type)
        IS DISTINCT FROM (NEW.origin, NEW.first_year, NEW.last_year, NEW.printed_school, NEW.scan, NEW.scan_type)
    ) EXECUTE FUNCTION refuse_change_of_paper()
    """,
)


def upgrade() -> None:
    for statement in (*COLUMNS, *UNIQUE, *GUARDS):
        op.execute(statement)
