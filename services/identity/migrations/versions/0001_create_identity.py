"""Units, people, guardianships, accounts, sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from services.chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables()
    _create_units_and_people()
    _create_accounts()


def _create_units_and_people() -> None:
    op.create_table(
        "units",
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("parent_id", UUID),
        sa.Column("commune", sa.String, nullable=False),
        sa.Column("province", sa.String, nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="units_pkey"),
        sa.UniqueConstraint("code", name="units_code_key"),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name="units_parent_id_fkey"),
        sa.CheckConstraint("kind IN ('BO', 'SO', 'XA', 'TRUONG')", name=op.f("units_kind_check")),
    )
    op.create_table(
        "people",
        sa.Column("id", UUID, nullable=False),
        sa.Column("unit_id", UUID, comment="where the person studies or works now"),
        sa.Column("unit_version", sa.Integer, nullable=False, server_default="0", comment="of the move that set it"),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("born_on", sa.Date),
        sa.Column("gender", sa.String),
        sa.Column("ethnicity", sa.String),
        sa.Column("nationality", sa.String, nullable=False, server_default="Việt Nam"),
        sa.Column("personal_id", sa.String),
        sa.Column("email", sa.String),
        sa.PrimaryKeyConstraint("id", name="people_pkey"),
        sa.UniqueConstraint("kind", "code", name="people_kind_code_key"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="people_unit_id_fkey"),
        sa.CheckConstraint("kind IN ('PUPIL', 'STAFF', 'GUARDIAN')", name=op.f("people_kind_check")),
        sa.CheckConstraint("personal_id ~ '^[0-9]{12}$'", name=op.f("people_personal_id_check")),
    )
    pupils = sa.text("kind = 'PUPIL'")
    op.create_index("people_personal_id_key", "people", ["personal_id"], unique=True, postgresql_where=pupils)
    op.create_index("people_unit_id_idx", "people", ["unit_id"])
    op.create_table(
        "guardianships",
        sa.Column("pupil_id", UUID, nullable=False),
        sa.Column("guardian_id", UUID, nullable=False),
        sa.Column("relation", sa.String, nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("valid_to", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("pupil_id", "guardian_id", "valid_from", name="guardianships_pkey"),
        sa.ForeignKeyConstraint(["pupil_id"], ["people.id"], name="guardianships_pupil_id_fkey"),
        sa.ForeignKeyConstraint(["guardian_id"], ["people.id"], name="guardianships_guardian_id_fkey"),
    )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", UUID, nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("username", sa.String, nullable=False),
        sa.Column("password_hash", sa.String, comment="argon2id; null until the person has set a password"),
        sa.Column("activation_hash", sa.String, comment="SHA-256 of the one-time activation code"),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="accounts_pkey"),
        sa.UniqueConstraint("person_id", name="accounts_person_id_key"),
        sa.UniqueConstraint("username", name="accounts_username_key"),
        sa.UniqueConstraint("activation_hash", name="accounts_activation_hash_key"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="accounts_person_id_fkey"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", UUID, nullable=False),
        sa.Column("account_id", UUID, nullable=False),
        sa.Column("refresh_hash", sa.String, nullable=False, comment="SHA-256 of the refresh token in force"),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="sessions_pkey"),
        sa.UniqueConstraint("refresh_hash", name="sessions_refresh_hash_key"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="sessions_account_id_fkey"),
    )
    op.create_index("sessions_account_id_idx", "sessions", ["account_id"])
