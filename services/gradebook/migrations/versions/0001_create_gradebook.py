"""School years, classes, enrolments, sheets with cells and history, windows, conduct, results."""

from alembic import op

from services.chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE cells (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        column_id UUID NOT NULL,
        pupil_id UUID NOT NULL,
        state VARCHAR NOT NULL CONSTRAINT cells_state_check
            CHECK (state IN ('EMPTY', 'VALUE', 'MISSED_EXCUSED', 'MISSED_UNEXCUSED', 'EXEMPT')),
        value VARCHAR,
        version INTEGER NOT NULL,
        CONSTRAINT cells_pkey PRIMARY KEY (school_year, sheet_id, column_id, pupil_id),
        CONSTRAINT cells_value_check CHECK ((state = 'VALUE') = (value IS NOT NULL))
    )
     PARTITION BY LIST (school_year)
    """,
    """
    CREATE TABLE columns (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        id UUID NOT NULL,
        key VARCHAR NOT NULL,
        kind VARCHAR NOT NULL CONSTRAINT columns_kind_check CHECK (kind IN ('REGULAR', 'MIDTERM', 'FINAL')),
        position SMALLINT NOT NULL,
        CONSTRAINT columns_pkey PRIMARY KEY (school_year, sheet_id, id),
        CONSTRAINT columns_school_year_sheet_id_key_key UNIQUE (school_year, sheet_id, key)
    )
     PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN columns.key IS 'tx1…, gk, ck'",
    """
    CREATE TABLE comments (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        pupil_id UUID NOT NULL,
        text VARCHAR NOT NULL,
        person_id UUID NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT comments_pkey PRIMARY KEY (school_year, sheet_id, pupil_id)
    )
     PARTITION BY LIST (school_year)
    """,
    """
    CREATE TABLE conduct (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        term SMALLINT NOT NULL CONSTRAINT conduct_term_check CHECK (term IN (1, 2)),
        pupil_id UUID NOT NULL,
        level VARCHAR NOT NULL CONSTRAINT conduct_level_check CHECK (level IN ('Tốt', 'Khá', 'Đạt', 'Chưa đạt')),
        absences INTEGER NOT NULL CONSTRAINT conduct_absences_check CHECK (absences >= 0),
        remark VARCHAR NOT NULL,
        person_id UUID NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT conduct_pkey PRIMARY KEY (school_year, class_id, term, pupil_id)
    )
     PARTITION BY LIST (school_year)
    """,
    """
    CREATE TABLE locks (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        period VARCHAR NOT NULL CONSTRAINT locks_period_check CHECK (period IN ('TERM_1', 'TERM_2', 'YEAR')),
        locked_by UUID NOT NULL,
        locked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT locks_pkey PRIMARY KEY (school_year, class_id, period)
    )
    """,
    """
    CREATE TABLE mark_history (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        seq INTEGER NOT NULL,
        column_id UUID NOT NULL,
        pupil_id UUID NOT NULL,
        version INTEGER NOT NULL,
        state VARCHAR NOT NULL CONSTRAINT mark_history_state_check
            CHECK (state IN ('EMPTY', 'VALUE', 'MISSED_EXCUSED', 'MISSED_UNEXCUSED', 'EXEMPT')),
        value VARCHAR,
        account_id UUID NOT NULL,
        person_id UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        hash VARCHAR NOT NULL,
        CONSTRAINT mark_history_pkey PRIMARY KEY (school_year, sheet_id, seq),
        CONSTRAINT mark_history_value_check CHECK ((state = 'VALUE') = (value IS NOT NULL)),
        CONSTRAINT mark_history_school_year_sheet_id_column_id_pupil_id_ve_ecce
            UNIQUE (school_year, sheet_id, column_id, pupil_id, version)
    )
     PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN mark_history.seq IS 'from 1, without gaps in a sheet'",
    "COMMENT ON COLUMN mark_history.hash IS 'SHA-256 over the row before and this row'",
    """
    CREATE TABLE results (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        period VARCHAR NOT NULL CONSTRAINT results_period_check CHECK (period IN ('TERM_1', 'TERM_2', 'YEAR')),
        pupil_id UUID NOT NULL,
        regulation VARCHAR NOT NULL,
        inputs_digest VARCHAR NOT NULL,
        result JSONB NOT NULL,
        CONSTRAINT results_pkey PRIMARY KEY (school_year, class_id, period, pupil_id)
    )
     PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN results.inputs_digest IS 'SHA-256 of what the rules were given'",
    """
    CREATE TABLE school_years (
        school_year SMALLINT NOT NULL,
        unit_id UUID NOT NULL,
        stage VARCHAR NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT school_years_pkey PRIMARY KEY (school_year, unit_id)
    )
    """,
    """
    CREATE TABLE sheets (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        class_id UUID NOT NULL,
        subject VARCHAR NOT NULL,
        term SMALLINT NOT NULL CONSTRAINT sheets_term_check CHECK (term IN (1, 2)),
        teacher_id UUID NOT NULL,
        history_rows INTEGER DEFAULT '0' NOT NULL,
        chain_head VARCHAR NOT NULL,
        CONSTRAINT sheets_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT sheets_school_year_class_id_subject_term_key UNIQUE (school_year, class_id, subject, term)
    )
     PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN sheets.chain_head IS 'hash of the newest history row'",
    "CREATE INDEX sheets_unit_id_idx ON sheets (school_year, unit_id)",
    """
    CREATE TABLE windows (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        term SMALLINT NOT NULL CONSTRAINT windows_term_check CHECK (term IN (1, 2)),
        kind VARCHAR NOT NULL CONSTRAINT windows_kind_check CHECK (kind IN ('MARKS', 'COMMENTS')),
        opens_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
        opened_by UUID NOT NULL,
        CONSTRAINT windows_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT windows_interval_check CHECK (closes_at >= opens_at)
    )
    """,
    "CREATE INDEX windows_unit_id_idx ON windows (school_year, unit_id, term, kind)",
    """
    CREATE TABLE classes (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        name VARCHAR NOT NULL,
        grade SMALLINT NOT NULL CONSTRAINT classes_grade_check CHECK (grade BETWEEN 1 AND 12),
        homeroom_id UUID NOT NULL,
        CONSTRAINT classes_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT classes_school_year_unit_id_name_key UNIQUE (school_year, unit_id, name),
        CONSTRAINT classes_school_year_unit_id_fkey
            FOREIGN KEY(school_year, unit_id) REFERENCES school_years (school_year, unit_id)
    )
    """,
    """
    CREATE TABLE subjects (
        school_year SMALLINT NOT NULL,
        unit_id UUID NOT NULL,
        grade SMALLINT NOT NULL,
        code VARCHAR NOT NULL,
        name VARCHAR NOT NULL,
        kind VARCHAR NOT NULL CONSTRAINT subjects_kind_check CHECK (kind IN ('SCORED', 'COMMENT')),
        periods INTEGER NOT NULL,
        position SMALLINT NOT NULL,
        CONSTRAINT subjects_pkey PRIMARY KEY (school_year, unit_id, grade, code),
        CONSTRAINT subjects_school_year_unit_id_fkey
            FOREIGN KEY(school_year, unit_id) REFERENCES school_years (school_year, unit_id)
    )
    """,
    "COMMENT ON COLUMN subjects.periods IS 'a year, without study-topic clusters'",
    "COMMENT ON COLUMN subjects.position IS 'order on the printed form'",
    """
    CREATE TABLE enrolments (
        id UUID NOT NULL,
        school_year SMALLINT NOT NULL,
        unit_id UUID NOT NULL,
        class_id UUID,
        pupil_id UUID NOT NULL,
        code VARCHAR NOT NULL,
        position INTEGER NOT NULL,
        version INTEGER NOT NULL,
        began_on DATE NOT NULL,
        ended_on DATE,
        CONSTRAINT enrolments_pkey PRIMARY KEY (id),
        CONSTRAINT enrolments_school_year_class_id_fkey
            FOREIGN KEY(school_year, class_id) REFERENCES classes (school_year, id),
        CONSTRAINT enrolments_interval_check CHECK (ended_on >= began_on),
        CONSTRAINT enrolments_pupil_id_version_key UNIQUE (pupil_id, version)
    )
    """,
    "COMMENT ON COLUMN enrolments.class_id IS 'null until the receiving school has placed the pupil'",
    "COMMENT ON COLUMN enrolments.position IS 'order on the class''s list'",
    "COMMENT ON COLUMN enrolments.version IS 'counts the pupil''s enrolments'",
    "CREATE INDEX enrolments_class_id_idx ON enrolments (school_year, class_id)",
    "CREATE UNIQUE INDEX enrolments_one_active_key ON enrolments (pupil_id) WHERE ended_on IS NULL",
)

APPEND_ONLY = """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'mark_history is append-only';
    END $$
"""

GUARDS = (
    """
    CREATE TRIGGER mark_history_append_only BEFORE UPDATE OR DELETE ON mark_history
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER mark_history_not_truncated BEFORE TRUNCATE ON mark_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    create_chassis_tables()
    for statement in (*STATEMENTS, APPEND_ONLY, *GUARDS):
        op.execute(statement)
