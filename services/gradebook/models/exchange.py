"""What was sent to the national database, and what it answered to each record."""

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, SmallInteger, String, Table
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.gradebook.models.tables import BY_YEAR, PERIOD, metadata

exchanges = Table(
    "exchanges",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("period", String, CheckConstraint(PERIOD, name="period"), nullable=False),
    Column("file", String, nullable=False, comment="SHA-256 of the records as they left, one JSON object a line"),
    Column("records", Integer, nullable=False),
    Column("parked", Integer, nullable=False),
    Column("exported_by", UUID, nullable=False),
    Column("exported_at", DateTime(timezone=True), nullable=False),
    Index("exchanges_unit_id_idx", "school_year", "unit_id", "period"),
)

exchange_records = Table(
    "exchange_records",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("exchange_id", UUID, primary_key=True),
    Column("record_id", UUID, primary_key=True, comment="idbanghi: one for each pupil and period"),
    Column("class_id", UUID, nullable=False),
    Column("pupil_id", UUID, nullable=False),
    Column("version", Integer, nullable=False, comment="phienban: the result's"),
    Column(
        "state",
        String,
        CheckConstraint("state IN ('PARKED', 'SENT', 'ACCEPTED', 'REFUSED')", name="state"),
        nullable=False,
    ),
    Column("errors", JSONB, nullable=False, comment="in the hub's own words"),
    Column("answered_at", DateTime(timezone=True)),
    postgresql_partition_by=BY_YEAR,
)
