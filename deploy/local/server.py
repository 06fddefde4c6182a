"""What PostgreSQL and RabbitMQ have in common: started in the background, asked whether they are ready, ended."""

import signal
from pathlib import Path
from typing import Protocol

import psutil

from deploy.local import pids
from deploy.local.errors import InstallationError
from deploy.local.pids import ProcessId

READY_SECONDS = 180.0  # RabbitMQ took 50 on a loaded machine
STOP_SECONDS = 30.0


class Server(Protocol):
    """A private server whose data lies in a folder of its own."""

    @property
    def title(self) -> str: ...
    @property
    def log(self) -> Path: ...
    @property
    def stop_signal(self) -> signal.Signals: ...
    def spawn(self) -> ProcessId:
        """Start it, data folder included; a half-finished earlier attempt is mended."""

    def is_ready(self) -> bool:
        """Whether it lets us in."""

    def strays(self) -> list[psutil.Process]:
        """Every process that belongs to this server's folder, whoever started it."""


def clear(server: Server) -> None:
    """Kill what a crash or a lost record left behind; it would hold the data and the ports."""
    pids.end(server.strays(), with_signal=signal.SIGKILL, seconds=STOP_SECONDS)


def start(server: Server) -> ProcessId:
    """Start a server in the background."""
    server.log.parent.mkdir(parents=True, exist_ok=True)
    return server.spawn()


def await_ready(server: Server, process: ProcessId) -> None:
    """Raises InstallationError when the server dies or does not let us in within READY_SECONDS."""
    pids.wait_until(lambda: server.is_ready() or not pids.find(process), seconds=READY_SECONDS)
    if not server.is_ready():
        raise InstallationError(f"{server.title} did not start: see {server.log}.")


def stop(server: Server, process: ProcessId | None) -> None:
    """End it politely where the record is right; then whatever is left of it."""
    if running := pids.find(process):
        pids.end([running], with_signal=server.stop_signal, seconds=STOP_SECONDS)
    clear(server)
