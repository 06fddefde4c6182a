"""Files that people sent to be imported, with what their preview said."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, SmallInteger, String, Table
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.gradebook.models.tables import metadata

imports = Table(
    "imports",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("kind", String, CheckConstraint("kind IN ('MARKS', 'PUPILS')", name="kind"), nullable=False),
    Column(
        "state",
        String,
        CheckConstraint("state IN ('PREVIEWED', 'APPLIED', 'EXPIRED')", name="state"),
        nullable=False,
    ),
    Column("layout", String, nullable=False),
    Column("file", String, nullable=False, comment="SHA-256 of the object, which stays"),
    Column("file_name", String, nullable=False),
    Column("previewed_by", UUID, nullable=False),
    Column("previewed_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("applied_at", DateTime(timezone=True)),
    Column("content", JSONB, nullable=False, comment="rows and versions to apply; empty once that is over"),
    Column("report", JSONB, nullable=False),
    Column("applied", JSONB, comment="what was written"),
    Index("imports_unit_id_idx", "school_year", "unit_id", "state"),
)
