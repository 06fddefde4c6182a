"""The tables that every service's database has: outbox, inbox, idempotency records, grants, and the tree of units."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID, ExcludeConstraint

NAMING = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}

metadata = MetaData(naming_convention=NAMING)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", UUID, nullable=False, unique=True),
    Column("type", String, nullable=False),
    Column("aggregate", String, nullable=False, comment="events of one aggregate keep their order"),
    Column("data", JSONB, nullable=False),
    Column("traceparent", String, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("published_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True), comment="every declared consumer has it in its inbox"),
    Index("outbox_unpublished_idx", "id", postgresql_where=text("published_at IS NULL")),
    Index("outbox_unsettled_idx", "published_at", postgresql_where=text("settled_at IS NULL")),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", UUID, nullable=False, unique=True),
    Column("type", String, nullable=False),
    Column("data", JSONB, comment="null where the message could not be decoded; raw holds it"),
    Column("raw", LargeBinary),
    Column("traceparent", String),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", String, nullable=False, server_default="PENDING", comment="PENDING, DONE, DEAD or DROPPED"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ended_at", DateTime(timezone=True)),
    Column("reason", String),
    Index("inbox_due_idx", "due_at", "id", postgresql_where=text("state = 'PENDING'")),
    Index("inbox_dead_idx", "id", postgresql_where=text("state = 'DEAD'")),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("school_year", SmallInteger, primary_key=True, comment="0 for commands that belong to no school year"),
    Column("account_id", UUID, primary_key=True),
    Column("key", String, primary_key=True, comment="SHA-256 of the caller's key"),
    Column("operation", String, nullable=False),
    Column("request_digest", String, nullable=False),
    Column("answer", LargeBinary, comment="AES-256-GCM under the caller's key"),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    postgresql_partition_by="LIST (school_year)",
)

grants = Table(
    "grants",
    metadata,
    Column("grant_id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("role", String, nullable=False),
    Column("unit_id", UUID, nullable=False),
    Column("valid_from", DateTime(timezone=True), nullable=False),
    Column("valid_to", DateTime(timezone=True)),
    Index("grants_person_id_idx", "person_id"),
    Index("grants_unit_id_idx", "unit_id"),
)

unit_parents = Table(
    "unit_parents",
    metadata,
    Column("unit_id", UUID, primary_key=True),
    Column("valid_from", Date, primary_key=True, comment="first day below this parent, in Vietnam's time"),
    Column("valid_to", Date, comment="first day no longer below it"),
    Column("parent_id", UUID, nullable=False, index=True),
    Column("kind", String, nullable=False, comment="of the unit"),
    Column("version", Integer, nullable=False, comment="of the unit, when this was told"),
    CheckConstraint("valid_to > valid_from", name="interval"),
    ExcludeConstraint(
        ("unit_id", "="),
        (text("daterange(valid_from, valid_to)"), "&&"),
        using="gist",
        name="unit_parents_one_at_a_time_excl",
    ),
)
