"""`hocba backups`: which backups there are, scheduled and manual, and in which state."""

from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Column, Table

from deploy.backup import folder, making
from deploy.backup.folder import Run, State
from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance

COLOURS = {State.VERIFIED: "green", State.UNVERIFIED: "yellow", State.DAMAGED: "red"}


@click.command
@on_instance
@click.option(
    "--in", "place", type=click.Path(file_okay=False, path_type=Path), help="Where; else .run/<name>.backups."
)
@as_json
def command(instance: Instance, place: Path | None, *, as_json: bool) -> None:
    """List the backups, oldest first; needs no key."""
    found = folder.runs(place or making.default_folder(instance))
    if as_json:
        click.echo(msgspec.json.encode([_plain(run) for run in found]))
    else:
        Console().print(_table(found))


def _plain(run: Run) -> dict[str, Any]:
    told = run.manifest
    return {
        "path": str(run.path),
        "kind": told and told.kind,
        "installation": told and told.installation,
        "started_at": told and told.started_at,
        "bytes": told and told.size,
        "key_id": told and told.key_id,
        "state": run.state,
        "verified_at": run.verified_at,
        "reason": run.reason,
    }


def _table(found: list[Run]) -> Table:
    table = Table(Column("Backup, by its beginning (UTC)", no_wrap=True), "Kind", "Size", "State")
    for run in found:
        kind, size = (run.manifest.kind.value, decimal(run.manifest.size)) if run.manifest else ("–", "–")
        table.add_row(escape(run.path.name), kind, size, _state(run))
    return table


def _state(run: Run) -> str:
    when = f" {run.verified_at:%Y-%m-%d %H:%M}" if run.verified_at else ""
    why = f": {escape(run.reason)}" if run.reason else ""
    return f"[{COLOURS[run.state]}]{run.state.value}[/]{when}{why}"
