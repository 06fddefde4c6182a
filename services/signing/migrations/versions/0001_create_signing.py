"""Keys, documents, signatures, signing sessions."""

from alembic import op

from services.chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

STATEMENTS = (
    """
    CREATE TABLE documents (
        school_year SMALLINT NOT NULL,
        transcript_id UUID NOT NULL,
        version INTEGER NOT NULL,
        class_id UUID NOT NULL,
        unit_id UUID NOT NULL,
        code VARCHAR NOT NULL,
        frozen_xml VARCHAR NOT NULL,
        frozen_pdf VARCHAR NOT NULL,
        slots JSONB NOT NULL,
        pdf VARCHAR NOT NULL,
        xml VARCHAR,
        completed_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT documents_pkey PRIMARY KEY (school_year, transcript_id, version),
        CONSTRAINT documents_complete_check CHECK ((xml IS NULL) = (completed_at IS NULL))
    )
    """,
    "COMMENT ON COLUMN documents.frozen_xml IS 'SHA-256, as of every file here'",
    "COMMENT ON COLUMN documents.pdf IS 'with its empty fields prepared, then signed so far'",
    "COMMENT ON COLUMN documents.xml IS 'with all signatures; null until sealed'",
    "CREATE INDEX documents_class_id_idx ON documents (school_year, class_id)",
    """
    CREATE TABLE keys (
        holder UUID NOT NULL,
        is_seal BOOLEAN NOT NULL,
        name VARCHAR NOT NULL,
        serial VARCHAR NOT NULL,
        salt BYTEA NOT NULL,
        nonce BYTEA NOT NULL,
        ciphertext BYTEA NOT NULL,
        certificate BYTEA NOT NULL,
        chain BYTEA[] NOT NULL,
        issuer VARCHAR NOT NULL,
        valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
        valid_to TIMESTAMP WITH TIME ZONE NOT NULL,
        pin_failures INTEGER DEFAULT '0' NOT NULL,
        made_by UUID NOT NULL,
        CONSTRAINT keys_pkey PRIMARY KEY (holder),
        CONSTRAINT keys_serial_key UNIQUE (serial)
    )
    """,
    "COMMENT ON COLUMN keys.holder IS 'the person, or the unit whose seal it is'",
    "COMMENT ON COLUMN keys.ciphertext IS 'PKCS#8 under PIN and server key'",
    "COMMENT ON COLUMN keys.certificate IS 'DER'",
    "COMMENT ON COLUMN keys.chain IS 'DER, nearest first, without the root'",
    """
    CREATE TABLE sessions (
        id UUID NOT NULL,
        school_year SMALLINT NOT NULL,
        account_id UUID NOT NULL,
        person_id UUID NOT NULL,
        holder UUID NOT NULL,
        role VARCHAR NOT NULL CONSTRAINT sessions_role_check CHECK (role IN ('GVBM', 'GVCN', 'CBQL', 'KY_PHAT_HANH')),
        class_ids UUID[] NOT NULL,
        open_classes INTEGER NOT NULL,
        wrapped_key BYTEA,
        expected INTEGER NOT NULL,
        began_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT sessions_pkey PRIMARY KEY (id),
        CONSTRAINT sessions_erased_check CHECK ((open_classes = 0) = (wrapped_key IS NULL))
    )
    """,
    "COMMENT ON COLUMN sessions.open_classes IS 'classes whose batch has not ended'",
    "COMMENT ON COLUMN sessions.wrapped_key IS 'the opened key under the server key; erased when the session ends'",
    """
    CREATE TABLE session_items (
        session_id UUID NOT NULL,
        transcript_id UUID NOT NULL,
        slot VARCHAR NOT NULL,
        reason VARCHAR,
        CONSTRAINT session_items_pkey PRIMARY KEY (session_id, transcript_id, slot),
        CONSTRAINT session_items_session_id_fkey FOREIGN KEY(session_id) REFERENCES sessions (id)
    )
    """,
    "COMMENT ON COLUMN session_items.reason IS 'null where it was signed'",
    """
    CREATE TABLE signatures (
        school_year SMALLINT NOT NULL,
        transcript_id UUID NOT NULL,
        version INTEGER NOT NULL,
        slot VARCHAR NOT NULL,
        holder UUID NOT NULL,
        xml_signature BYTEA NOT NULL,
        session_id UUID NOT NULL,
        authorised_by UUID NOT NULL,
        signed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT signatures_pkey PRIMARY KEY (school_year, transcript_id, version, slot),
        CONSTRAINT signatures_school_year_transcript_id_version_fkey
            FOREIGN KEY(school_year, transcript_id, version) REFERENCES documents (school_year, transcript_id, version)
    )
    """,
    "COMMENT ON COLUMN signatures.authorised_by IS 'the account that gave the PIN'",
)


def upgrade() -> None:
    create_chassis_tables()
    for statement in STATEMENTS:
        op.execute(statement)
