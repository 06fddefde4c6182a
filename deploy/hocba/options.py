"""Options that several commands share."""

from pathlib import Path

import click

from deploy.hocba.cli import CHECKOUT
from deploy.local.instance import Instance


def _instance(_context: click.Context, _parameter: click.Parameter, name: str) -> Instance:
    return Instance(name, CHECKOUT)


on_instance = click.option(
    "--name",
    "instance",
    default="demo",
    show_default=True,
    callback=_instance,
    help="Which installation; several can run beside each other.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
key_file = click.option(
    "--key-file",
    required=True,
    envvar="HOCBA_BACKUP_KEY_FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Holds the key that locks the backups; kept apart from them. Also HOCBA_BACKUP_KEY_FILE.",
)
