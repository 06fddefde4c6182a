"""`hocba status`: what runs and where."""

import click
import msgspec
from rich.console import Console
from rich.table import Table

from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance, Line


@click.command
@on_instance
@as_json
def command(instance: Instance, *, as_json: bool) -> None:
    """Show servers and processes with their ports."""
    lines = instance.status()
    if as_json:
        click.echo(msgspec.json.encode(lines))
    else:
        Console().print(_table(lines))
        click.echo(f"Logs: {instance.logs}")


def _table(lines: list[Line]) -> Table:
    table = Table("Process", "State", "PID", "Port", "Restarts")
    for line in lines:
        state = "[green]running[/]" if line.pid else "[red]stopped[/]"
        table.add_row(line.name, state, _cell(line.pid), _cell(line.port), str(line.restarts))
    return table


def _cell(number: int | None) -> str:
    return "–" if number is None else str(number)
