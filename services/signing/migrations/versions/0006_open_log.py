"""The transparency log: entries that only grow, the roots of complete tiles, checkpoints and their cosignatures."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    "ALTER TABLE documents ADD COLUMN canonical VARCHAR",
    """
    COMMENT ON COLUMN documents.canonical IS
    'SHA-256 of the canonical data; null where frozen before there was a log'
    """,
    """
    CREATE TABLE log_queue (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        kind VARCHAR NOT NULL,
        reference VARCHAR NOT NULL,
        digest BYTEA NOT NULL,
        CONSTRAINT log_queue_pkey PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE log_entries (
        index BIGINT NOT NULL,
        kind VARCHAR NOT NULL CONSTRAINT log_entries_kind_check CHECK (kind IN ('document', 'file', 'mark_heads')),
        reference VARCHAR NOT NULL,
        entry BYTEA NOT NULL CONSTRAINT log_entries_entry_check CHECK (length(entry) = 32),
        CONSTRAINT log_entries_pkey PRIMARY KEY (index),
        CONSTRAINT log_entries_entry_key UNIQUE (entry),
        CONSTRAINT log_entries_kind_reference_key UNIQUE (kind, reference)
    )
    """,
    "COMMENT ON COLUMN log_entries.index IS 'from 0, without gaps'",
    "COMMENT ON COLUMN log_entries.reference IS 'a code, a file''s SHA-256, a batch''s id: makes the salt'",
    """
    CREATE TABLE log_tiles (
        level SMALLINT NOT NULL,
        index BIGINT NOT NULL,
        root BYTEA NOT NULL,
        CONSTRAINT log_tiles_pkey PRIMARY KEY (level, index)
    )
    """,
    "COMMENT ON COLUMN log_tiles.root IS 'over the complete tile: a hash of the tile level above'",
    """
    CREATE TABLE log_checkpoints (
        number BIGINT NOT NULL,
        size BIGINT NOT NULL,
        root BYTEA NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        note VARCHAR NOT NULL,
        CONSTRAINT log_checkpoints_pkey PRIMARY KEY (number)
    )
    """,
    "COMMENT ON COLUMN log_checkpoints.number IS 'from 1, without gaps'",
    "COMMENT ON COLUMN log_checkpoints.note IS 'signed by the log alone'",
    """
    CREATE TABLE log_cosignatures (
        checkpoint BIGINT NOT NULL,
        witness VARCHAR NOT NULL,
        line VARCHAR NOT NULL,
        CONSTRAINT log_cosignatures_pkey PRIMARY KEY (checkpoint, witness),
        CONSTRAINT log_cosignatures_checkpoint_fkey FOREIGN KEY(checkpoint) REFERENCES log_checkpoints (number)
    )
    """,
    "COMMENT ON COLUMN log_cosignatures.witness IS 'its vkey'",
    """
    CREATE FUNCTION refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE first BIGINT; last BIGINT; added BIGINT;
    BEGIN
        SELECT min(index), max(index), count(*) INTO first, last, added FROM new_entries;
        IF added > 0 AND (last - first + 1 <> added OR first <> (
            SELECT coalesce(max(index) + 1, 0) FROM log_entries WHERE index < first
        )) THEN
            RAISE EXCEPTION 'log_entries has no gaps';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER log_entries_without_gaps AFTER INSERT ON log_entries
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_gap()
    """,
    *(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
        for table in ("log_entries", "log_tiles", "log_checkpoints", "log_cosignatures")
    ),
    # What was issued and kept before there was a log is its beginning.
    """
    INSERT INTO log_queue (kind, reference, digest)
    SELECT 'mark_heads', id::text, decode(digest, 'hex') FROM mark_head_batches ORDER BY number
    """,
    """
    INSERT INTO log_queue (kind, reference, digest)
    SELECT 'file', file, decode(file, 'hex') FROM documents, unnest(ARRAY[pdf, xml]) AS file
    WHERE completed_at IS NOT NULL ORDER BY completed_at
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
