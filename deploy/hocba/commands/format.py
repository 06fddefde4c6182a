"""`hocba format`: puts the code into the house's shape."""

import click

from deploy.hocba.commands import lint


@click.command
def command() -> None:
    """Format the code and mend what can be mended safely."""
    lint.run("ruff", "check", "--fix-only", "--quiet")
    lint.run("ruff", "format")
