"""A virtual host of the real broker that holds what the contracts ask for, and parts of the chassis at work on it."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pika
import requests
from pika.adapters.blocking_connection import BlockingConnection

from deploy.local import pids
from services.chassis.database import Database

CHECKOUT = Path(__file__).parents[3]
WAIT_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """`password` is that of every user of the virtual host; the two addresses are the administrator's."""

    vhost: str
    password: str
    broker_url: str
    management_url: str

    def url(self, user: str) -> str:
        parts = urlsplit(self.broker_url)
        return f"amqp://{user}:{self.password}@{parts.hostname}:{parts.port}/{quote(self.vhost, safe='')}"

    def connect(self, user: str | None = None) -> BlockingConnection:
        """A connection of the user, or of the administrator."""
        own = f"{self.broker_url.rpartition('/')[0]}/{quote(self.vhost, safe='')}"
        return BlockingConnection(pika.URLParameters(self.url(user) if user else own))

    def break_off(self, user: str) -> int:
        """Close the user's connections from the broker's side; gives how many there were."""
        listed = self._manage("GET", f"vhosts/{quote(self.vhost, safe='')}/connections").json()
        names = [connection["name"] for connection in listed if connection["user"] == user]
        for name in names:
            self._manage("DELETE", f"connections/{quote(name, safe='')}")
        return len(names)

    def _manage(self, method: str, path: str) -> requests.Response:
        response = requests.request(method, f"{self.management_url}/api/{path}", timeout=10)
        response.raise_for_status()
        return response


@contextmanager
def running(part: Any) -> Iterator[Any]:
    """A relay, receiver or worker in a thread of its own until the block ends."""
    thread = threading.Thread(target=part.run, daemon=True)
    thread.start()
    try:
        yield part
    finally:
        part.stop()
        thread.join()


@contextmanager
def hosting(service: str, bus: Bus, database: Database, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the small service in the place of a real one; its log is in the folder."""
    told = {"DATABASE_URL": database.url, "BROKER_URL": bus.url(service), "OBJECTS": str(folder)}
    environment = os.environ | {f"HOCBA_{service.upper()}_{name}": value for name, value in told.items()}
    argv = [sys.executable, "-m", "tests.integration.chassis.greeter", service, "rpc"]
    with (folder / f"{service}.log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)


def until(condition: Callable[[], Any]) -> None:
    """Wait for the condition; a test that waits too long fails."""
    assert pids.wait_until(lambda: bool(condition()), seconds=WAIT_SECONDS)
