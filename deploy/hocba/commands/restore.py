"""`hocba restore`: a backup becomes an installation again, and is compared with what it was."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.backup import folder, keys, restoring
from deploy.hocba.options import key_file, on_instance
from deploy.local import packages
from deploy.local.instance import Instance


@click.command
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@on_instance
@key_file
def command(backup: Path, instance: Instance, key_file: Path) -> None:
    """Restore a backup into an installation that holds no data.

    Every table is counted and hashed again; where anything differs from the manifest, nothing is kept.
    """
    packages.ensure()
    manifest = restoring.restore(backup, instance, key=keys.read(key_file, outside=backup))
    with suppress(OSError):  # a backup on a read-only disk is as good
        folder.note_verified(backup, at=datetime.now(UTC))
    tables = sum(len(held.tables) for held in manifest.databases.values())
    click.echo(
        f"{manifest.installation} as of {manifest.started_at:%Y-%m-%d %H:%M:%S} UTC is {instance.name} now: {tables} "
        f"tables are the same, row for row. `./hocba up --name {instance.name}` starts it."
    )
