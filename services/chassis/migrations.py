"""Migrations of a service's database: numbered files in its own `migrations/versions`, run by Alembic."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from services.chassis.first_tables import FIRST_TABLES, GRANTS_BY_UNIT, UNIT_TREE

LOCK_TIMEOUT = "5s"  # a migration gives up rather than hold writers back


def upgrade(conn: Connection, folder: Path) -> None:
    """Bring the database to the newest migration; the caller commits."""
    conn.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    config = _config(folder)
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def is_at_head(conn: Connection, folder: Path) -> bool:
    current = MigrationContext.configure(conn).get_current_revision()
    return current == ScriptDirectory.from_config(_config(folder)).get_current_head()


def run_env(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` calls."""
    from alembic import context  # noqa: PLC0415 - exists only while Alembic runs an env.py

    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
    context.run_migrations()


def create_chassis_tables() -> None:
    """For a service's first migration: outbox, inbox, idempotency records, grants."""
    for statement in FIRST_TABLES:
        op.execute(statement)


def create_unit_tree() -> None:
    """For the migration with which a service begins to hear of units: who was below whom, from when to when."""
    for statement in UNIT_TREE:
        op.execute(statement)


def index_grants_by_unit() -> None:
    """For the migration with which a service finds who holds a role at a unit without reading all grants."""
    for statement in GRANTS_BY_UNIT:
        op.execute(statement)


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    return config
