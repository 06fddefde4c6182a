"""Signing sessions, and who was reminded of what waits."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.signing.models.tables import metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("school_year", SmallInteger, nullable=False),
    Column("account_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("holder", UUID, nullable=False),
    Column(
        "role", String, CheckConstraint("role IN ('GVBM', 'GVCN', 'CBQL', 'KY_PHAT_HANH')", name="role"), nullable=False
    ),
    Column("class_ids", ARRAY(UUID), nullable=False),
    Column("open_class_ids", ARRAY(UUID), nullable=False, comment="classes whose batch has not ended"),
    Column("key_id", UUID, ForeignKey("keys.id"), nullable=False),
    Column(
        "wrapped_secret",
        LargeBinary,
        comment="opened key, PIN or authorisation under the server key; erased when the session ends",
    ),
    Column("expected", Integer, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column(
        "awaits_confirmation",
        Boolean,
        nullable=False,
        server_default="false",
        comment="of the holder at the remote service, until expires_at",
    ),
    Column("stopped_why", String, comment="null where it goes on, or ended as it should"),
    Index("sessions_expires_at_idx", "expires_at", postgresql_where=text("wrapped_secret IS NOT NULL")),
    Index(
        "sessions_awaited_idx",
        "key_id",
        unique=True,
        postgresql_where=text("awaits_confirmation AND wrapped_secret IS NOT NULL"),
    ),
    CheckConstraint("(cardinality(open_class_ids) = 0) = (wrapped_secret IS NULL)", name="erased"),
    CheckConstraint("stopped_why IS NULL OR wrapped_secret IS NULL", name="stopped"),
)

session_items = Table(
    "session_items",
    metadata,
    Column("session_id", UUID, primary_key=True),
    Column("transcript_id", UUID, primary_key=True, comment="or the id of a class sheet"),
    Column("slot", String, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("version", Integer, nullable=False, comment="of the transcript, or the number of a class sheet"),
    Column("ended_at", DateTime(timezone=True), comment="null while it waits"),
    Column("reason", String, comment="null where it was signed, or waits"),
    CheckConstraint("reason IS NULL OR ended_at IS NOT NULL", name="reason"),
    ForeignKeyConstraint(["session_id"], ["sessions.id"]),
)

reminders = Table(
    "reminders",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("id", UUID, nullable=False, unique=True, comment="of the person's reminders, as events name them"),
    Column("version", Integer, nullable=False, comment="how many there were"),
    Column("told_at", DateTime(timezone=True), nullable=False, comment="the last one"),
)
"""Who was reminded of waiting signatures, so that nobody is twice within a day."""
