"""Keys of several kinds, one after the other for a holder; sessions over a list of items that is written at opening."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    "ALTER TABLE keys ADD COLUMN id UUID",
    "ALTER TABLE keys ADD COLUMN provider VARCHAR DEFAULT 'SOFTWARE' NOT NULL",
    "ALTER TABLE keys ADD COLUMN place VARCHAR",
    "ALTER TABLE keys ADD COLUMN made_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE keys ADD COLUMN retired_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE keys ADD COLUMN retired_by UUID",
    "ALTER TABLE keys ADD COLUMN retired_why VARCHAR",
    "UPDATE keys SET id = gen_random_uuid(), made_at = valid_from",
    "ALTER TABLE keys ALTER COLUMN id SET NOT NULL",
    "ALTER TABLE keys ALTER COLUMN made_at SET NOT NULL",
    "ALTER TABLE keys ALTER COLUMN provider DROP DEFAULT",
    "ALTER TABLE keys ALTER COLUMN salt DROP NOT NULL",
    "ALTER TABLE keys ALTER COLUMN nonce DROP NOT NULL",
    "ALTER TABLE keys ALTER COLUMN ciphertext DROP NOT NULL",
    "ALTER TABLE keys DROP CONSTRAINT keys_pkey",
    "ALTER TABLE keys ADD CONSTRAINT keys_pkey PRIMARY KEY (id)",
    "ALTER TABLE keys DROP CONSTRAINT keys_serial_key",
    "ALTER TABLE keys ADD CONSTRAINT keys_issuer_serial_key UNIQUE (issuer, serial)",
    """
    ALTER TABLE keys ADD CONSTRAINT keys_provider_check CHECK (provider IN ('SOFTWARE', 'PKCS11', 'CSC', 'AGENT'))
    """,
    """
    ALTER TABLE keys ADD CONSTRAINT keys_kept_check
    CHECK ((provider = 'SOFTWARE' AND retired_at IS NULL) = (ciphertext IS NOT NULL))
    """,
    """
    ALTER TABLE keys ADD CONSTRAINT keys_retired_check
    CHECK ((retired_at IS NULL) = (retired_by IS NULL) AND (retired_at IS NULL) = (retired_why IS NULL))
    """,
    "CREATE UNIQUE INDEX keys_holder_idx ON keys (holder) WHERE retired_at IS NULL",
    "COMMENT ON COLUMN keys.place IS 'where another provider finds the key: PKCS#11 URI, or service/credential'",
    "COMMENT ON COLUMN keys.ciphertext IS 'PKCS#8 under PIN and server key; erased when the key is retired'",
    "COMMENT ON COLUMN keys.retired_why IS 'BLOCKED, REPLACED'",
    "ALTER TABLE sessions ADD COLUMN open_class_ids UUID[]",
    "UPDATE sessions SET open_class_ids = CASE WHEN open_classes > 0 THEN class_ids ELSE '{}' END",
    "ALTER TABLE sessions ALTER COLUMN open_class_ids SET NOT NULL",
    "ALTER TABLE sessions DROP CONSTRAINT sessions_erased_check",
    "ALTER TABLE sessions DROP COLUMN open_classes",
    """
    ALTER TABLE sessions ADD CONSTRAINT sessions_erased_check
    CHECK ((cardinality(open_class_ids) = 0) = (wrapped_key IS NULL))
    """,
    "COMMENT ON COLUMN sessions.open_class_ids IS 'classes whose batch has not ended'",
    "ALTER TABLE sessions RENAME COLUMN wrapped_key TO wrapped_secret",
    "CREATE INDEX sessions_expires_at_idx ON sessions (expires_at) WHERE wrapped_secret IS NOT NULL",
    "ALTER TABLE sessions ADD COLUMN key_id UUID",
    "UPDATE sessions SET key_id = (SELECT id FROM keys WHERE keys.holder = sessions.holder)",
    "ALTER TABLE sessions ALTER COLUMN key_id SET NOT NULL",
    "ALTER TABLE sessions ADD CONSTRAINT sessions_key_id_fkey FOREIGN KEY(key_id) REFERENCES keys (id)",
    """
    COMMENT ON COLUMN sessions.wrapped_secret IS
    'opened key, PIN or authorisation under the server key; erased when the session ends'
    """,
    "ALTER TABLE session_items ADD COLUMN class_id UUID",
    "ALTER TABLE session_items ADD COLUMN version INTEGER",
    "ALTER TABLE session_items ADD COLUMN ended_at TIMESTAMP WITH TIME ZONE",
    """
    UPDATE session_items SET ended_at = sessions.began_at, class_id = documents.class_id, version = documents.version
    FROM sessions, documents WHERE sessions.id = session_items.session_id
    AND documents.school_year = sessions.school_year AND documents.transcript_id = session_items.transcript_id
    """,
    "ALTER TABLE session_items ALTER COLUMN class_id SET NOT NULL",
    "ALTER TABLE session_items ALTER COLUMN version SET NOT NULL",
    """
    ALTER TABLE session_items ADD CONSTRAINT session_items_reason_check
    CHECK (reason IS NULL OR ended_at IS NOT NULL)
    """,
    "COMMENT ON COLUMN session_items.ended_at IS 'null while it waits'",
    "COMMENT ON COLUMN session_items.reason IS 'null where it was signed, or waits'",
    "CREATE INDEX documents_unit_id_idx ON documents (school_year, unit_id)",
    """
    CREATE INDEX documents_slots_idx ON documents USING gin (slots jsonb_path_ops) WHERE completed_at IS NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
