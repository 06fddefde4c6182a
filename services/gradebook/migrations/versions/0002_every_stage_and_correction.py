"""Every stage of schooling, scoped windows, several teachers, corrections, second chances; versions throughout.

A partition of a year that is open already is given to each new table that grows with marks.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

STAGES = (
    "ALTER TABLE subjects DROP CONSTRAINT subjects_school_year_unit_id_fkey",
    "ALTER TABLE classes DROP CONSTRAINT classes_school_year_unit_id_fkey",
    "ALTER TABLE school_years DROP CONSTRAINT school_years_pkey",
    "ALTER TABLE school_years ADD CONSTRAINT school_years_pkey PRIMARY KEY (school_year, unit_id, stage)",
    "ALTER TABLE school_years ADD COLUMN begins_on DATE",
    "ALTER TABLE school_years ADD COLUMN second_term_on DATE",
    "ALTER TABLE school_years ADD COLUMN ends_on DATE",
    "ALTER TABLE school_years ADD COLUMN paper_grades SMALLINT[] NOT NULL DEFAULT '{}'",
    "COMMENT ON COLUMN school_years.paper_grades IS 'grades that still keep paper books'",
    "ALTER TABLE school_years ADD COLUMN ended_at TIMESTAMP WITH TIME ZONE",
    *(
        statement.format(table)
        for table in ("subjects", "classes")
        for statement in (
            "ALTER TABLE {0} ADD COLUMN stage VARCHAR",
            """
            UPDATE {0} SET stage = y.stage FROM school_years y
            WHERE (y.school_year, y.unit_id) = ({0}.school_year, {0}.unit_id)
            """,
            "ALTER TABLE {0} ALTER COLUMN stage SET NOT NULL",
            """
            ALTER TABLE {0} ADD CONSTRAINT {0}_school_year_unit_id_stage_fkey
                FOREIGN KEY (school_year, unit_id, stage) REFERENCES school_years (school_year, unit_id, stage)
            """,
        )
    ),
    "ALTER TABLE subjects DROP CONSTRAINT subjects_pkey",
    "ALTER TABLE subjects ADD CONSTRAINT subjects_pkey PRIMARY KEY (school_year, unit_id, stage, grade, code)",
    "ALTER TABLE subjects DROP CONSTRAINT subjects_kind_check",
    """
    ALTER TABLE subjects ADD CONSTRAINT subjects_kind_check
        CHECK (kind IN ('SCORED', 'COMMENT', 'PRIMARY', 'QUALITIES'))
    """,
    "ALTER TABLE subjects ADD COLUMN is_elective BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE subjects ADD COLUMN has_cluster BOOLEAN NOT NULL DEFAULT false",
    "COMMENT ON COLUMN subjects.has_cluster IS 'may be taken with a topic cluster'",
    "ALTER TABLE subjects ADD COLUMN terms SMALLINT[] NOT NULL DEFAULT '{1,2}'",
    "COMMENT ON COLUMN subjects.terms IS 'when it is taught'",
    "ALTER TABLE classes ADD COLUMN results_version INTEGER NOT NULL DEFAULT 0",
    "COMMENT ON COLUMN classes.results_version IS 'counts what was told of results'",
    """
    UPDATE classes SET results_version = 3
    WHERE EXISTS (SELECT 1 FROM locks l WHERE (l.school_year, l.class_id) = (classes.school_year, classes.id))
    """,
    "ALTER TABLE classes ADD COLUMN frozen_at TIMESTAMP WITH TIME ZONE",
    "COMMENT ON COLUMN classes.frozen_at IS 'since when transcripts are made of its results'",
)

PUPILS = (
    """
    ALTER TABLE enrolments ADD COLUMN ended_as VARCHAR CONSTRAINT enrolments_ended_as_check
        CHECK (ended_as IN ('MOVED', 'LEFT', 'YEAR_ENDED'))
    """,
    "UPDATE enrolments SET ended_as = 'MOVED' WHERE ended_on IS NOT NULL",
    "CREATE INDEX enrolments_unit_id_idx ON enrolments (school_year, unit_id)",
    """
    CREATE TABLE choices (
        school_year SMALLINT NOT NULL,
        pupil_id UUID NOT NULL,
        subject VARCHAR NOT NULL,
        has_cluster BOOLEAN NOT NULL,
        CONSTRAINT choices_pkey PRIMARY KEY (school_year, pupil_id, subject)
    )
    """,
    "COMMENT ON COLUMN choices.has_cluster IS 'takes the subject''s study-topic cluster'",
    """
    CREATE TABLE exemptions (
        school_year SMALLINT NOT NULL,
        pupil_id UUID NOT NULL,
        subject VARCHAR NOT NULL,
        decision VARCHAR NOT NULL,
        decided_on DATE NOT NULL,
        recorded_by UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT exemptions_pkey PRIMARY KEY (school_year, pupil_id, subject)
    )
    """,
    "COMMENT ON COLUMN exemptions.decision IS 'number of the principal''s decision'",
)

WINDOWS = (
    "ALTER TABLE windows ADD COLUMN grade SMALLINT",
    "COMMENT ON COLUMN windows.grade IS 'null: every grade; likewise class, subject and column'",
    "ALTER TABLE windows ADD COLUMN class_id UUID",
    "ALTER TABLE windows ADD COLUMN subject VARCHAR",
    "ALTER TABLE windows ADD COLUMN column_key VARCHAR",
    "ALTER TABLE windows ADD COLUMN reason VARCHAR",
    "COMMENT ON COLUMN windows.reason IS 'why it was opened again'",
)

SHEETS = (
    "COMMENT ON COLUMN sheets.teacher_id IS 'who signs for the subject; others: sheet_teachers'",
    """
    CREATE TABLE sheet_teachers (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        teacher_id UUID NOT NULL,
        valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
        valid_to TIMESTAMP WITH TIME ZONE,
        reason VARCHAR,
        CONSTRAINT sheet_teachers_pkey PRIMARY KEY (school_year, sheet_id, teacher_id, valid_from)
    )
     PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN sheet_teachers.reason IS 'why the principal changed the teacher of a sheet with marks'",
    "CREATE INDEX sheet_teachers_teacher_id_idx ON sheet_teachers (school_year, teacher_id)",
    """
    ALTER TABLE columns ADD COLUMN scale VARCHAR CONSTRAINT columns_scale_check
        CHECK (scale IN ('MARK', 'PASS', 'TEST', 'LEVEL', 'QUALITY'))
    """,
    """
    UPDATE columns SET scale = CASE s.kind WHEN 'COMMENT' THEN 'PASS' ELSE 'MARK' END
    FROM sheets h
    JOIN classes c ON (c.school_year, c.id) = (h.school_year, h.class_id)
    JOIN subjects s ON (s.school_year, s.unit_id, s.grade, s.code) = (h.school_year, h.unit_id, c.grade, h.subject)
    WHERE (h.school_year, h.id) = (columns.school_year, columns.sheet_id)
    """,
    "ALTER TABLE columns ALTER COLUMN scale SET NOT NULL",
    "ALTER TABLE columns ADD COLUMN is_cluster BOOLEAN NOT NULL DEFAULT false",
    "COMMENT ON COLUMN columns.is_cluster IS 'only for those with the cluster'",
    "ALTER TABLE columns ADD COLUMN is_centralised BOOLEAN NOT NULL DEFAULT false",
    "COMMENT ON COLUMN columns.is_centralised IS 'written by admins only'",
    "ALTER TABLE columns ADD COLUMN due_on DATE",
    "COMMENT ON COLUMN columns.due_on IS 'when the school''s plan wants it filled'",
    "COMMENT ON COLUMN columns.key IS 'tx1…, gk, ck; in primary gk_muc, gk_kt, …'",
    "ALTER TABLE mark_history ADD COLUMN basis VARCHAR",
    """
    COMMENT ON COLUMN mark_history.basis
        IS 'null: entered in a window; else the correction, transfer or decision behind it'
    """,
    "ALTER TABLE comments ADD COLUMN key VARCHAR DEFAULT 'ck'",
    "ALTER TABLE comments ADD CONSTRAINT comments_key_check CHECK (key IN ('gk', 'ck'))",
    "ALTER TABLE comments DROP CONSTRAINT comments_pkey",
    "ALTER TABLE comments ADD CONSTRAINT comments_pkey PRIMARY KEY (school_year, sheet_id, pupil_id, key)",
    "ALTER TABLE comments ALTER COLUMN key DROP DEFAULT",
    "ALTER TABLE comments ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE comments ALTER COLUMN version DROP DEFAULT",
    "ALTER TABLE conduct ALTER COLUMN level DROP NOT NULL",
    "ALTER TABLE conduct ADD COLUMN unexcused INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conduct ALTER COLUMN unexcused DROP DEFAULT",
    "COMMENT ON COLUMN conduct.unexcused IS 'those of the absences that nobody excused'",
    "ALTER TABLE conduct ADD CONSTRAINT conduct_unexcused_check CHECK (unexcused BETWEEN 0 AND absences)",
    "ALTER TABLE conduct ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE conduct ALTER COLUMN version DROP DEFAULT",
    """
    CREATE TABLE phrases (
        person_id UUID NOT NULL,
        id UUID NOT NULL,
        subject VARCHAR,
        text VARCHAR NOT NULL,
        CONSTRAINT phrases_pkey PRIMARY KEY (person_id, id),
        CONSTRAINT phrases_person_id_subject_text_key UNIQUE NULLS NOT DISTINCT (person_id, subject, text)
    )
    """,
    "COMMENT ON COLUMN phrases.subject IS 'null: for any subject'",
)

RESULTS = (
    "ALTER TABLE results ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE results ALTER COLUMN version DROP DEFAULT",
    "COMMENT ON COLUMN results.version IS 'the greatest one is in force'",
    "ALTER TABLE results DROP CONSTRAINT results_pkey",
    "ALTER TABLE results ADD CONSTRAINT results_pkey PRIMARY KEY (school_year, class_id, period, pupil_id, version)",
    "ALTER TABLE results ADD COLUMN made_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()",
    "ALTER TABLE results ADD COLUMN basis VARCHAR",
    "COMMENT ON COLUMN results.basis IS 'null: the lock; else the correction or second chance that changed it'",
    """
    CREATE TABLE corrections (
        school_year SMALLINT NOT NULL,
        id UUID NOT NULL,
        unit_id UUID NOT NULL,
        sheet_id UUID NOT NULL,
        column_id UUID NOT NULL,
        pupil_id UUID NOT NULL,
        base_version INTEGER NOT NULL,
        old_state VARCHAR NOT NULL,
        old_value VARCHAR,
        new_state VARCHAR NOT NULL CONSTRAINT corrections_new_state_check
            CHECK (new_state IN ('EMPTY', 'VALUE', 'MISSED_EXCUSED', 'MISSED_UNEXCUSED', 'EXEMPT')),
        new_value VARCHAR,
        reason VARCHAR NOT NULL,
        evidence VARCHAR NOT NULL,
        state VARCHAR NOT NULL CONSTRAINT corrections_state_check
            CHECK (state IN ('REQUESTED', 'VERIFIED', 'APPLIED', 'REFUSED')),
        requested_by UUID NOT NULL,
        requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
        verified_by UUID,
        verified_at TIMESTAMP WITH TIME ZONE,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        refusal VARCHAR,
        CONSTRAINT corrections_pkey PRIMARY KEY (school_year, id),
        CONSTRAINT corrections_never_alone_check
            CHECK (requested_by <> verified_by AND requested_by <> decided_by),
        CONSTRAINT corrections_school_year_sheet_id_fkey
            FOREIGN KEY (school_year, sheet_id) REFERENCES sheets (school_year, id)
    )
    """,
    "COMMENT ON COLUMN corrections.evidence IS 'SHA-256 of the scanned minutes'",
    "COMMENT ON COLUMN corrections.refusal IS 'why it was refused'",
    "CREATE INDEX corrections_unit_id_idx ON corrections (school_year, unit_id, state)",
    """
    CREATE UNIQUE INDEX corrections_one_open_key ON corrections (school_year, sheet_id, column_id, pupil_id)
        WHERE state IN ('REQUESTED', 'VERIFIED')
    """,
    """
    CREATE TABLE second_chances (
        school_year SMALLINT NOT NULL,
        class_id UUID NOT NULL,
        pupil_id UUID NOT NULL,
        subject VARCHAR NOT NULL,
        result VARCHAR NOT NULL,
        report VARCHAR,
        note VARCHAR NOT NULL,
        proposed_by UUID NOT NULL,
        proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        decided_by UUID,
        decided_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT second_chances_pkey PRIMARY KEY (school_year, class_id, pupil_id, subject),
        CONSTRAINT second_chances_never_alone_check CHECK (proposed_by <> decided_by)
    )
    """,
    "COMMENT ON COLUMN second_chances.subject IS 'empty: conduct, or in primary the whole pupil'",
    "COMMENT ON COLUMN second_chances.result IS 'the mark, level or decision of the summer'",
    "COMMENT ON COLUMN second_chances.report IS 'SHA-256 of the report that the parents signed'",
    """
    CREATE TABLE document_states (
        school_year SMALLINT NOT NULL,
        pupil_id UUID NOT NULL,
        version INTEGER NOT NULL,
        state VARCHAR NOT NULL,
        CONSTRAINT document_states_pkey PRIMARY KEY (school_year, pupil_id)
    )
    """,
    "COMMENT ON COLUMN document_states.state IS 'of the pupil''s newest transcript: ISSUED or REVOKED'",
)

PARTITIONS = """
    DO $$ DECLARE open_year smallint; BEGIN
        FOR open_year IN SELECT DISTINCT school_year FROM school_years LOOP
            EXECUTE format(
                'CREATE TABLE IF NOT EXISTS sheet_teachers_y%s PARTITION OF sheet_teachers FOR VALUES IN (%s)',
                open_year, open_year);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    for statement in (*STAGES, *PUPILS, *WINDOWS, *SHEETS, *RESULTS, PARTITIONS):
        op.execute(statement)
