"""`hocba setup`: everything installed, nothing started."""

import click

from deploy.local import packages


@click.command
def command() -> None:
    """Install what is missing."""
    packages.ensure()  # Python's own packages are ./hocba's work, done before this line
    click.echo("Everything is installed.")
