"""Documents and class sheets with their signatures: one signature a slot is a primary key, not a hope."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.signing.models.tables import metadata

documents = Table(
    "documents",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("transcript_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("code", String, nullable=False),
    Column("frozen_xml", String, nullable=False, comment="SHA-256, as of every file here"),
    Column("frozen_pdf", String, nullable=False),
    Column("canonical", String, comment="SHA-256 of the canonical data; null where frozen before there was a log"),
    Column("slots", JSONB, nullable=False),
    Column("pdf", String, nullable=False, comment="with its empty fields prepared, then signed so far"),
    Column("xml", String, comment="with all signatures; null until sealed"),
    Column("completed_at", DateTime(timezone=True)),
    Column(
        "revision",
        Integer,
        nullable=False,
        server_default="0",
        comment="of its files since it is complete; each brings evidence",
    ),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_at", DateTime(timezone=True), comment="since when its owner lets nobody sign it any more"),
    CheckConstraint("(xml IS NULL) = (completed_at IS NULL)", name="complete"),
    Index("documents_class_id_idx", "school_year", "class_id"),
    Index("documents_unit_id_idx", "school_year", "unit_id"),
    Index("documents_open_idx", "unit_id", postgresql_where=text("completed_at IS NULL")),
    Index(
        "documents_slots_idx",
        "slots",
        postgresql_using="gin",
        postgresql_ops={"slots": "jsonb_path_ops"},
        postgresql_where=text("completed_at IS NULL"),
    ),
)

signatures = Table(
    "signatures",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("transcript_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("slot", String, primary_key=True),
    Column("holder", UUID, nullable=False),
    Column("xml_signature", LargeBinary, nullable=False),
    Column("session_id", UUID, nullable=False),
    Column("authorised_by", UUID, nullable=False, comment="the account that gave the PIN"),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["school_year", "transcript_id", "version"],
        ["documents.school_year", "documents.transcript_id", "documents.version"],
    ),
)

class_sheets = Table(
    "class_sheets",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("subject", String, nullable=False),
    Column("number", Integer, nullable=False, comment="of the class's freezing"),
    Column("holder", UUID, nullable=False),
    Column("name", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("root", String, nullable=False),
    Column("statement", String, nullable=False, comment="SHA-256 of the file that is signed"),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("completed_at", DateTime(timezone=True), comment="when its signature was kept; null while it waits"),
    Index("class_sheets_open_idx", "unit_id", postgresql_where=text("completed_at IS NULL")),
    Index("class_sheets_open_holder_idx", "holder", postgresql_where=text("completed_at IS NULL")),
    Index("class_sheets_class_id_idx", "school_year", "class_id"),
    Index("class_sheets_holder_idx", "school_year", "holder"),
)

class_sheet_signatures = Table(
    "class_sheet_signatures",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("file", String, nullable=False, comment="SHA-256 of the file with statement, signature and evidence"),
    Column("session_id", UUID, nullable=False),
    Column("authorised_by", UUID, nullable=False, comment="the account that gave the PIN"),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["school_year", "sheet_id"], ["class_sheets.school_year", "class_sheets.id"]),
)

evidence = Table(
    "evidence",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("transcript_id", UUID, primary_key=True, comment="or the id of a class sheet"),
    Column("version", Integer, primary_key=True, comment="of the transcript, or the number of a class sheet"),
    Column("form", String, CheckConstraint("form IN ('XML', 'PDF', 'SHEET')", name="form"), primary_key=True),
    Column(
        "level",
        String,
        CheckConstraint("level IN ('B_B', 'B_T', 'B_LT', 'B_LTA')", name="level"),
        nullable=False,
        comment="that all signatures of the file have reached",
    ),
    Column("stamped_at", DateTime(timezone=True), comment="what the newest timestamp says"),
    Column("due_at", DateTime(timezone=True), nullable=False, comment="when the next step is tried"),
    Column("tries", Integer, nullable=False, comment="in vain, since the last step"),
    Column("why", String, comment="of the last try in vain"),
    Column(
        "entered_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("now()"),
        comment="when the file was seen to be complete",
    ),
    CheckConstraint("(level = 'B_B') = (stamped_at IS NULL)", name="stamped"),
    Index("evidence_due_at_idx", "due_at"),
    Index("evidence_entered_at_idx", "entered_at", postgresql_where=text("level = 'B_B'")),
)
