"""One service's database: seen at one moment, dumped as it was then, and brought back from a dump."""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import psycopg
from sqlalchemy.engine import URL, make_url

from deploy.backup import sealing
from deploy.backup.manifest import File
from deploy.local import packages
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance
from deploy.local.platform import database_url

WAIT_FOR_LOCKS = "--lock-wait-timeout=30s"  # only a school year being opened, or a migration, holds a table that long


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A database as it was at one moment, for as long as the connection's transaction is open."""

    service: str
    url: URL
    conn: psycopg.Connection
    name: str  # by which pg_dump sees the same
    taken_at: datetime  # not later than the moment, by the server's clock


def url_of(instance: Instance, service: str, *, draft: bool = False) -> URL:
    """Where the service's database is, or the draft that a restore makes first."""
    url = make_url(database_url(instance, service)).set(drivername="postgresql")
    return url.set(database=draft_of(service)) if draft else url


def draft_of(service: str) -> str:
    return f"hocba_{service}_draft"


@contextmanager
def connected(url: URL, *, autocommit: bool = False) -> Iterator[psycopg.Connection]:
    """InstallationError when the server does not answer."""
    address = url.render_as_string(hide_password=False)
    try:
        conn = psycopg.connect(address, connect_timeout=10, autocommit=autocommit, options="-c timezone=UTC")
    except psycopg.OperationalError as error:
        raise InstallationError(
            f"The database {url.database} does not let us in ({str(error).splitlines()[0]}): "
            "is the installation of that name running?"
        ) from error
    with conn:
        yield conn


@contextmanager
def seen(instance: Instance, service: str) -> Iterator[Snapshot]:
    """Hold the database as it is now; whoever works on it is not held up."""
    url = url_of(instance, service)
    with connected(url) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        [(name, taken_at)] = conn.execute("SELECT pg_export_snapshot(), now()")
        yield Snapshot(service=service, url=url, conn=conn, name=name, taken_at=taken_at)


def dump(snapshot: Snapshot, path: Path, *, key: bytes, name: str) -> File:
    """Write what the snapshot shows, encrypted as it comes; InstallationError with pg_dump's own reason."""
    argv = [_program("pg_dump"), "--format=custom", "--no-password", WAIT_FOR_LOCKS, f"--snapshot={snapshot.name}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(argv, env=_environment(snapshot.url), stdout=subprocess.PIPE, stderr=said) as running:
            file = sealing.seal(_piped(running.stdout), path, key=key, name=name)
        _check(running, said, f"Dumping the database of {snapshot.service}")
    return file


def load(url: URL, dumped: Iterable[bytes]) -> None:
    """Fill an empty database, wholly or not at all; InstallationError with pg_restore's own reason."""
    how = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password"]
    argv = [_program("pg_restore"), *how, f"--dbname={url.database}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(argv, env=_environment(url), stdin=subprocess.PIPE, stderr=said) as running:
            _feed(_piped(running.stdin), dumped)
        _check(running, said, f"Restoring the database {url.database}")


def dump_program() -> str:
    """Name and version of what dumps."""
    return subprocess.run([_program("pg_dump"), "--version"], check=True, capture_output=True, text=True).stdout.strip()


def _program(name: str) -> str:
    return str(packages.postgres_bin() / name)


def _environment(url: URL) -> dict[str, str]:
    """The address, in variables: arguments are seen by everybody on the machine."""
    return {
        "LANG": "C.UTF-8",
        "PGHOST": str(url.host),
        "PGPORT": str(url.port),
        "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password),
        "PGDATABASE": str(url.database),
    }


def _piped(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("The program was started without a pipe.")
    return pipe


def _feed(pipe: IO[bytes], parts: Iterable[bytes]) -> None:
    try:
        for part in parts:
            pipe.write(part)
        pipe.close()
    except BrokenPipeError:
        return  # it ended before it was told everything; its own words say why


def _check(ended: subprocess.Popen[bytes], said: IO[bytes], what: str) -> None:
    if ended.returncode:
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise InstallationError(f"{what} failed: {lines[0]}")
