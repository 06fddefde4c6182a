"""`hocba lint`: format, style, types and layers."""

import subprocess
import sys
from pathlib import Path

import click

from deploy.hocba.cli import CHECKOUT

TOOLS = Path(sys.executable).parent
STEPS = (("ruff", "format", "--check"), ("ruff", "check"), ("mypy",), ("lint-imports",))


@click.command
def command() -> None:
    """Check the code's format, style, types and layers."""
    check()


def check() -> None:
    """Raises click.ClickException at the first step that finds something."""
    for step in STEPS:
        run(*step)


def run(tool: str, *arguments: str) -> None:
    """Run one of the environment's tools on the checkout."""
    click.echo(f"— {tool} {' '.join(arguments)}".rstrip())
    if subprocess.run([TOOLS / tool, *arguments], check=False, cwd=CHECKOUT).returncode:
        raise click.ClickException(f"{tool} found something; the lines above say what.")
