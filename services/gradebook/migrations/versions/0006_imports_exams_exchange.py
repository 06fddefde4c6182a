"""Previews of imports, centralised exams, and what is exchanged with the national database.

A partition of a year that is open already is given to each new table that grows with marks.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

IMPORTS = (
    """
    CREATE TABLE imports (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        kind VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        layout VARCHAR NOT NULL,
        file VARCHAR NOT NULL,
        file_name VARCHAR NOT NULL,
        previewed_by UUID NOT NULL,
        previewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        applied_at TIMESTAMP WITH TIME ZONE,
        content JSONB NOT NULL,
        report JSONB NOT NULL,
        applied JSONB,
        CONSTRAINT imports_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT imports_kind_check CHECK (kind IN ('MARKS', 'PUPILS')),
        CONSTRAINT imports_state_check CHECK (state IN ('PREVIEWED', 'APPLIED', 'EXPIRED'))
    )
    """,
    "COMMENT ON COLUMN imports.file IS 'SHA-256 of the object, which stays'",
    "COMMENT ON COLUMN imports.content IS 'rows and versions to apply; empty once that is over'",
    "COMMENT ON COLUMN imports.applied IS 'what was written'",
    "CREATE INDEX imports_unit_id_idx ON imports (school_year, unit_id, state)",
)


EXAMS = (
    """
    CREATE TABLE exams (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        name VARCHAR NOT NULL,
        subjects VARCHAR[] NOT NULL,
        opened_by UUID NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT exams_pkey PRIMARY KEY (school_year, id)
    )
    """,
    "COMMENT ON COLUMN exams.subjects IS 'as the results files head them'",
    "CREATE INDEX exams_unit_id_idx ON exams (school_year, unit_id)",
    """
    CREATE TABLE exam_candidates (
        school_year SMALLINT NOT NULL,
        exam_id UUID NOT NULL,
        code VARCHAR NOT NULL,
        pupil_id UUID NOT NULL,
        CONSTRAINT exam_candidates_pkey PRIMARY KEY (school_year, exam_id, code),
        CONSTRAINT exam_candidates_school_year_exam_id_fkey
            FOREIGN KEY (school_year, exam_id) REFERENCES exams (school_year, id)
    )
    """,
    "COMMENT ON COLUMN exam_candidates.code IS 'số báo danh, or the pupil''s own code'",
    "CREATE INDEX exam_candidates_pupil_id_idx ON exam_candidates (school_year, exam_id, pupil_id)",
    """
    CREATE TABLE exam_marks (
        school_year SMALLINT NOT NULL,
        exam_id UUID NOT NULL,
        code VARCHAR NOT NULL,
        subject VARCHAR NOT NULL,
        version INTEGER NOT NULL,
        value NUMERIC(4, 2) NOT NULL,
        account_id UUID NOT NULL,
        person_id UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT exam_marks_pkey PRIMARY KEY (school_year, exam_id, code, subject, version),
        CONSTRAINT exam_marks_value_check CHECK (value BETWEEN 0 AND 10)
    )
    PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN exam_marks.version IS 'the greatest one is in force'",
    """
    CREATE TRIGGER exam_marks_append_only BEFORE UPDATE OR DELETE ON exam_marks
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER exam_marks_not_truncated BEFORE TRUNCATE ON exam_marks
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TABLE exam_imports (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        exam_id UUID NOT NULL,
        file VARCHAR NOT NULL,
        imported_by UUID NOT NULL,
        imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
        rows JSONB NOT NULL,
        marks INTEGER NOT NULL,
        CONSTRAINT exam_imports_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT exam_imports_school_year_exam_id_fkey
            FOREIGN KEY (school_year, exam_id) REFERENCES exams (school_year, id)
    )
    """,
    "COMMENT ON COLUMN exam_imports.file IS 'SHA-256 of the object, which stays'",
    "COMMENT ON COLUMN exam_imports.rows IS 'how many of each state'",
    """
    CREATE TABLE exam_import_rows (
        school_year SMALLINT NOT NULL,
        import_id UUID NOT NULL,
        row INTEGER NOT NULL,
        code VARCHAR NOT NULL,
        state VARCHAR NOT NULL,
        vi VARCHAR,
        en VARCHAR,
        CONSTRAINT exam_import_rows_pkey PRIMARY KEY (school_year, import_id, row)
    )
    PARTITION BY LIST (school_year)
    """,
)

EXCHANGE = (
    """
    CREATE TABLE exchanges (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        period VARCHAR NOT NULL,
        file VARCHAR NOT NULL,
        records INTEGER NOT NULL,
        parked INTEGER NOT NULL,
        exported_by UUID NOT NULL,
        exported_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT exchanges_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT exchanges_period_check CHECK (period IN ('TERM_1', 'TERM_2', 'YEAR'))
    )
    """,
    "COMMENT ON COLUMN exchanges.file IS 'SHA-256 of the records as they left, one JSON object a line'",
    "CREATE INDEX exchanges_unit_id_idx ON exchanges (school_year, unit_id, period)",
    """
    CREATE TABLE exchange_records (
        school_year SMALLINT NOT NULL,
        exchange_id UUID NOT NULL,
        record_id UUID NOT NULL,
        class_id UUID NOT NULL,
        pupil_id UUID NOT NULL,
        version INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        errors JSONB NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT exchange_records_pkey PRIMARY KEY (school_year, exchange_id, record_id),
        CONSTRAINT exchange_records_state_check CHECK (state IN ('PARKED', 'SENT', 'ACCEPTED', 'REFUSED'))
    )
    PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN exchange_records.record_id IS 'idbanghi: one for each pupil and period'",
    "COMMENT ON COLUMN exchange_records.version IS 'phienban: the result''s'",
    "COMMENT ON COLUMN exchange_records.errors IS 'in the hub''s own words'",
)

PARTITIONS = """
    DO $$ DECLARE open_year smallint; new_table text; BEGIN
        FOR open_year IN SELECT DISTINCT school_year FROM school_years LOOP
            FOREACH new_table IN ARRAY ARRAY['exam_marks', 'exam_import_rows', 'exchange_records'] LOOP
                EXECUTE format(
                    'CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES IN (%s)',
                    new_table || '_y' || open_year, new_table, open_year);
            END LOOP;
            EXECUTE format(
                'CREATE TRIGGER exam_marks_not_truncated BEFORE TRUNCATE ON exam_marks_y%s
                 FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', open_year);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    for statement in (*IMPORTS, *EXAMS, *EXCHANGE, PARTITIONS):
        op.execute(statement)
