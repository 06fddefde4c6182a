"""Earlier years of pupils as the papers of that time give them."""

from sqlalchemy import Column, DateTime, Integer, SmallInteger, String, Table
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.gradebook.models.tables import metadata

given_years = Table(
    "given_years",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("pupil_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True, comment="the greatest one is in force"),
    Column("year", JSONB, nullable=False, comment="as it was given"),
    Column("evidence", String, nullable=False, comment="SHA-256 of the scanned paper"),
    Column("kept_by", UUID, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
)
