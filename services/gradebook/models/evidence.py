"""Scanned papers that changes rest on."""

from sqlalchemy import Column, DateTime, String, Table
from sqlalchemy.dialects.postgresql import UUID

from services.gradebook.models.tables import metadata

evidence = Table(
    "evidence",
    metadata,
    Column("unit_id", UUID, primary_key=True),
    Column("file", String, primary_key=True, comment="SHA-256"),
    Column("content_type", String, nullable=False),
    Column("sent_by", UUID, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
)
