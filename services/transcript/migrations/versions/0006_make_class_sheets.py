"""What a class's freezing draws its codes and salts from, and the class sheets that it makes."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    """
    CREATE TABLE freeze_batches (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        number INTEGER NOT NULL,
        seed BYTEA,
        frozen_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT freeze_batches_pkey PRIMARY KEY (school_year, class_id, number),
        CONSTRAINT freeze_batches_erased_check CHECK ((frozen_at IS NULL) = (seed IS NOT NULL))
    )
    """,
    "COMMENT ON COLUMN freeze_batches.number IS 'from 1'",
    "COMMENT ON COLUMN freeze_batches.seed IS 'what codes and salts come from; erased once they are frozen'",
    """
    CREATE UNIQUE INDEX freeze_batches_one_open_key ON freeze_batches (school_year, class_id)
        WHERE frozen_at IS NULL
    """,
    """
    CREATE TABLE class_sheets (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        class_id UUID NOT NULL,
        subject VARCHAR NOT NULL,
        number INTEGER NOT NULL,
        holder UUID NOT NULL,
        name VARCHAR NOT NULL,
        size INTEGER NOT NULL,
        root VARCHAR NOT NULL,
        statement VARCHAR NOT NULL,
        CONSTRAINT class_sheets_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT class_sheets_school_year_class_id_subject_number_holder_key
            UNIQUE (school_year, class_id, subject, number, holder),
        CONSTRAINT class_sheets_school_year_class_id_number_fkey
            FOREIGN KEY(school_year, class_id, number) REFERENCES freeze_batches (school_year, class_id, number)
    )
    """,
    "COMMENT ON COLUMN class_sheets.number IS 'of the freezing whose rows it holds'",
    "COMMENT ON COLUMN class_sheets.holder IS 'the teacher who signs it'",
    "COMMENT ON COLUMN class_sheets.root IS 'of the Merkle tree over its rows, in hexadecimal'",
    "COMMENT ON COLUMN class_sheets.statement IS 'SHA-256 of the file that is signed'",
    """
    CREATE FUNCTION refuse_change_of_class_sheets() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'class sheets are frozen: they are only ever added';
    END $$
    """,
    """
    CREATE TRIGGER class_sheets_stay BEFORE UPDATE OR DELETE ON class_sheets
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_class_sheets()
    """,
    """
    CREATE TRIGGER class_sheets_not_truncated BEFORE TRUNCATE ON class_sheets
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_class_sheets()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
