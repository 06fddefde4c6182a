"""Pupils who go on together are offered under one link; who cannot be is kept with the reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

CHECKS = {
    "state": "state IN ('OFFERED', 'ACCEPTED', 'COMPLETED', 'FAILED', 'EXPIRED', 'CANCELLED', 'REFUSED')",
    "failed_for_a_reason": "(state IN ('FAILED', 'REFUSED')) = (reason IS NOT NULL)",
    "one_link": "(link_hash IS NULL) = (cohort_id IS NOT NULL)",
    "packed_before_checked": "bundle IS NOT NULL OR (cohort_id IS NOT NULL AND checked_at IS NULL)",
}


def upgrade() -> None:
    _create_cohorts()
    op.add_column("transfers", sa.Column("reason_vi", sa.String, comment="the same in Vietnamese"))
    comment = "those who go on together under one link"
    op.add_column("transfers", sa.Column("cohort_id", postgresql.UUID, comment=comment))
    op.create_foreign_key("transfers_cohort_id_fkey", "transfers", "cohorts", ["cohort_id"], ["id"])
    op.create_index("transfers_cohort_id_idx", "transfers", ["cohort_id"])
    op.alter_column("transfers", "reason", comment="why it failed or was refused")
    link, bundle = "SHA-256 of its own link's code, which is not kept", "SHA-256 of the zip"
    op.alter_column("transfers", "link_hash", nullable=True, comment=link)
    op.alter_column(
        "transfers", "bundle", nullable=True, comment=f"{bundle}; a cohort's are packed once its link was used"
    )
    for name in ("state", "failed_for_a_reason"):
        op.drop_constraint(op.f(f"transfers_{name}_check"), "transfers")
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"transfers_{name}_check"), "transfers", check)


def _create_cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", postgresql.UUID, nullable=False),
        sa.Column("school_year", sa.SmallInteger, nullable=False),
        sa.Column("from_unit_id", postgresql.UUID, nullable=False),
        sa.Column("to_unit_id", postgresql.UUID, nullable=False),
        sa.Column("link_hash", sa.String, nullable=False, comment="SHA-256 of the link's code, which is not kept"),
        sa.Column(
            "strangers", sa.Integer, nullable=False, server_default="0", comment="tries by people of other schools"
        ),
        sa.Column("offered_by", postgresql.UUID, nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="cohorts_pkey"),
        sa.UniqueConstraint("link_hash", name="cohorts_link_hash_key"),
        sa.CheckConstraint("from_unit_id <> to_unit_id", name=op.f("cohorts_schools_differ_check")),
        sa.CheckConstraint("link_hash ~ '^[0-9a-f]{64}$'", name=op.f("cohorts_link_hash_check")),
    )
