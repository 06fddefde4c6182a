"""Sheets with their teachers, columns, cells, history and its seals; comments and conduct; teachers' own phrases."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import UUID

from services.gradebook.models.tables import BY_YEAR, CELL_STATE, CELL_VALUE, TERM, metadata

sheets = Table(
    "sheets",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("class_id", UUID, nullable=False),
    Column("subject", String, nullable=False),
    Column("term", SmallInteger, CheckConstraint(TERM, name="term"), nullable=False),
    Column("teacher_id", UUID, nullable=False, comment="who signs for the subject; others: sheet_teachers"),
    Column("history_rows", Integer, nullable=False, server_default="0"),
    Column("chain_head", String, nullable=False, comment="hash of the newest history row"),
    Column(
        "published_rows",
        Integer,
        nullable=False,
        server_default="0",
        comment="how much of the history the newest published head covers",
    ),
    UniqueConstraint("school_year", "class_id", "subject", "term"),
    Index("sheets_unit_id_idx", "school_year", "unit_id"),
    postgresql_partition_by=BY_YEAR,
)

sheet_teachers = Table(
    "sheet_teachers",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("teacher_id", UUID, primary_key=True),
    Column("valid_from", DateTime(timezone=True), primary_key=True),
    Column("valid_to", DateTime(timezone=True)),
    Column("reason", String, comment="why the principal changed the teacher of a sheet with marks"),
    Index("sheet_teachers_teacher_id_idx", "school_year", "teacher_id"),
    postgresql_partition_by=BY_YEAR,
)

columns = Table(
    "columns",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("key", String, nullable=False, comment="tx1…, gk, ck; in primary gk_muc, gk_kt, …"),
    Column("kind", String, CheckConstraint("kind IN ('REGULAR', 'MIDTERM', 'FINAL')", name="kind"), nullable=False),
    Column(
        "scale",
        String,
        CheckConstraint("scale IN ('MARK', 'PASS', 'TEST', 'LEVEL', 'QUALITY')", name="scale"),
        nullable=False,
    ),
    Column("position", SmallInteger, nullable=False),
    Column("is_cluster", Boolean, nullable=False, server_default=false(), comment="only for those with the cluster"),
    Column("is_centralised", Boolean, nullable=False, server_default=false(), comment="written by admins only"),
    Column("due_on", Date, comment="when the school's plan wants it filled"),
    UniqueConstraint("school_year", "sheet_id", "key"),
    postgresql_partition_by=BY_YEAR,
)

cells = Table(
    "cells",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("column_id", UUID, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("state", String, CheckConstraint(CELL_STATE, name="state"), nullable=False),
    Column("value", String),
    Column("version", Integer, nullable=False),
    CheckConstraint(CELL_VALUE, name="value"),
    postgresql_partition_by=BY_YEAR,
)

mark_history = Table(
    "mark_history",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("seq", Integer, primary_key=True, comment="from 1, without gaps in a sheet"),
    Column("column_id", UUID, nullable=False),
    Column("pupil_id", UUID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String, CheckConstraint(CELL_STATE, name="state"), nullable=False),
    Column("value", String),
    Column("account_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("hash", String, nullable=False, comment="SHA-256 over the row before and this row"),
    Column("basis", String, comment="null: entered in a window; else the correction, transfer or decision behind it"),
    CheckConstraint(CELL_VALUE, name="value"),
    UniqueConstraint("school_year", "sheet_id", "column_id", "pupil_id", "version"),
    postgresql_partition_by=BY_YEAR,
)

mark_seals = Table(
    "mark_seals",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("seq", Integer, primary_key=True, comment="the last row of history that it covers"),
    Column("hash", String, nullable=False, comment="of that row"),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("key_id", String, nullable=False, comment="thumbprint of the public key (RFC 7638)"),
    Column("signature", LargeBinary, nullable=False, comment="Ed25519"),
    postgresql_partition_by=BY_YEAR,
)

head_batches = Table(
    "head_batches",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 1, without gaps"),
    Column("id", UUID, nullable=False),
    Column("digest", String, nullable=False, comment="SHA-256 of the file with the heads, which is its name"),
    Column("heads", Integer, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
)

comments = Table(
    "comments",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("key", String, CheckConstraint("key IN ('gk', 'ck')", name="key"), primary_key=True),
    Column("text", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    postgresql_partition_by=BY_YEAR,
)

conduct = Table(
    "conduct",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("term", SmallInteger, CheckConstraint(TERM, name="term"), primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("level", String, CheckConstraint("level IN ('Tốt', 'Khá', 'Đạt', 'Chưa đạt')", name="level")),
    Column("absences", Integer, CheckConstraint("absences >= 0", name="absences"), nullable=False),
    Column("unexcused", Integer, nullable=False, comment="those of the absences that nobody excused"),
    Column("remark", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("unexcused BETWEEN 0 AND absences", name="unexcused"),
    postgresql_partition_by=BY_YEAR,
)

phrases = Table(
    "phrases",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("subject", String, comment="null: for any subject"),
    Column("text", String, nullable=False),
    UniqueConstraint("person_id", "subject", "text", postgresql_nulls_not_distinct=True),
)
