"""`hocba backup`: everything an installation holds, encrypted, in a folder of its own."""

from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.backup import keys, making
from deploy.backup.making import Wish
from deploy.backup.manifest import Kind
from deploy.hocba.options import key_file, on_instance
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance


@click.command
@on_instance
@key_file
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Where; else .run/<name>.backups.")
@click.option("--kind", type=click.Choice(["manual", "scheduled"]), default="manual", show_default=True)
@click.option("--with-keys", is_flag=True, help="Also the keys that signatures and tokens are made with.")
def command(*, instance: Instance, key_file: Path, to: Path | None, kind: str, with_keys: bool) -> None:
    """Back up databases and files, read the backup back, and say what is in it."""
    target = to or making.default_folder(instance)
    key = keys.read(key_file, outside=target)
    wish = Wish(kind=Kind(kind), to=target, key=key, with_keys=with_keys)
    made = making.make(instance, wish, clock=lambda: datetime.now(UTC))
    if made.warning:
        raise InstallationError(made.warning)
    rows = sum(table.count for held in made.manifest.databases.values() for table in held.tables.values())
    click.echo(f"{rows} rows and {len(made.manifest.files)} files, verified, are in {made.path}.")
