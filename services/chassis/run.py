"""Runs one process of a service: `python -m services.chassis.run SERVICE rpc`, or `… relay worker`, or `… migrate`."""

import gc
import os
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    service, parts = arguments[0], set(arguments[1:])
    if "rpc" in parts:
        _go_green()
    from services.chassis import logs  # noqa: PLC0415 - only after the patch

    logs.configure(service)
    if parts == {"migrate"}:
        return _migrate(service)
    return _serve(service, parts)


def _go_green() -> None:
    """Patch for eventlet before anything else is imported, and have psycopg wait in a way that eventlet sees."""
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    import eventlet  # noqa: PLC0415 - patched before the rest is imported

    eventlet.monkey_patch()


def _migrate(service: str) -> int:
    from services.chassis import migrations  # noqa: PLC0415 - after the logs are configured
    from services.chassis.database import Database  # noqa: PLC0415
    from services.chassis.settings import ProcessSettings, load  # noqa: PLC0415

    db = Database(load(ProcessSettings, service).database_url)
    with db.transaction() as tx:
        migrations.upgrade(tx.conn, Path(__file__).parents[1] / service / "migrations")
    return 0


def _serve(service: str, parts: set[str]) -> int:
    from services.chassis.processes import Process  # noqa: PLC0415 - after the patch

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    build: Any = import_module(f"services.{service}.service").build
    process = Process(build(), parts)
    process.start()
    gc.freeze()  # what is loaded by now stays: looking through it again and again slows whatever makes many values
    while not stop.wait(0.5):
        if not process.is_alive():
            return 1
    process.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
