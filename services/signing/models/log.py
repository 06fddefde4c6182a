"""The transparency log, and the heads of mark histories."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import UUID

from services.signing.models.tables import metadata

mark_heads = Table(
    "mark_heads",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("seq", Integer, primary_key=True, comment="the row of the sheet's history that has this hash"),
    Column("hash", String, primary_key=True),
    Column("batch", Integer, nullable=False, comment="the batch that first told of it"),
    postgresql_partition_by="LIST (school_year)",
)

mark_head_batches = Table(
    "mark_head_batches",
    metadata,
    Column(
        "number", Integer, nullable=False, comment="from 1, without gaps; a number with two batches is a split view"
    ),
    Column("id", UUID, primary_key=True),
    Column("digest", String, nullable=False, comment="SHA-256 of the file with the heads"),
    Column("heads", Integer, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
)

log_queue = Table(
    "log_queue",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", String, nullable=False),
    Column("reference", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)

log_entries = Table(
    "log_entries",
    metadata,
    Column("index", BigInteger, primary_key=True, autoincrement=False, comment="from 0, without gaps"),
    Column("kind", String, CheckConstraint("kind IN ('document', 'file', 'mark_heads')", name="kind"), nullable=False),
    Column("reference", String, nullable=False, comment="a code, a file's SHA-256, a batch's id: makes the salt"),
    Column("entry", LargeBinary, CheckConstraint("length(entry) = 32", name="entry"), nullable=False, unique=True),
    UniqueConstraint("kind", "reference"),
)

log_tiles = Table(
    "log_tiles",
    metadata,
    Column("level", SmallInteger, primary_key=True),
    Column("index", BigInteger, primary_key=True),
    Column("root", LargeBinary, nullable=False, comment="over the complete tile: a hash of the tile level above"),
)

log_checkpoints = Table(
    "log_checkpoints",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, comment="from 1, without gaps"),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("note", String, nullable=False, comment="signed by the log alone"),
)

log_cosignatures = Table(
    "log_cosignatures",
    metadata,
    Column("checkpoint", BigInteger, primary_key=True),
    Column("witness", String, primary_key=True, comment="its vkey"),
    Column("line", String, nullable=False),
    ForeignKeyConstraint(["checkpoint"], ["log_checkpoints.number"]),
)
