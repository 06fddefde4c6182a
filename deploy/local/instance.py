"""One installation on this machine: its servers, ports, secrets and processes, all under .run/<name>."""

import os
import re
import secrets
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import elsewhere, pids, server, state, supervisor
from deploy.local.errors import InstallationError
from deploy.local.files import locked, write_private
from deploy.local.pids import ProcessId
from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.server import Server
from deploy.local.state import State
from deploy.local.supervisor import Process

POSTGRES, RABBITMQ, SUPERVISOR = "postgres", "rabbitmq", "supervisor"
PORTS = {POSTGRES: Postgres.ports, RABBITMQ: RabbitMQ.ports}
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where PostgreSQL and RabbitMQ are, each with the credentials of an administrator."""

    postgres_url: str
    broker_url: str
    management_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One process of an instance, as `hocba status` shows it."""

    name: str
    pid: int | None  # None: not running
    port: int | None
    restarts: int
    log: str


@dataclass(frozen=True, slots=True)
class Instance:
    name: str
    root: Path

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise InstallationError("An instance is named with small letters, digits and hyphens, 32 at most.")

    @property
    def home(self) -> Path:
        return self.root.resolve() / ".run" / self.name

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def port(self, name: str) -> int:
        """The port of one of the platform's processes, chosen at first asking and kept while the platform runs."""
        with state.editing(self.home) as current:
            running = pids.find(current.processes.get(SUPERVISOR))
            return current.ports[name] if running and name in current.ports else current.choose_port(name)

    def secret(self, name: str) -> str:
        """A password or key of this instance, made at first asking and kept for its whole life."""
        path = self.home / "secrets" / name
        with locked(self.home / "secrets.lock"):
            if not path.exists():
                write_private(path, secrets.token_hex(24))
        return path.read_text()

    def servers(self) -> Servers:
        """Where the servers are, or will be once started."""
        current = state.read(self.home)
        database, broker = self._postgres(current), self._rabbitmq(current)
        return Servers(
            postgres_url=os.environ.get(elsewhere.POSTGRES_URL, database.url),
            broker_url=os.environ.get(elsewhere.BROKER_URL, broker.url),
            management_url=os.environ.get(elsewhere.MANAGEMENT_URL, broker.management_url).rstrip("/"),
        )

    def start_servers(self) -> Servers:
        """Start the servers the environment does not name, and wait until they let us in.

        Raises InstallationError when one does not start, with the path of its log.
        """
        with state.editing(self.home) as current:
            started = {name: self._start(name, current) for name in _own_servers()}
            for name, private in started.items():
                server.await_ready(private, current.processes[name])
        return self.servers()

    def kill_server(self, name: str) -> None:
        """Break a server off as a power cut would; `start_servers` brings it back with its data."""
        if running := pids.find(state.read(self.home).processes.get(name)):
            pids.end([running], with_signal=signal.SIGKILL, seconds=server.STOP_SECONDS)

    def start_processes(self, processes: Sequence[Process]) -> None:
        """Have the processes supervised, and wait until each is ready; those already kept as asked are left alone."""
        with state.editing(self.home) as current:
            keeper = current.processes.get(SUPERVISOR)
            if not pids.find(keeper) or not supervisor.keeps(self.home, processes):
                supervisor.stop(self.home, keeper)
                current.processes[SUPERVISOR] = supervisor.start(self.home, processes)
        supervisor.await_ready(self.home, processes)

    def stop(self) -> None:
        """End everything this instance runs, supervisor first, and give its ports back. The data stays."""
        if not self.home.exists():
            return
        with state.editing(self.home) as current:
            supervisor.stop(self.home, current.processes.get(SUPERVISOR))
            for name, private in self._private(current).items():
                server.stop(private, current.processes.get(name))
            current.ports.clear()
            current.processes.clear()

    def erase(self) -> None:
        """Stop at once, and remove every trace of the instance."""
        for name in (POSTGRES, RABBITMQ):
            self.kill_server(name)  # politeness would only save data that is about to go
        self.stop()
        for folder in (self._postgres(State()).home, self.home):
            shutil.rmtree(folder, ignore_errors=True)

    def status(self) -> list[Line]:
        """The servers, the supervisor and its processes, whether they run or not."""
        current, runs = state.read(self.home), supervisor.runs(self.home)
        known = {name: (current.processes.get(name), 0) for name in (*_own_servers(), SUPERVISOR)}
        known |= {name: (run.process, run.restarts) for name, run in runs.items()}
        return [self._line(name, process, restarts, current) for name, (process, restarts) in known.items()]

    def _start(self, name: str, current: State) -> Server:
        running = pids.find(current.processes.get(name))
        if not running:
            server.clear(self._private(current)[name])
            for port in PORTS[name]:
                current.choose_port(port)
            current.processes[name] = server.start(self._private(current)[name])
        return self._private(current)[name]

    def _private(self, current: State) -> dict[str, Server]:
        return {POSTGRES: self._postgres(current), RABBITMQ: self._rabbitmq(current)}

    def _postgres(self, current: State) -> Postgres:
        return Postgres(
            run_folder=self.home,
            log=self.logs / "postgres.log",
            port=current.ports.get("postgres", 0),
            password=self.secret("postgres"),
        )

    def _rabbitmq(self, current: State) -> RabbitMQ:
        port, management, distribution, epmd = (current.ports.get(name, 0) for name in RabbitMQ.ports)
        return RabbitMQ(
            home=self.home / "rabbitmq",
            log=self.logs / "rabbitmq.log",
            port=port,
            management_port=management,
            distribution_port=distribution,
            epmd_port=epmd,
            password=self.secret("rabbitmq"),
        )

    def _line(self, name: str, process: ProcessId | None, restarts: int, current: State) -> Line:
        running = pids.find(process)
        return Line(
            name=name,
            pid=running.pid if running else None,
            port=current.ports.get("broker" if name == RABBITMQ else name),
            restarts=restarts,
            log=str(self.logs / f"{name}.log"),
        )


def _own_servers() -> list[str]:
    """Names of the servers that are ours to start."""
    exists_elsewhere = {POSTGRES: elsewhere.has_postgres(), RABBITMQ: elsewhere.has_rabbitmq()}
    return [name for name, exists in exists_elsewhere.items() if not exists]
