"""Counts of locked results by class and school, and of entry and readiness by school.

A partition of a year that is open already is given to each new table that grows with classes.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

RESULTS = (
    """
    CREATE TABLE class_counts (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        period VARCHAR NOT NULL,
        unit_id UUID NOT NULL,
        stage VARCHAR NOT NULL,
        grade SMALLINT NOT NULL,
        counts JSONB NOT NULL,
        counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT class_counts_pkey PRIMARY KEY (school_year, class_id, period),
        CONSTRAINT class_counts_period_check CHECK (period IN ('TERM_1', 'TERM_2', 'YEAR'))
    )
    PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN class_counts.counts IS 'what this class adds to school_counts: one object for each row'",
    "CREATE INDEX class_counts_unit_id_idx ON class_counts (unit_id)",
    """
    CREATE TABLE school_counts (
        school_year SMALLINT NOT NULL,
        period VARCHAR NOT NULL,
        measure VARCHAR NOT NULL,
        unit_id UUID NOT NULL,
        stage VARCHAR NOT NULL,
        grade SMALLINT NOT NULL,
        gender VARCHAR NOT NULL,
        ethnicity VARCHAR NOT NULL,
        subject VARCHAR NOT NULL,
        pupils INTEGER NOT NULL,
        n1 INTEGER NOT NULL,
        n2 INTEGER NOT NULL,
        n3 INTEGER NOT NULL,
        n4 INTEGER NOT NULL,
        n5 INTEGER NOT NULL,
        n6 INTEGER NOT NULL,
        n7 INTEGER NOT NULL,
        n8 INTEGER NOT NULL,
        n9 INTEGER NOT NULL,
        n10 INTEGER NOT NULL,
        n11 INTEGER NOT NULL,
        n12 INTEGER NOT NULL,
        CONSTRAINT school_counts_pkey
            PRIMARY KEY (school_year, period, measure, unit_id, stage, grade, gender, ethnicity, subject),
        CONSTRAINT school_counts_period_check CHECK (period IN ('TERM_1', 'TERM_2', 'YEAR'))
    )
    PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN school_counts.unit_id IS 'the school; what is above it is decided as of a date'",
    "COMMENT ON COLUMN school_counts.gender IS 'empty: not known'",
    "COMMENT ON COLUMN school_counts.ethnicity IS 'empty: not known'",
    "COMMENT ON COLUMN school_counts.subject IS 'empty unless subjects are measured'",
    "COMMENT ON COLUMN school_counts.pupils IS 'the sum of n1 to n12'",
)

BOARDS = (
    """
    CREATE TABLE progress_counts (
        school_year SMALLINT NOT NULL,
        unit_id UUID NOT NULL,
        term SMALLINT NOT NULL,
        expected INTEGER NOT NULL,
        entered INTEGER NOT NULL,
        late INTEGER NOT NULL,
        history_rows INTEGER NOT NULL,
        counted_at TIMESTAMP WITH TIME ZONE,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT progress_counts_pkey PRIMARY KEY (school_year, unit_id, term),
        CONSTRAINT progress_counts_term_check CHECK (term IN (1, 2))
    )
    """,
    "COMMENT ON COLUMN progress_counts.history_rows IS 'of the term''s sheets at the count: more means new entries'",
    "COMMENT ON COLUMN progress_counts.counted_at IS 'null: asked for, not yet counted'",
    "COMMENT ON COLUMN progress_counts.asked_at IS 'when the newest count was asked for'",
    """
    CREATE TABLE readiness_counts (
        school_year SMALLINT NOT NULL,
        unit_id UUID NOT NULL,
        pupils INTEGER NOT NULL,
        issued INTEGER NOT NULL,
        reasons JSONB NOT NULL,
        counted_at TIMESTAMP WITH TIME ZONE,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT readiness_counts_pkey PRIMARY KEY (school_year, unit_id)
    )
    """,
    "COMMENT ON COLUMN readiness_counts.reasons IS 'why the others have no transcript: pupils by reason'",
    "COMMENT ON COLUMN readiness_counts.counted_at IS 'null: asked for, not yet counted'",
    "COMMENT ON COLUMN readiness_counts.asked_at IS 'when the newest count was asked for'",
)

PARTITIONS = """
    DO $$ DECLARE open_year smallint; BEGIN
        FOR open_year IN SELECT DISTINCT school_year FROM school_years LOOP
            EXECUTE format('CREATE TABLE IF NOT EXISTS class_counts_y%s PARTITION OF class_counts FOR VALUES IN (%s)',
                           open_year, open_year);
            EXECUTE format('CREATE TABLE IF NOT EXISTS school_counts_y%s PARTITION OF school_counts FOR VALUES IN (%s)',
                           open_year, open_year);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    for statement in (*RESULTS, *BOARDS, PARTITIONS):
        op.execute(statement)
