"""Create the chassis tables, consents and deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "consents",
        sa.Column("unit_id", postgresql.UUID, nullable=False, comment="the school that has it on record"),
        sa.Column("guardian_id", postgresql.UUID, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("recorded_by", postgresql.UUID, nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "guardian_id", name="consents_pkey"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", postgresql.UUID, nullable=False, comment="also the Message-ID"),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("record_id", postgresql.UUID, nullable=False, comment="with kind and version: the fact that is told"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("school_year", sa.SmallInteger, nullable=False),
        sa.Column("pupil_id", postgresql.UUID, nullable=False),
        sa.Column("unit_id", postgresql.UUID, nullable=False, comment="the school that tells"),
        sa.Column("guardian_id", postgresql.UUID, nullable=False),
        sa.Column(
            "consent_unit_id", postgresql.UUID, nullable=False, comment="the school whose record of consent allows it"
        ),
        sa.Column("channel", sa.String, nullable=False, server_default="EMAIL"),
        sa.Column("state", sa.String, nullable=False, server_default="PENDING"),
        sa.Column("reason", sa.String),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="deliveries_pkey"),
        sa.UniqueConstraint(
            "record_id", "kind", "version", "guardian_id", "channel", name="deliveries_once_per_fact_key"
        ),
        sa.ForeignKeyConstraint(
            ["consent_unit_id", "guardian_id"],
            ["consents.unit_id", "consents.guardian_id"],
            name="deliveries_consent_fkey",
        ),
        sa.CheckConstraint(
            "kind IN ('TRANSCRIPT_ISSUED', 'TRANSCRIPT_REVOKED', 'TRANSFER_COMPLETED')",
            name=op.f("deliveries_kind_check"),
        ),
        sa.CheckConstraint("channel = 'EMAIL'", name=op.f("deliveries_channel_check")),
        sa.CheckConstraint("state IN ('PENDING', 'SENT', 'FAILED', 'CANCELLED')", name=op.f("deliveries_state_check")),
        sa.CheckConstraint("(state = 'SENT') = (sent_at IS NOT NULL)", name=op.f("deliveries_sent_at_check")),
        sa.CheckConstraint(
            "(state IN ('FAILED', 'CANCELLED')) = (reason IS NOT NULL)", name=op.f("deliveries_reason_check")
        ),
    )
    op.create_index("deliveries_unit_id_state_idx", "deliveries", ["unit_id", "state"])
