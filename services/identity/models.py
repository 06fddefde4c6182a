"""Identity's tables. Times are UTC; intervals are valid from (inclusive) to (exclusive)."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID, ExcludeConstraint

from services.chassis.tables import NAMING

metadata = MetaData(naming_convention=NAMING)

units = Table(
    "units",
    metadata,
    Column("id", UUID, primary_key=True),
    Column(
        "kind",
        String,
        CheckConstraint("kind IN ('BO', 'SO', 'PHONG', 'XA', 'TRUONG', 'DIEM_TRUONG')", name="kind"),
        nullable=False,
    ),
    Column("code", String, nullable=False, unique=True),
    Column("opened_on", Date, nullable=False, comment="in Vietnam's time, as every day here"),
    Column("closed_on", Date, comment="first day on which it was no more"),
    Column("merged_into", UUID, ForeignKey("units.id")),
    Column("version", Integer, nullable=False, server_default="1", comment="counts what was told of the unit"),
    CheckConstraint("merged_into IS NULL OR closed_on IS NOT NULL", name="merged"),
    CheckConstraint("closed_on >= opened_on", name="interval"),
)
"""Where a unit is in the tree stands in the chassis's `unit_parents`, as in every service; here it is the truth."""

unit_names = Table(
    "unit_names",
    metadata,
    Column("unit_id", UUID, ForeignKey("units.id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date, comment="open for a closed unit too: the name by which it is still known"),
    Column("name", String, nullable=False),
    Column("commune", String, nullable=False),
    Column("province", String, nullable=False),
    CheckConstraint("valid_to > valid_from", name="interval"),
    ExcludeConstraint(
        ("unit_id", "="),
        (text("daterange(valid_from, valid_to)"), "&&"),
        using="gist",
        name="unit_names_one_at_a_time_excl",
    ),
)

people = Table(
    "people",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("unit_id", UUID, ForeignKey("units.id"), comment="where the person studies or works now"),
    Column("unit_version", Integer, nullable=False, server_default="0", comment="of the move that set it"),
    Column("kind", String, CheckConstraint("kind IN ('PUPIL', 'STAFF', 'GUARDIAN')", name="kind"), nullable=False),
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("born_on", Date),
    Column("gender", String),
    Column("ethnicity", String),
    Column("nationality", String, nullable=False, server_default="Việt Nam"),
    Column("personal_id", String, CheckConstraint("personal_id ~ '^[0-9]{12}$'", name="personal_id")),
    Column("email", String),
    Column("name_key", String, nullable=False, comment="the name as it is looked up"),
    Column("passport", String),
    Column("programme", String, nullable=False, server_default="Việt Nam", comment="of study, where it is another"),
    UniqueConstraint("kind", "code"),
    Index("people_personal_id_key", "personal_id", unique=True, postgresql_where=text("kind = 'PUPIL'")),
    Index("people_unit_id_idx", "unit_id"),
    Index("people_name_key_idx", "name_key", "born_on", postgresql_where=text("kind = 'PUPIL'")),
)

guardianships = Table(
    "guardianships",
    metadata,
    Column("pupil_id", UUID, ForeignKey("people.id"), primary_key=True),
    Column("guardian_id", UUID, ForeignKey("people.id"), primary_key=True),
    Column("relation", String, nullable=False),
    Column("valid_from", DateTime(timezone=True), primary_key=True, server_default=func.now()),
    Column("valid_to", DateTime(timezone=True)),
    Index("guardianships_guardian_id_idx", "guardian_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("person_id", UUID, ForeignKey("people.id"), nullable=False, unique=True),
    Column("username", String, nullable=False, unique=True),
    Column("password_hash", String, comment="argon2id; null until the person has set a password"),
    Column("activation_hash", String, unique=True, comment="SHA-256 of the one-time activation code"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", DateTime(timezone=True)),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("account_id", UUID, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("refresh_hash", String, nullable=False, unique=True, comment="SHA-256 of the refresh token in force"),
    Column("began_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)

cases = Table(
    "cases",
    metadata,
    Column("grant_id", UUID, primary_key=True),
    Column("case_no", String, nullable=False),
)
"""The case that an inspector's grant was given for."""

health_links = Table(
    "health_links",
    metadata,
    Column("pupil_id", UUID, ForeignKey("people.id"), primary_key=True),
    Column("url", String, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("account_id", UUID, nullable=False),
    Column("person_id", UUID, nullable=False),
    Column("role", String, comment="under which the person looked"),
    Column("unit_id", UUID, nullable=False),
    Column("pupil_id", UUID, comment="null for a look-up that found nobody"),
    Column("what", String, nullable=False),
    Column("reason", String),
    Column("case_no", String),
    Index("access_log_pupil_id_idx", "pupil_id", "at"),
    Index("access_log_unit_id_idx", "unit_id", "at"),
    Index("access_log_person_id_idx", "person_id", "at"),
    comment="append-only",
)
