"""The heads of mark histories, as gradebook published them, kept where gradebook's database cannot take them back."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """
    CREATE TABLE mark_heads (
        school_year SMALLINT NOT NULL,
        sheet_id UUID NOT NULL,
        seq INTEGER NOT NULL,
        hash VARCHAR NOT NULL,
        batch INTEGER NOT NULL,
        CONSTRAINT mark_heads_pkey PRIMARY KEY (school_year, sheet_id, seq, hash)
    )
     PARTITION BY LIST (school_year)
    """,
    "COMMENT ON COLUMN mark_heads.seq IS 'the row of the sheet''s history that has this hash'",
    "COMMENT ON COLUMN mark_heads.batch IS 'the batch that first told of it'",
    """
    CREATE TABLE mark_head_batches (
        number INTEGER NOT NULL,
        id UUID NOT NULL,
        digest VARCHAR NOT NULL,
        heads INTEGER NOT NULL,
        published_at TIMESTAMP WITH TIME ZONE NOT NULL,
        kept_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT mark_head_batches_pkey PRIMARY KEY (id)
    )
    """,
    "COMMENT ON COLUMN mark_head_batches.number IS 'from 1, without gaps; a number with two batches is a split view'",
    "COMMENT ON COLUMN mark_head_batches.digest IS 'SHA-256 of the file with the heads'",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
    END $$
    """,
    """
    CREATE TRIGGER mark_heads_append_only BEFORE UPDATE OR DELETE ON mark_heads
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER mark_heads_not_truncated BEFORE TRUNCATE ON mark_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER mark_head_batches_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mark_head_batches
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
