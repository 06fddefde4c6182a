"""What is counted of locked results, of the entry of marks and of readiness: all of it can be counted again."""

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, SmallInteger, String, Table
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.gradebook.models.tables import BY_YEAR, PERIOD, TERM, metadata

MOST_VALUES = 12
"""How many values a measure may have: each has its column, so that a sum is one pass over plain numbers."""

VALUE_COLUMNS = tuple(f"n{place}" for place in range(1, MOST_VALUES + 1))

class_counts = Table(
    "class_counts",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("period", String, CheckConstraint(PERIOD, name="period"), primary_key=True),
    Column("unit_id", UUID, nullable=False, index=True),
    Column("stage", String, nullable=False),
    Column("grade", SmallInteger, nullable=False),
    Column("counts", JSONB, nullable=False, comment="what this class adds to school_counts: one object for each row"),
    Column("counted_at", DateTime(timezone=True), nullable=False),
    postgresql_partition_by=BY_YEAR,
)

school_counts = Table(
    "school_counts",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("period", String, CheckConstraint(PERIOD, name="period"), primary_key=True),
    Column("measure", String, primary_key=True),
    Column("unit_id", UUID, primary_key=True, comment="the school; what is above it is decided as of a date"),
    Column("stage", String, primary_key=True),
    Column("grade", SmallInteger, primary_key=True),
    Column("gender", String, primary_key=True, comment="empty: not known"),
    Column("ethnicity", String, primary_key=True, comment="empty: not known"),
    Column("subject", String, primary_key=True, comment="empty unless subjects are measured"),
    Column("pupils", Integer, nullable=False, comment="the sum of n1 to n12"),
    *(Column(name, Integer, nullable=False) for name in VALUE_COLUMNS),
    postgresql_partition_by=BY_YEAR,
)

progress_counts = Table(
    "progress_counts",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("unit_id", UUID, primary_key=True),
    Column("term", SmallInteger, CheckConstraint(TERM, name="term"), primary_key=True),
    Column("expected", Integer, nullable=False),
    Column("entered", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column(
        "history_rows", Integer, nullable=False, comment="of the term's sheets at the count: more means new entries"
    ),
    Column("counted_at", DateTime(timezone=True), comment="null: asked for, not yet counted"),
    Column("asked_at", DateTime(timezone=True), nullable=False, comment="when the newest count was asked for"),
)

readiness_counts = Table(
    "readiness_counts",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("unit_id", UUID, primary_key=True),
    Column("pupils", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("reasons", JSONB, nullable=False, comment="why the others have no transcript: pupils by reason"),
    Column("counted_at", DateTime(timezone=True), comment="null: asked for, not yet counted"),
    Column("asked_at", DateTime(timezone=True), nullable=False, comment="when the newest count was asked for"),
)
