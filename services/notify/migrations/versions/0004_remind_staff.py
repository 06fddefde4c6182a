"""Reminders to staff, and who switched them off."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    CREATE TABLE reminder_choices (
        person_id UUID NOT NULL,
        wanted BOOLEAN NOT NULL,
        changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT reminder_choices_pkey PRIMARY KEY (person_id)
    )
    """,
    """
    CREATE TABLE reminders (
        id UUID NOT NULL,
        kind VARCHAR NOT NULL,
        record_id UUID NOT NULL,
        version INTEGER NOT NULL,
        person_id UUID NOT NULL,
        state VARCHAR DEFAULT 'PENDING' NOT NULL,
        reason VARCHAR,
        created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
        sent_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT reminders_pkey PRIMARY KEY (id),
        CONSTRAINT reminders_once_per_fact_key UNIQUE (record_id, kind, version, person_id),
        CONSTRAINT reminders_kind_check CHECK (kind IN ('SIGNATURE_DUE', 'CERTIFICATE_EXPIRING')),
        CONSTRAINT reminders_state_check CHECK (state IN ('PENDING', 'SENT', 'FAILED', 'CANCELLED')),
        CONSTRAINT reminders_sent_at_check CHECK ((state = 'SENT') = (sent_at IS NOT NULL)),
        CONSTRAINT reminders_reason_check CHECK ((state IN ('FAILED', 'CANCELLED')) = (reason IS NOT NULL))
    )
    """,
    "COMMENT ON COLUMN reminders.id IS 'also the Message-ID'",
    "COMMENT ON COLUMN reminders.record_id IS 'with kind and version: the fact that is reminded of'",
    "COMMENT ON COLUMN reminders.person_id IS 'a member of staff'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
