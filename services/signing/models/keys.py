"""Keys with their certificates, revocations, and agents at schools."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.signing.models.tables import metadata

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
    Column("revoked_at", DateTime(timezone=True), comment="let in no more since"),
    Column("revoked_by", UUID, comment="the person"),
    CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
    Index("agents_holder_idx", "holder"),
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
