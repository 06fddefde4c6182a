"""`hocba down`: ends the platform and its servers."""

import click

from deploy.hocba.options import on_instance
from deploy.local.instance import Instance


@click.command
@on_instance
def command(instance: Instance) -> None:
    """Stop everything; the data stays."""
    instance.stop()
    click.echo("Stopped. The data stays for the next start.")
