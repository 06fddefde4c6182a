"""Each save of marks gets the service's seal, and heads of chains are published in numbered batches."""

from alembic import op

revision = "0004"
down_revision = "0003"

SEALS = (
    """
    CREATE TABLE mark_seals (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        seq INTEGER NOT NULL,
        hash VARCHAR NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        key_id VARCHAR NOT NULL,
        signature BYTEA NOT NULL,
        CONSTRAINT mark_seals_pkey PRIMARY KEY (school_year, sheet_id, seq)
    )
     PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN mark_seals.seq IS 'the last row of history that it covers'",
    "COMMENT ON COLUMN mark_seals.hash IS 'of that row'",
    "COMMENT ON COLUMN mark_seals.key_id IS 'thumbprint of the public key (RFC 7638)'",
    "COMMENT ON COLUMN mark_seals.signature IS 'Ed25519'",
    """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END $$
    """,
    """
    CREATE TRIGGER mark_seals_append_only BEFORE UPDATE OR DELETE ON mark_seals
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER mark_seals_not_truncated BEFORE TRUNCATE ON mark_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

PARTITIONS = """
    DO $$
    DECLARE open_year integer;
    BEGIN
        FOR open_year IN SELECT DISTINCT school_year FROM school_years LOOP
            EXECUTE format('CREATE TABLE IF NOT EXISTS mark_seals_y%s PARTITION OF mark_seals FOR VALUES IN (%s)',
                           open_year, open_year);
            EXECUTE format('CREATE TRIGGER mark_seals_not_truncated BEFORE TRUNCATE ON mark_seals_y%s
                            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', open_year);
        END LOOP;
    END $$
"""

HEADS = (
    "ALTER TABLE sheets ADD COLUMN published_rows INTEGER NOT NULL DEFAULT 0",
    "COMMENT ON COLUMN sheets.published_rows IS 'how much of the history the newest published head covers'",
    """
    CREATE TABLE head_batches (
        number INTEGER NOT NULL,
        id UUID NOT NULL,
        digest VARCHAR NOT NULL,
        heads INTEGER NOT NULL,
        published_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT head_batches_pkey PRIMARY KEY (number)
    )
    """,
    "COMMENT ON COLUMN head_batches.number IS 'from 1, without gaps'",
    "COMMENT ON COLUMN head_batches.digest IS 'SHA-256 of the file with the heads, which is its name'",
)


def upgrade() -> None:
    for statement in (*SEALS, PARTITIONS, *HEADS):
        op.execute(statement)
