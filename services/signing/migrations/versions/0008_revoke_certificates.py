"""Our own revocations, and what other authorities have published about theirs."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    "COMMENT ON COLUMN keys.retired_why IS 'BLOCKED, REPLACED, REVOKED'",
    """
    CREATE TABLE revocation_data (
        issuer_key VARCHAR NOT NULL,
        serial VARCHAR NOT NULL,
        der BYTEA NOT NULL,
        this_update TIMESTAMP WITH TIME ZONE NOT NULL,
        next_update TIMESTAMP WITH TIME ZONE NOT NULL,
        fetched_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT revocation_data_pkey PRIMARY KEY (issuer_key, serial)
    )
    """,
    "COMMENT ON COLUMN revocation_data.issuer_key IS 'SHA-256 of the issuer''s name and key'",
    "COMMENT ON COLUMN revocation_data.serial IS 'of an answer (OCSP); empty for the issuer''s list (CRL)'",
    """
    CREATE TABLE revocations (
        id UUID NOT NULL,
        key_id UUID NOT NULL,
        reason VARCHAR NOT NULL,
        compromised_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revoked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        revoked_by UUID NOT NULL,
        sessions_stopped INTEGER NOT NULL,
        CONSTRAINT revocations_pkey PRIMARY KEY (id),
        CONSTRAINT revocations_key_id_key UNIQUE (key_id),
        CONSTRAINT revocations_key_id_fkey FOREIGN KEY(key_id) REFERENCES keys (id),
        CONSTRAINT revocations_order_check CHECK (compromised_at <= revoked_at)
    )
    """,
    "COMMENT ON COLUMN revocations.compromised_at IS 'not to be believed from then on'",
    "COMMENT ON COLUMN revocations.revoked_by IS 'the account'",
    """
    CREATE TRIGGER revocations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revocations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
