"""The real servers that integration tests run on, and a database of its own for each module that wants one."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg import sql
from sqlalchemy.engine import make_url

from services.chassis import migrations
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.gradebook.ledger import seals

SERVICES = Path(__file__).parents[2] / "services"


def server(variable: str) -> str:
    """The address in the variable; without it tests are skipped, except in CI, where they fail."""
    url = os.environ.get(variable)
    if url is None and os.environ.get("CI"):
        pytest.fail(f"{variable} is not set, and in CI the servers must be there.")
    if url is None:
        pytest.skip(f"{variable} is not set; `./hocba test` starts the servers.")
    return url


@pytest.fixture(scope="session")
def postgres_url() -> str:
    return server("HOCBA_TEST_POSTGRES_URL")


@pytest.fixture(scope="session")
def broker_url() -> str:
    return server("HOCBA_TEST_BROKER_URL")


@pytest.fixture(scope="session")
def management_url() -> str:
    return server("HOCBA_TEST_MANAGEMENT_URL")


@pytest.fixture(scope="session")
def ledger_key() -> Iterator[str]:
    """The key that gradebook seals with, PEM, among its settings."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOCBA_GRADEBOOK_LEDGER_KEY", pem)
        seals.ledger_key.cache_clear()  # other tests in this process may have read another
        yield pem


@pytest.fixture(scope="session")
def signing_keys() -> Iterator[None]:
    """What signing is told of its transparency log and of the codes on paper, among its settings."""
    keys = {"LOG": Ed25519PrivateKey.generate(), "SUMMARY": ec.generate_private_key(ec.SECP256R1())}
    with pytest.MonkeyPatch.context() as environment:
        for name, private in keys.items():
            pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
            environment.setenv(f"HOCBA_SIGNING_{name}_KEY", pem)
        environment.setenv("HOCBA_SIGNING_LOG_SECRET", "muối của nhật ký")
        environment.setenv("HOCBA_SIGNING_LOG_ORIGIN", "hocba.example.vn/log")
        yield


@pytest.fixture(scope="session")
def pattern(postgres_url: str) -> Iterator[Callable[[str], str]]:
    """Names the database of a service at head that others are copies of: migrating each would take far longer."""
    made: dict[str, str] = {}

    def of(service: str) -> str:
        if service not in made:
            made[service] = _create(postgres_url, service)
            database = Database(_url(postgres_url, made[service]))
            with database.transaction() as tx:
                migrations.upgrade(tx.conn, SERVICES / service / "migrations")
            database.engine.dispose()
        return made[service]

    yield of
    for name in made.values():
        _run(postgres_url, sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def new_database(postgres_url: str, pattern: Callable[[str], str]) -> Iterator[Callable[[str], Database]]:
    """Makes a service's database, migrated to head; it is dropped when the module ends."""
    made: list[Database] = []

    def make(service: str) -> Database:
        made.append(Database(_url(postgres_url, _create(postgres_url, service, pattern(service)))))
        return made[-1]

    yield make
    for database in made:
        database.engine.dispose()
        name = sql.Identifier(database.engine.url.database or "")
        _run(postgres_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _create(url: str, service: str, pattern: str = "template1") -> str:
    name = f"test_{service}_{new_id().hex}"
    _run(url, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(pattern)))
    return name


def _url(url: str, name: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


def _run(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(statement)
