"""Signing's tables: one signature a slot is a primary key, not a hope."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.tables import NAMING

metadata = MetaData(naming_convention=NAMING)

keys = Table(
    "keys",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("holder", UUID, nullable=False, comment="the person, or the unit whose seal it is"),
    Column("is_seal", Boolean, nullable=False),
    Column("name", String, nullable=False),
    Column(
        "provider",
        String,
        CheckConstraint("provider IN ('SOFTWARE', 'PKCS11', 'CSC', 'AGENT')", name="provider"),
        nullable=False,
    ),
    Column("place", String, comment="where another provider finds the key: PKCS#11 URI, or service/credential"),
    Column("salt", LargeBinary),
    Column("nonce", LargeBinary),
    Column("ciphertext", LargeBinary, comment="PKCS#8 under PIN and server key; erased when the key is retired"),
    Column("serial", String, nullable=False),
    Column("certificate", LargeBinary, nullable=False, comment="DER"),
    Column("chain", ARRAY(LargeBinary), nullable=False, comment="DER, nearest first, without the root"),
    Column("issuer", String, nullable=False),
    Column("valid_from", DateTime(timezone=True), nullable=False),
    Column("valid_to", DateTime(timezone=True), nullable=False),
    Column("pin_failures", Integer, nullable=False, server_default="0"),
    Column("made_by", UUID, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    Column("retired_by", UUID),
    Column("retired_why", String, comment="BLOCKED, REPLACED, REVOKED"),
    Column("warned_days", SmallInteger, comment="of the last warning that its certificate ends: 30, 7, 1"),
    UniqueConstraint("issuer", "serial"),
    CheckConstraint("(provider = 'SOFTWARE' AND retired_at IS NULL) = (ciphertext IS NOT NULL)", name="kept"),
    CheckConstraint(
        "(retired_at IS NULL) = (retired_by IS NULL) AND (retired_at IS NULL) = (retired_why IS NULL)", name="retired"
    ),
    Index("keys_holder_idx", "holder", unique=True, postgresql_where=text("retired_at IS NULL")),
    Index("keys_valid_to_idx", "valid_to", postgresql_where=text("retired_at IS NULL")),
)

documents = Table(
    "documents",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("transcript_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("code", String, nullable=False),
    Column("frozen_xml", String, nullable=False, comment="SHA-256, as of every file here"),
    Column("frozen_pdf", String, nullable=False),
    Column("canonical", String, comment="SHA-256 of the canonical data; null where frozen before there was a log"),
    Column("slots", JSONB, nullable=False),
    Column("pdf", String, nullable=False, comment="with its empty fields prepared, then signed so far"),
    Column("xml", String, comment="with all signatures; null until sealed"),
    Column("completed_at", DateTime(timezone=True)),
    Column(
        "revision",
        Integer,
        nullable=False,
        server_default="0",
        comment="of its files since it is complete; each brings evidence",
    ),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_at", DateTime(timezone=True), comment="since when its owner lets nobody sign it any more"),
    CheckConstraint("(xml IS NULL) = (completed_at IS NULL)", name="complete"),
    Index("documents_class_id_idx", "school_year", "class_id"),
    Index("documents_unit_id_idx", "school_year", "unit_id"),
    Index("documents_open_idx", "unit_id", postgresql_where=text("completed_at IS NULL")),
    Index(
        "documents_slots_idx",
        "slots",
        postgresql_using="gin",
        postgresql_ops={"slots": "jsonb_path_ops"},
        postgresql_where=text("completed_at IS NULL"),
    ),
)

signatures = Table(
    "signatures",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("transcript_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("slot", String, primary_key=True),
    Column("holder", UUID, nullable=False),
    Column("xml_signature", LargeBinary, nullable=False),
    Column("session_id", UUID, nullable=False),
    Column("authorised_by", UUID, nullable=False, comment="the account that gave the PIN"),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["school_year", "transcript_id", "version"],
        ["documents.school_year", "documents.transcript_id", "documents.version"],
    ),
)

class_sheets = Table(
    "class_sheets",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("subject", String, nullable=False),
    Column("number", Integer, nullable=False, comment="of the class's freezing"),
    Column("holder", UUID, nullable=False),
    Column("name", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("root", String, nullable=False),
    Column("statement", String, nullable=False, comment="SHA-256 of the file that is signed"),
    Index("class_sheets_class_id_idx", "school_year", "class_id"),
    Index("class_sheets_holder_idx", "school_year", "holder"),
)

class_sheet_signatures = Table(
    "class_sheet_signatures",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("sheet_id", UUID, primary_key=True),
    Column("file", String, nullable=False, comment="SHA-256 of the file with statement and signature"),
    Column("session_id", UUID, nullable=False),
    Column("authorised_by", UUID, nullable=False, comment="the account that gave the PIN"),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["school_year", "sheet_id"], ["class_sheets.school_year", "class_sheets.id"]),
)


reminders = Table(
    "reminders",
    metadata,
    Column("person_id", UUID, primary_key=True),
    Column("id", UUID, nullable=False, unique=True, comment="of the person's reminders, as events name them"),
    Column("version", Integer, nullable=False, comment="how many there were"),
    Column("told_at", DateTime(timezone=True), nullable=False, comment="the last one"),
)
"""Who was reminded of waiting signatures, so that nobody is twice within a day."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("school_year", SmallInteger, nullable=False),
    Column("account_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("holder", UUID, nullable=False),
    Column(
        "role", String, CheckConstraint("role IN ('GVBM', 'GVCN', 'CBQL', 'KY_PHAT_HANH')", name="role"), nullable=False
    ),
    Column("class_ids", ARRAY(UUID), nullable=False),
    Column("open_class_ids", ARRAY(UUID), nullable=False, comment="classes whose batch has not ended"),
    Column("key_id", UUID, ForeignKey("keys.id"), nullable=False),
    Column(
        "wrapped_secret",
        LargeBinary,
        comment="opened key, PIN or authorisation under the server key; erased when the session ends",
    ),
    Column("expected", Integer, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("sessions_expires_at_idx", "expires_at", postgresql_where=text("wrapped_secret IS NOT NULL")),
    CheckConstraint("(cardinality(open_class_ids) = 0) = (wrapped_secret IS NULL)", name="erased"),
)

session_items = Table(
    "session_items",
    metadata,
    Column("session_id", UUID, primary_key=True),
    Column("transcript_id", UUID, primary_key=True, comment="or the id of a class sheet"),
    Column("slot", String, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("version", Integer, nullable=False, comment="of the transcript, or the number of a class sheet"),
    Column("ended_at", DateTime(timezone=True), comment="null while it waits"),
    Column("reason", String, comment="null where it was signed, or waits"),
    CheckConstraint("reason IS NULL OR ended_at IS NOT NULL", name="reason"),
    ForeignKeyConstraint(["session_id"], ["sessions.id"]),
)

agents = Table(
    "agents",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True, comment="SHA-256; the token itself was shown once"),
    Column("holder", UUID, nullable=False),
    Column("unit_id", UUID, comment="the unit whose seal it is, or null"),
    Column("name", String, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("chain", ARRAY(LargeBinary), nullable=False),
    Column(
        "challenge",
        LargeBinary,
        nullable=False,
        comment="the digest that the key must sign before the certificate counts",
    ),
    Column("made_by", UUID, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("proved_at", DateTime(timezone=True)),
)

agent_work = Table(
    "agent_work",
    metadata,
    Column("session_id", UUID, ForeignKey("sessions.id"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("class_id", UUID, nullable=False),
    Column("transcript_id", UUID, nullable=False),
    Column("slot", String, nullable=False),
    Column("code", String, nullable=False),
    Column("part", String, CheckConstraint("part IN ('XML', 'PDF', 'SHEET')", name="part"), nullable=False),
    Column("prepared_at", DateTime(timezone=True), nullable=False, comment="the time that the signature states"),
    Column("value", LargeBinary, comment="checked against the certificate; null while it waits"),
)

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

revocation_data = Table(
    "revocation_data",
    metadata,
    Column("issuer_key", String, primary_key=True, comment="SHA-256 of the issuer's name and key"),
    Column("serial", String, primary_key=True, comment="of an answer (OCSP); empty for the issuer's list (CRL)"),
    Column("der", LargeBinary, nullable=False),
    Column("this_update", DateTime(timezone=True), nullable=False),
    Column("next_update", DateTime(timezone=True), nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)

revocations = Table(
    "revocations",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("key_id", UUID, ForeignKey("keys.id"), nullable=False, unique=True),
    Column("reason", String, nullable=False),
    Column("compromised_at", DateTime(timezone=True), nullable=False, comment="not to be believed from then on"),
    Column("revoked_at", DateTime(timezone=True), nullable=False),
    Column("revoked_by", UUID, nullable=False, comment="the account"),
    Column("sessions_stopped", Integer, nullable=False),
    CheckConstraint("compromised_at <= revoked_at", name="order"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("school_year", SmallInteger, primary_key=True),
    Column("transcript_id", UUID, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("form", String, CheckConstraint("form IN ('XML', 'PDF')", name="form"), primary_key=True),
    Column(
        "level",
        String,
        CheckConstraint("level IN ('B_B', 'B_T', 'B_LT', 'B_LTA')", name="level"),
        nullable=False,
        comment="that all signatures of the file have reached",
    ),
    Column("stamped_at", DateTime(timezone=True), comment="what the newest timestamp says"),
    Column("due_at", DateTime(timezone=True), nullable=False, comment="when the next step is tried"),
    Column("tries", Integer, nullable=False, comment="in vain, since the last step"),
    Column("why", String, comment="of the last try in vain"),
    Column(
        "entered_at",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("now()"),
        comment="when the file was seen to be complete",
    ),
    CheckConstraint("(level = 'B_B') = (stamped_at IS NULL)", name="stamped"),
    ForeignKeyConstraint(
        ["school_year", "transcript_id", "version"],
        ["documents.school_year", "documents.transcript_id", "documents.version"],
    ),
    Index("evidence_due_at_idx", "due_at"),
    Index("evidence_entered_at_idx", "entered_at", postgresql_where=text("level = 'B_B'")),
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
