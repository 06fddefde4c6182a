"""Transcript's tables. The database keeps life cycle, class sheets and the register of copies (see the migrations)."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.tables import NAMING

YEAR_OF_PUPIL, PAPER = ("school_year", "pupil_id"), ("pupil_id", "unit_id", "first_year", "last_year")
IN_FORCE, ORIGINAL, COPY = "state <> 'REVOKED'", "origin = 'BORN_DIGITAL'", "origin = 'DIGITISED_COPY'"

metadata = MetaData(naming_convention=NAMING)

ready_classes = Table(
    "ready_classes",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("unit_id", UUID, nullable=False),
    Column("version", Integer, nullable=False, comment="of the event that locked the year's results"),
)

freezes = Table(
    "freezes",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("requested_by", UUID, nullable=False, comment="the account that authorised it"),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("expected", Integer, nullable=False, comment="-1 until the class's results have been read"),
)

freeze_batches = Table(
    "freeze_batches",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("class_id", UUID, primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1"),
    Column("seed", LargeBinary, comment="what codes and salts come from; erased once they are frozen"),
    Column("frozen_at", DateTime(timezone=True)),
    CheckConstraint("(frozen_at IS NULL) = (seed IS NOT NULL)", name="erased"),
    Index(
        "freeze_batches_one_open_key",
        "school_year",
        "class_id",
        unique=True,
        postgresql_where=text("frozen_at IS NULL"),
    ),
)

class_sheets = Table(
    "class_sheets",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("subject", String, nullable=False),
    Column("number", Integer, nullable=False, comment="of the freezing whose rows it holds"),
    Column("holder", UUID, nullable=False, comment="the teacher who signs it"),
    Column("name", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("root", String, nullable=False, comment="of the Merkle tree over its rows, in hexadecimal"),
    Column("statement", String, nullable=False, comment="SHA-256 of the file that is signed"),
    UniqueConstraint("school_year", "class_id", "subject", "number", "holder"),
    ForeignKeyConstraint(
        ["school_year", "class_id", "number"],
        ["freeze_batches.school_year", "freeze_batches.class_id", "freeze_batches.number"],
    ),
)

transcripts = Table(
    "transcripts",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("pupil_id", UUID, nullable=False),
    Column("version", Integer, nullable=False),
    Column(
        "state",
        String,
        CheckConstraint("state IN ('PARKED', 'FROZEN', 'SIGNING', 'ISSUED', 'REVOKED')", name="state"),
        nullable=False,
    ),
    Column("reason", String, comment="why it is parked or revoked"),
    Column("code", String, unique=True, comment="public: 26 Crockford characters over 128 random bits"),
    Column("canonical", String, comment="SHA-256 of the canonical data, as of every file here"),
    Column("frozen_xml", String),
    Column("frozen_pdf", String),
    Column("slots", JSONB),
    Column("boxes", JSONB),
    Column("school_name", String),
    Column("pupil_initials", String),
    Column("frozen_at", DateTime(timezone=True)),
    Column("xml", String, comment="the newest file, signed so far"),
    Column("pdf", String),
    Column("signatures", Integer, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="0", comment="of the files since they are issued"),
    Column("issued_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Column(
        "origin",
        String,
        CheckConstraint("origin IN ('BORN_DIGITAL', 'DIGITISED_COPY')", name="origin"),
        nullable=False,
        server_default="BORN_DIGITAL",
        comment="of a digitised copy class_id is the school's own id",
    ),
    Column("first_year", SmallInteger, comment="that the paper covers, as last_year"),
    Column("last_year", SmallInteger),
    Column("printed_school", String, comment="the school's name on the paper"),
    Column("scan", String, comment="SHA-256 of what the copy was made from"),
    Column("scan_type", String),
    CheckConstraint("(state = 'PARKED') = (canonical IS NULL)", name="frozen"),
    CheckConstraint(
        "state NOT IN ('ISSUED', 'REVOKED') OR issued_at IS NOT NULL"
        " OR state = 'REVOKED' AND origin = 'DIGITISED_COPY'",
        name="issued",
    ),
    CheckConstraint("(state IN ('PARKED', 'REVOKED')) = (reason IS NOT NULL)", name="reason"),
    CheckConstraint("(state = 'REVOKED') = (revoked_at IS NOT NULL)", name="revoked"),
    CheckConstraint(
        "num_nonnulls(first_year, last_year, printed_school, scan, scan_type)"
        " = CASE origin WHEN 'DIGITISED_COPY' THEN 5 ELSE 0 END"
        " AND (origin = 'BORN_DIGITAL' OR state <> 'PARKED' AND class_id = unit_id AND first_year <= last_year)",
        name="paper",
    ),
    Index("transcripts_version_key", *YEAR_OF_PUPIL, "version", unique=True, postgresql_where=text(ORIGINAL)),
    Index(
        "transcripts_one_in_force_key", *YEAR_OF_PUPIL, unique=True, postgresql_where=text(f"{IN_FORCE} AND {ORIGINAL}")
    ),
    Index("transcripts_copy_version_key", *PAPER, "version", unique=True, postgresql_where=text(COPY)),
    Index("transcripts_one_copy_in_force_key", *PAPER, unique=True, postgresql_where=text(f"{IN_FORCE} AND {COPY}")),
    Index("transcripts_class_id_idx", "school_year", "class_id"),
    Index("transcripts_pupil_id_idx", "pupil_id"),
)

received = Table(
    "received",
    metadata,
    Column("transcript_id", UUID, primary_key=True),
    Column("unit_id", UUID, primary_key=True, comment="the school that keeps it since the transfer"),
    Column("transfer_id", UUID, nullable=False),
    Column("school_year", SmallInteger, nullable=False),
    Column("pupil_id", UUID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("code", String, nullable=False),
    Column("xml", String, nullable=False),
    Column("pdf", String, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("origin", String, nullable=False, server_default="BORN_DIGITAL"),
    Index("received_pupil_id_idx", "pupil_id", "unit_id"),
)

copies = Table(
    "copies",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("kind", String, CheckConstraint("kind IN ('RECORD', 'EXTRACT', 'CLASS')", name="kind"), nullable=False),
    Column("unit_id", UUID, nullable=False, comment="the school that handed it out"),
    Column("pupil_ids", ARRAY(UUID), nullable=False),
    Column("codes", ARRAY(String), nullable=False, comment="of the transcripts printed"),
    Column("recipient", String, CheckConstraint("recipient <> ''", name="recipient"), nullable=False),
    Column("reason", String, CheckConstraint("reason <> ''", name="reason"), nullable=False),
    Column("account_id", UUID, nullable=False),
    Column("handed_out_by", UUID, nullable=False),
    Column("handed_out_at", DateTime(timezone=True), nullable=False),
    Column("file", String, nullable=False, comment="SHA-256 of the printout"),
    Index("copies_unit_id_idx", "unit_id", "handed_out_at"),
    Index("copies_pupil_ids_idx", "pupil_ids", postgresql_using="gin"),
)
