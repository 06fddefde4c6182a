"""Each service's database as its migrations build it, from any of them on."""

from collections.abc import Callable
from contextlib import contextmanager

import pytest
from alembic import command
from sqlalchemy import text

from services.chassis import migrations
from services.contracts.platform import SERVICES
from tests.integration.conftest import SERVICES as FOLDER
from tests.integration.conftest import new_database, pattern, postgres_url

__all__ = ["new_database", "pattern", "postgres_url"]  # fixtures


@pytest.fixture(scope="module")
def databases(new_database):
    return {service: new_database(service) for service in SERVICES}


@pytest.fixture
def database_of_before(new_database) -> Callable:
    """A transaction in a service's database as that migration left it, and what brings it to head."""

    @contextmanager
    def opened(service, revision):
        with new_database(service).transaction() as tx:
            tx.conn.execute(text("DROP SCHEMA public CASCADE"))
            tx.conn.execute(text("CREATE SCHEMA public"))
            _upgrade(tx.conn, service, revision)
            yield tx.conn, lambda: _upgrade(tx.conn, service, "head")

    return opened


def _upgrade(conn, service, revision):
    config = migrations._config(FOLDER / service / "migrations")  # noqa: SLF001 - there is no way to an older state
    config.attributes["connection"] = conn
    command.upgrade(config, revision)
