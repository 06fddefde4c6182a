"""Transfer's tables, with the constraints that hold even when the code is wrong."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.chassis import tables

metadata = MetaData(naming_convention=tables.NAMING)

cohorts = Table(
    "cohorts",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("school_year", SmallInteger, nullable=False),
    Column("from_unit_id", UUID, nullable=False),
    Column("to_unit_id", UUID, nullable=False),
    Column("link_hash", String, nullable=False, unique=True, comment="SHA-256 of the link's code, which is not kept"),
    Column("strangers", Integer, nullable=False, server_default="0", comment="tries by people of other schools"),
    Column("offered_by", UUID, nullable=False),
    Column("offered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("from_unit_id <> to_unit_id", name="schools_differ"),
    CheckConstraint("link_hash ~ '^[0-9a-f]{64}$'", name="link_hash"),
)

transfers = Table(
    "transfers",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("school_year", SmallInteger, nullable=False),
    Column("pupil_id", UUID, nullable=False),
    Column("from_unit_id", UUID, nullable=False),
    Column("to_unit_id", UUID, nullable=False),
    Column("state", String, nullable=False, server_default="OFFERED"),
    Column("reason", String, comment="why it failed or was refused"),
    Column("reason_vi", String, comment="the same in Vietnamese"),
    Column("cohort_id", ForeignKey(cohorts.c.id), index=True, comment="those who go on together under one link"),
    Column("link_hash", String, unique=True, comment="SHA-256 of its own link's code, which is not kept"),
    Column("bundle", String, comment="SHA-256 of the zip; a cohort's are packed once its link was used"),
    Column("strangers", Integer, nullable=False, server_default="0", comment="tries by people of other schools"),
    Column("offered_by", UUID, nullable=False),
    Column("offered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("accepted_by", UUID),
    Column("accepted_at", DateTime(timezone=True)),
    Column("checked_at", DateTime(timezone=True), comment="every file passed; from here it only goes forward"),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint(
        "state IN ('OFFERED', 'ACCEPTED', 'COMPLETED', 'FAILED', 'EXPIRED', 'CANCELLED', 'REFUSED')", name="state"
    ),
    CheckConstraint("from_unit_id <> to_unit_id", name="schools_differ"),
    CheckConstraint(
        "(state IN ('ACCEPTED', 'COMPLETED', 'FAILED')) = (accepted_at IS NOT NULL AND accepted_by IS NOT NULL)",
        name="accepted_by_someone",
    ),
    CheckConstraint("(state IN ('OFFERED', 'ACCEPTED')) = (ended_at IS NULL)", name="open_until_ended"),
    CheckConstraint("state <> 'COMPLETED' OR checked_at IS NOT NULL", name="checked_before_completed"),
    CheckConstraint("(state IN ('FAILED', 'REFUSED')) = (reason IS NOT NULL)", name="failed_for_a_reason"),
    CheckConstraint("(link_hash IS NULL) = (cohort_id IS NOT NULL)", name="one_link"),
    CheckConstraint(
        "bundle IS NOT NULL OR (cohort_id IS NOT NULL AND checked_at IS NULL)", name="packed_before_checked"
    ),
    CheckConstraint("link_hash ~ '^[0-9a-f]{64}$'", name="link_hash"),
    Index(
        "transfers_one_open_per_pupil_key",
        "pupil_id",
        unique=True,
        postgresql_where=text("state IN ('OFFERED', 'ACCEPTED')"),
    ),
)
