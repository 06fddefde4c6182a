"""Centralised exams: their candidates, marks that are only ever added to, and what became of each row of a file."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.gradebook.models.tables import BY_YEAR, metadata

EXAM = ["school_year", "exam_id"]
EXAM_PLACE = ["exams.school_year", "exams.id"]

exams = Table(
    "exams",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("name", String, nullable=False),
    Column("subjects", ARRAY(String), nullable=False, comment="as the results files head them"),
    Column("opened_by", UUID, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Index("exams_unit_id_idx", "school_year", "unit_id"),
)

exam_candidates = Table(
    "exam_candidates",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("exam_id", UUID, primary_key=True),
    Column("code", String, primary_key=True, comment="số báo danh, or the pupil's own code"),
    Column("pupil_id", UUID, nullable=False),
    ForeignKeyConstraint(EXAM, EXAM_PLACE),
    Index("exam_candidates_pupil_id_idx", "school_year", "exam_id", "pupil_id"),
)

exam_marks = Table(
    "exam_marks",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("exam_id", UUID, primary_key=True),
    Column("code", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("version", Integer, primary_key=True, comment="the greatest one is in force"),
    Column("value", Numeric(4, 2), CheckConstraint("value BETWEEN 0 AND 10", name="value"), nullable=False),
    Column("account_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    postgresql_partition_by=BY_YEAR,
)

exam_imports = Table(
    "exam_imports",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("exam_id", UUID, nullable=False),
    Column("file", String, nullable=False, comment="SHA-256 of the object, which stays"),
    Column("imported_by", UUID, nullable=False),
    Column("imported_at", DateTime(timezone=True), nullable=False),
    Column("rows", JSONB, nullable=False, comment="how many of each state"),
    Column("marks", Integer, nullable=False),
    ForeignKeyConstraint(EXAM, EXAM_PLACE),
)

exam_import_rows = Table(
    "exam_import_rows",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("import_id", UUID, primary_key=True),
    Column("row", Integer, primary_key=True),
    Column("code", String, nullable=False),
    Column("state", String, nullable=False),
    Column("vi", String),
    Column("en", String),
    postgresql_partition_by=BY_YEAR,
)
