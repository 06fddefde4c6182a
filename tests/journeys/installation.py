"""The platform's own processes on private servers, which a test may kill and look into."""

import signal
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from deploy.local import pids, platform, supervisor
from deploy.local.instance import Instance
from deploy.local.supervisor import Process

PROCESSES = (
    "identity-rpc",
    "identity-worker",
    "gradebook-rpc",
    "gradebook-rpc-2",
    "gradebook-worker",
    "signing-worker",
    "gateway",
)
WAIT_SECONDS = 180


def until(condition: Callable[[], Any]) -> None:
    """Wait for the condition; a test that waits too long fails."""
    assert pids.wait_until(lambda: bool(condition()), seconds=WAIT_SECONDS)


@dataclass(frozen=True, slots=True)
class Platform:
    """As much of the platform as marks need: identity, gradebook, who keeps the heads of histories, the gateway."""

    instance: Instance

    @property
    def url(self) -> str:
        return platform.gateway_url(self.instance)

    def start(self, careless: Collection[str] = ()) -> None:
        """Have exactly these processes running; those named lack the precaution that careless.py knows."""
        self.instance.start_processes([_careless(one) if one.name in careless else one for one in self.processes()])

    def processes(self) -> list[Process]:
        everything = platform.processes(self.instance)
        return [self._mortal(process) for process in everything if process.name in PROCESSES]

    def doom(self, name: str, point: str) -> Path:
        """Have the process of that name, or its copy, die at the point; the file is gone once one has."""
        order = self._orders(name) / point
        order.touch()
        return order

    def kill(self, name: str) -> None:
        """End the process of that name and its copies in the midst of their work; the supervisor starts them again."""
        runs = supervisor.runs(self.instance.home)
        running = [pids.find(run.process) for one, run in runs.items() if _original(one) == name]
        pids.end(filter(None, running), with_signal=signal.SIGKILL, seconds=WAIT_SECONDS)

    def restarts(self, name: str = "") -> int:
        """How often the process of that name and its copies were started again, or all processes."""
        runs = supervisor.runs(self.instance.home)
        return sum(run.restarts for one, run in runs.items() if name in {"", _original(one)})

    def is_whole(self) -> bool:
        """Whether every process says that it is ready."""
        return all(process.ready() for process in self.processes() if process.ready)

    def sql(self, service: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._connected(service) as conn:
            return conn.execute(statement.encode(), values).fetchall()

    @contextmanager
    def blocking(self, service: str, table: str, *, to_readers: bool = False) -> Iterator[Callable[[], bool]]:
        """Whoever would write to the table, or even read it, waits for the block's end; gives whether somebody does."""
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        with self._connected(service) as conn, conn.transaction():
            mode = sql.SQL("ACCESS EXCLUSIVE" if to_readers else "SHARE")
            conn.execute(sql.SQL("LOCK TABLE {} IN {} MODE").format(sql.Identifier(table), mode))
            yield lambda: bool(self.sql(service, waiting, table))

    def rule(self, service: str, statement: str, *values: Any) -> None:
        """Change one row as the server's superuser could, with every guard switched off."""
        url = make_url(self.instance.servers().postgres_url).set(drivername="postgresql", database=f"hocba_{service}")
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as conn:
            conn.execute("SET session_replication_role = replica")
            assert conn.execute(statement.encode(), values).rowcount == 1

    def _connected(self, service: str) -> psycopg.Connection:
        url = make_url(platform.database_url(self.instance, service)).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def _mortal(self, process: Process) -> Process:
        return replace(process, env={**process.env, "HOCBA_FAILPOINTS": str(self._orders(process.name))})

    def _orders(self, name: str) -> Path:
        folder = self.instance.home / "orders" / _original(name)
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _original(name: str) -> str:
    return name.removesuffix("-2")


def _careless(process: Process) -> Process:
    module = {"services.chassis.run": "tests.journeys.careless"}
    return replace(process, argv=[module.get(word, word) for word in process.argv])
