"""Notify's tables, with the constraints that hold even when the code is wrong."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import UUID

from services.chassis import tables

metadata = MetaData(naming_convention=tables.NAMING)

consents = Table(
    "consents",
    metadata,
    Column("unit_id", UUID, primary_key=True, comment="the school that has it on record"),
    Column("guardian_id", UUID, primary_key=True),
    Column("given", Boolean, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("recorded_by", UUID, nullable=False),
)

reminder_choices = Table(
    "reminder_choices",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("wanted", Boolean, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", UUID, primary_key=True, comment="also the Message-ID"),
    Column("kind", String, nullable=False),
    Column("record_id", UUID, nullable=False, comment="with kind and version: the fact that is reminded of"),
    Column("version", Integer, nullable=False),
    Column("person_id", UUID, nullable=False, comment="a member of staff"),
    Column("state", String, nullable=False, server_default="PENDING"),
    Column("reason", String),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("sent_at", DateTime(timezone=True)),
    UniqueConstraint("record_id", "kind", "version", "person_id", name="reminders_once_per_fact_key"),
    CheckConstraint("kind IN ('SIGNATURE_DUE', 'CERTIFICATE_EXPIRING')", name="kind"),
    CheckConstraint("state IN ('PENDING', 'SENT', 'FAILED', 'CANCELLED')", name="state"),
    CheckConstraint("(state = 'SENT') = (sent_at IS NOT NULL)", name="sent_at"),
    CheckConstraint("(state IN ('FAILED', 'CANCELLED')) = (reason IS NOT NULL)", name="reason"),
)
"""To staff about their own duties: the one kind of message that needs no record of consent."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", UUID, primary_key=True, comment="also the Message-ID"),
    Column("kind", String, nullable=False),
    Column("record_id", UUID, nullable=False, comment="with kind and version: the fact that is told"),
    Column("version", Integer, nullable=False),
    Column("school_year", SmallInteger, nullable=False),
    Column("pupil_id", UUID, nullable=False),
    Column("unit_id", UUID, nullable=False, comment="the school that tells"),
    Column("guardian_id", UUID, nullable=False),
    Column("consent_unit_id", UUID, nullable=False, comment="the school whose record of consent allows it"),
    Column("channel", String, nullable=False, server_default="EMAIL"),
    Column("state", String, nullable=False, server_default="PENDING"),
    Column("reason", String),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("sent_at", DateTime(timezone=True)),
    UniqueConstraint("record_id", "kind", "version", "guardian_id", "channel", name="deliveries_once_per_fact_key"),
    ForeignKeyConstraint(
        ["consent_unit_id", "guardian_id"], ["consents.unit_id", "consents.guardian_id"], name="deliveries_consent_fkey"
    ),
    CheckConstraint("kind IN ('TRANSCRIPT_ISSUED', 'TRANSCRIPT_REVOKED', 'TRANSFER_COMPLETED')", name="kind"),
    CheckConstraint("channel = 'EMAIL'", name="channel"),
    CheckConstraint("state IN ('PENDING', 'SENT', 'FAILED', 'CANCELLED')", name="state"),
    CheckConstraint("(state = 'SENT') = (sent_at IS NOT NULL)", name="sent_at"),
    CheckConstraint("(state IN ('FAILED', 'CANCELLED')) = (reason IS NOT NULL)", name="reason"),
    Index("deliveries_unit_id_state_idx", "unit_id", "state"),
)
