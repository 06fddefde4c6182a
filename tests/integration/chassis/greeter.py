"""A small service in a real one's place: `python -m tests.integration.chassis.greeter gradebook rpc`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis import run
from services.chassis.errors import Refused
from tests.integration.chassis.greetings import (
    Greet,
    Greeting,
    GreetLater,
    GreetOfficially,
    GreetThrough,
    Refuse,
    Stumble,
)

if TYPE_CHECKING:
    from services.chassis.database import Tx
    from services.chassis.service import Outside, Service


class NotToday(Refused):
    """No greeting for {name} today."""

    code = "test.not_today"
    vi = "Hôm nay không chào {name}."


def build() -> "Service":
    from services.chassis.service import Service  # noqa: PLC0415 - only after eventlet has patched

    service = Service(sys.argv[1], Path())
    service.open(Greet, greet)
    service.query(GreetOfficially, lambda tx, request, _actor: greet(tx, request), systems=("gateway",))
    service.open(GreetThrough, lambda _tx, _request, greeting: greeting, before=ask_identity)
    service.open(GreetLater, greet_later)
    service.open(Refuse, refuse)
    service.open(Stumble, stumble)
    return service


def greet(tx: "Tx", request: Greet | GreetOfficially) -> Greeting:
    tx.conn.exec_driver_sql("INSERT INTO greeted VALUES (%s)", (request.name,))
    return Greeting(text=f"Xin chào {request.name}, {sys.argv[1]}.")


def ask_identity(request: GreetThrough, outside: "Outside") -> Greeting:
    return outside.rpc.call(Greet(name=request.name), to="identity")


def greet_later(tx: "Tx", request: GreetLater) -> Greeting:
    tx.conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (request.lock,))
    return Greeting(text="At last.")


def refuse(_tx: "Tx", request: Refuse) -> Greeting:
    raise NotToday(name=request.name)


def stumble(_tx: "Tx", _request: Stumble) -> Greeting:
    raise RuntimeError("the password is 'secret'")


if __name__ == "__main__":
    sys.modules[f"services.{sys.argv[1]}.service"] = sys.modules["__main__"]
    sys.exit(run.main(sys.argv[1:]))
