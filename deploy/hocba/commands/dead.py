"""`hocba dead`: what a service could not do and set aside; an operator looks, has it tried again, or gives it up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.hocba.databases import opened
from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance
from services.chassis import inbox
from services.chassis.database import DatabaseAway, Tx
from services.chassis.errors import NotFound
from services.chassis.inbox import DeadRow
from services.contracts.platform import SERVICES

of_service = click.option("--service", required=True, type=click.Choice(SERVICES), help="Whose inbox.")
row = click.argument("row_id", metavar="ID", type=int)


@click.group
def command() -> None:
    """See, replay and drop messages that were set aside as dead."""


@command.command
@click.option("--service", type=click.Choice(SERVICES), help="Only this service's; all services' otherwise.")
@on_instance
@as_json
def ls(instance: Instance, service: str | None, *, as_json: bool) -> None:
    """List what is dead, oldest first."""
    names = [service] if service else SERVICES
    found = [(name, dead) for name in names for dead in _dead_rows(instance, name)]
    if as_json:
        click.echo(msgspec.json.encode([_plain(name, dead) for name, dead in found]))
    else:
        Console().print(_table(found))


@command.command
@of_service
@row
@on_instance
@as_json
def show(instance: Instance, service: str, row_id: int, *, as_json: bool) -> None:
    """Show one dead message whole."""
    dead = next((dead for dead in _dead_rows(instance, service) if dead.id == row_id), None)
    if dead is None:
        raise _unknown(service, row_id)
    text = msgspec.json.encode(_plain(service, dead))
    click.echo(text if as_json else msgspec.json.format(text, indent=2))


@command.command
@of_service
@row
@on_instance
@as_json
def replay(instance: Instance, service: str, row_id: int, *, as_json: bool) -> None:
    """Have a dead message tried again, from the start."""
    _change(instance, service, row_id, inbox.replay)
    _tell(service, row_id, state="PENDING", words="will be tried again", as_json=as_json)


@command.command
@of_service
@row
@on_instance
@as_json
def drop(instance: Instance, service: str, row_id: int, *, as_json: bool) -> None:
    """Give a dead message up for good; the row stays to be seen."""
    _change(instance, service, row_id, inbox.drop)
    _tell(service, row_id, state="DROPPED", words="is given up", as_json=as_json)


def _dead_rows(instance: Instance, service: str) -> list[DeadRow]:
    with _reached(instance, service) as tx:
        return inbox.dead_rows(tx)


def _change(instance: Instance, service: str, row_id: int, change: Callable[[Tx, int], None]) -> None:
    with _reached(instance, service) as tx:
        try:
            change(tx, row_id)
        except NotFound as error:
            raise _unknown(service, row_id) from error


@contextmanager
def _reached(instance: Instance, service: str) -> Iterator[Tx]:
    try:
        with opened(instance, service) as tx:
            yield tx
    except DatabaseAway as error:
        raise click.ClickException(f"The database of {service} does not answer; `./hocba up` starts it.") from error


def _tell(service: str, row_id: int, *, state: str, words: str, as_json: bool) -> None:
    answer = {"service": service, "id": row_id, "state": state}
    click.echo(msgspec.json.encode(answer) if as_json else f"Message {row_id} of {service} {words}.")


def _unknown(service: str, row_id: int) -> click.ClickException:
    return click.ClickException(f"{service} has no dead message {row_id}; `./hocba dead ls` shows those it has.")


def _plain(service: str, dead: DeadRow) -> dict[str, Any]:
    return {"service": service, **msgspec.to_builtins(dead)}


def _table(found: list[tuple[str, DeadRow]]) -> Table:
    table = Table("Service", "ID", "Type", "Received", "Attempts", "Reason")
    for service, dead in found:
        received = f"{dead.received_at:%Y-%m-%d %H:%M:%S}"
        reason = escape(dead.reason or "–")
        table.add_row(service, str(dead.id), escape(dead.type), received, str(dead.attempts), reason)
    return table
