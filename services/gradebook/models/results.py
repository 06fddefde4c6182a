"""Locks, results as they were made, corrections of what was locked, and second chances in the summer."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.gradebook.models.tables import BY_YEAR, CELL_STATE, PERIOD, metadata

locks = Table(
    "locks",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("period", String, CheckConstraint(PERIOD, name="period"), primary_key=True),
    Column("locked_by", UUID, nullable=False),
    Column("locked_at", DateTime(timezone=True), nullable=False),
)

results = Table(
    "results",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("period", String, CheckConstraint(PERIOD, name="period"), primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True, comment="the greatest one is in force"),
    Column("regulation", String, nullable=False),
    Column("inputs_digest", String, nullable=False, comment="SHA-256 of what the rules were given"),
    Column("result", JSONB, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("basis", String, comment="null: the lock; else the correction or second chance that changed it"),
    postgresql_partition_by=BY_YEAR,
)

corrections = Table(
    "corrections",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("sheet_id", UUID, nullable=False),
    Column("column_id", UUID, nullable=False),
    Column("pupil_id", UUID, nullable=False),
    Column("base_version", Integer, nullable=False),
    Column("old_state", String, nullable=False),
    Column("old_value", String),
    Column(
        "new_state",
        String,
        CheckConstraint(CELL_STATE.replace("state", "new_state", 1), name="new_state"),
        nullable=False,
    ),
    Column("new_value", String),
    Column("reason", String, nullable=False),
    Column("evidence", String, nullable=False, comment="SHA-256 of the scanned minutes"),
    Column(
        "state",
        String,
        CheckConstraint("state IN ('REQUESTED', 'VERIFIED', 'APPLIED', 'REFUSED')", name="state"),
        nullable=False,
    ),
    Column("requested_by", UUID, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("verified_by", UUID),
    Column("verified_at", DateTime(timezone=True)),
    Column("decided_by", UUID),
    Column("decided_at", DateTime(timezone=True)),
    Column("refusal", String, comment="why it was refused"),
    CheckConstraint("requested_by <> verified_by AND requested_by <> decided_by", name="never_alone"),
    ForeignKeyConstraint(["school_year", "sheet_id"], ["sheets.school_year", "sheets.id"]),
    Index("corrections_unit_id_idx", "school_year", "unit_id", "state"),
    Index(
        "corrections_one_open_key",
        "school_year",
        "sheet_id",
        "column_id",
        "pupil_id",
        unique=True,
        postgresql_where=text("state IN ('REQUESTED', 'VERIFIED')"),
    ),
)

second_chances = Table(
    "second_chances",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("subject", String, primary_key=True, comment="empty: conduct, or in primary the whole pupil"),
    Column("result", String, nullable=False, comment="the mark, level or decision of the summer"),
    Column("report", String, comment="SHA-256 of the report that the parents signed"),
    Column("note", String, nullable=False),
    Column("proposed_by", UUID, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", UUID),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("proposed_by <> decided_by", name="never_alone"),
)

document_states = Table(
    "document_states",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String, nullable=False, comment="of the pupil's newest transcript: FROZEN, ISSUED, REVOKED"),
)
