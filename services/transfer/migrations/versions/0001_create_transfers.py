"""Create the chassis tables and transfers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "transfers",
        sa.Column("id", postgresql.UUID, nullable=False),
        sa.Column("school_year", sa.SmallInteger, nullable=False),
        sa.Column("pupil_id", postgresql.UUID, nullable=False),
        sa.Column("from_unit_id", postgresql.UUID, nullable=False),
        sa.Column("to_unit_id", postgresql.UUID, nullable=False),
        sa.Column("state", sa.String, nullable=False, server_default="OFFERED"),
        sa.Column("reason", sa.String, comment="why it failed"),
        sa.Column("link_hash", sa.String, nullable=False, comment="SHA-256 of the link's code, which is not kept"),
        sa.Column("bundle", sa.String, nullable=False, comment="SHA-256 of the zip"),
        sa.Column(
            "strangers", sa.Integer, nullable=False, server_default="0", comment="tries by people of other schools"
        ),
        sa.Column("offered_by", postgresql.UUID, nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", postgresql.UUID),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column(
            "checked_at", sa.DateTime(timezone=True), comment="every file passed; from here it only goes forward"
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="transfers_pkey"),
        sa.UniqueConstraint("link_hash", name="transfers_link_hash_key"),
        sa.CheckConstraint(
            "state IN ('OFFERED', 'ACCEPTED', 'COMPLETED', 'FAILED', 'EXPIRED', 'CANCELLED')",
            name=op.f("transfers_state_check"),
        ),
        sa.CheckConstraint("from_unit_id <> to_unit_id", name=op.f("transfers_schools_differ_check")),
        sa.CheckConstraint(
            "(state IN ('ACCEPTED', 'COMPLETED', 'FAILED')) = (accepted_at IS NOT NULL AND accepted_by IS NOT NULL)",
            name=op.f("transfers_accepted_by_someone_check"),
        ),
        sa.CheckConstraint(
            "(state IN ('OFFERED', 'ACCEPTED')) = (ended_at IS NULL)", name=op.f("transfers_open_until_ended_check")
        ),
        sa.CheckConstraint(
            "state <> 'COMPLETED' OR checked_at IS NOT NULL", name=op.f("transfers_checked_before_completed_check")
        ),
        sa.CheckConstraint(
            "(state = 'FAILED') = (reason IS NOT NULL)", name=op.f("transfers_failed_for_a_reason_check")
        ),
        sa.CheckConstraint("link_hash ~ '^[0-9a-f]{64}$'", name=op.f("transfers_link_hash_check")),
    )
    op.create_index(
        "transfers_one_open_per_pupil_key",
        "transfers",
        ["pupil_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('OFFERED', 'ACCEPTED')"),
    )
