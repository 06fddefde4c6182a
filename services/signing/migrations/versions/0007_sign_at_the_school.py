"""Agents at schools, and what they are asked to sign with a token that never leaves the office."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    CREATE TABLE agents (
        id UUID NOT NULL,
        token_hash BYTEA NOT NULL,
        holder UUID NOT NULL,
        unit_id UUID,
        name VARCHAR NOT NULL,
        certificate BYTEA NOT NULL,
        chain BYTEA[] NOT NULL,
        challenge BYTEA NOT NULL,
        made_by UUID NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        proved_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT agents_pkey PRIMARY KEY (id),
        CONSTRAINT agents_token_hash_key UNIQUE (token_hash)
    )
    """,
    "COMMENT ON COLUMN agents.token_hash IS 'SHA-256; the token itself was shown once'",
    "COMMENT ON COLUMN agents.unit_id IS 'the unit whose seal it is, or null'",
    "COMMENT ON COLUMN agents.challenge IS 'the digest that the key must sign before the certificate counts'",
    """
    CREATE TABLE agent_work (
        session_id UUID NOT NULL,
        digest BYTEA NOT NULL,
        class_id UUID NOT NULL,
        transcript_id UUID NOT NULL,
        slot VARCHAR NOT NULL,
        code VARCHAR NOT NULL,
        part VARCHAR NOT NULL CONSTRAINT agent_work_part_check CHECK (part IN ('XML', 'PDF')),
        prepared_at TIMESTAMP WITH TIME ZONE NOT NULL,
        value BYTEA,
        CONSTRAINT agent_work_pkey PRIMARY KEY (session_id, digest),
        CONSTRAINT agent_work_session_id_fkey FOREIGN KEY(session_id) REFERENCES sessions (id)
    )
    """,
    "COMMENT ON COLUMN agent_work.prepared_at IS 'the time that the signature states'",
    "COMMENT ON COLUMN agent_work.value IS 'checked against the certificate; null while it waits'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
