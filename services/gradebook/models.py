"""Gradebook's tables. Those that grow with marks are partitioned by school year, which comes first in their keys."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.tables import NAMING

metadata = MetaData(naming_convention=NAMING)

BY_YEAR = "LIST (school_year)"
TERM = "term IN (1, 2)"
CELL = "(state = 'VALUE') = (value IS NOT NULL)"
CELL_STATE = "state IN ('EMPTY', 'VALUE', 'MISSED_EXCUSED', 'MISSED_UNEXCUSED', 'EXEMPT')"

school_years = Table(
    "school_years",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("unit_id", UUID, primary_key=True),
    Column("stage", String, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
)

subjects = Table(
    "subjects",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("unit_id", UUID, primary_key=True),
    Column("grade", SmallInteger, primary_key=True),
    Column("code", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, CheckConstraint("kind IN ('SCORED', 'COMMENT')", name="kind"), nullable=False),
    Column("periods", Integer, nullable=False, comment="a year, without study-topic clusters"),
    Column("position", SmallInteger, nullable=False, comment="order on the printed form"),
    ForeignKeyConstraint(["school_year", "unit_id"], ["school_years.school_year", "school_years.unit_id"]),
)

classes = Table(
    "classes",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("name", String, nullable=False),
    Column("grade", SmallInteger, CheckConstraint("grade BETWEEN 1 AND 12", name="grade"), nullable=False),
    Column("homeroom_id", UUID, nullable=False),
    UniqueConstraint("school_year", "unit_id", "name"),
    ForeignKeyConstraint(["school_year", "unit_id"], ["school_years.school_year", "school_years.unit_id"]),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("school_year", SmallInteger, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("class_id", UUID, comment="null until the receiving school has placed the pupil"),
    Column("pupil_id", UUID, nullable=False),
    Column("code", String, nullable=False),
    Column("position", Integer, nullable=False, comment="order on the class's list"),
    Column("version", Integer, nullable=False, comment="counts the pupil's enrolments"),
    Column("began_on", Date, nullable=False),
    Column("ended_on", Date),
    ForeignKeyConstraint(["school_year", "class_id"], ["classes.school_year", "classes.id"]),
    CheckConstraint("ended_on >= began_on", name="interval"),
    UniqueConstraint("pupil_id", "version"),
    Index("enrolments_one_active_key", "pupil_id", unique=True, postgresql_where=text("ended_on IS NULL")),
    Index("enrolments_class_id_idx", "school_year", "class_id"),
)

sheets = Table(
    "sheets",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("class_id", UUID, nullable=False),
    Column("subject", String, nullable=False),
    Column("term", SmallInteger, CheckConstraint(TERM, name="term"), nullable=False),
    Column("teacher_id", UUID, nullable=False),
    Column("history_rows", Integer, nullable=False, server_default="0"),
    Column("chain_head", String, nullable=False, comment="hash of the newest history row"),
    UniqueConstraint("school_year", "class_id", "subject", "term"),
    Index("sheets_unit_id_idx", "school_year", "unit_id"),
    postgresql_partition_by=BY_YEAR,
)

columns = Table(
    "columns",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("key", String, nullable=False, comment="tx1…, gk, ck"),
    Column("kind", String, CheckConstraint("kind IN ('REGULAR', 'MIDTERM', 'FINAL')", name="kind"), nullable=False),
    Column("position", SmallInteger, nullable=False),
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
    CheckConstraint(CELL, name="value"),
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
    CheckConstraint(CELL, name="value"),
    UniqueConstraint("school_year", "sheet_id", "column_id", "pupil_id", "version"),
    postgresql_partition_by=BY_YEAR,
)

comments = Table(
    "comments",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("text", String, nullable=False),
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
    Column(
        "level", String, CheckConstraint("level IN ('Tốt', 'Khá', 'Đạt', 'Chưa đạt')", name="level"), nullable=False
    ),
    Column("absences", Integer, CheckConstraint("absences >= 0", name="absences"), nullable=False),
    Column("remark", String, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    postgresql_partition_by=BY_YEAR,
)

windows = Table(
    "windows",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("term", SmallInteger, CheckConstraint(TERM, name="term"), nullable=False),
    Column("kind", String, CheckConstraint("kind IN ('MARKS', 'COMMENTS')", name="kind"), nullable=False),
    Column("opens_at", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True), nullable=False),
    Column("opened_by", UUID, nullable=False),
    CheckConstraint("closes_at >= opens_at", name="interval"),
    Index("windows_unit_id_idx", "school_year", "unit_id", "term", "kind"),
)

locks = Table(
    "locks",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column(
        "period", String, CheckConstraint("period IN ('TERM_1', 'TERM_2', 'YEAR')", name="period"), primary_key=True
    ),
    Column("locked_by", UUID, nullable=False),
    Column("locked_at", DateTime(timezone=True), nullable=False),
)

results = Table(
    "results",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column(
        "period", String, CheckConstraint("period IN ('TERM_1', 'TERM_2', 'YEAR')", name="period"), primary_key=True
    ),
    Column("pupil_id", UUID, primary_key=True),
    Column("regulation", String, nullable=False),
    Column("inputs_digest", String, nullable=False, comment="SHA-256 of what the rules were given"),
    Column("result", JSONB, nullable=False),
    postgresql_partition_by=BY_YEAR,
)

YEARLY = ("sheets", "columns", "cells", "mark_history", "comments", "conduct", "results")
"""Tables that get a partition when a school year is opened, besides the idempotency records."""
