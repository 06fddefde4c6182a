"""The group of all commands; each is a module of deploy.hocba.commands, imported only when it is asked for."""

import importlib
import pkgutil
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from deploy.hocba import commands
from deploy.local.errors import InstallationError

CHECKOUT = Path(__file__).resolve().parents[2]
LOG = CHECKOUT / ".run" / "hocba.log"


def _name(module: str) -> str:
    return module.rstrip("_").replace("_", "-")


class Commands(click.Group):
    """Finds `verify` in the module `verify`, under the name `command`; `import` in `import_`, `sign-agent` likewise."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return sorted(_name(module.name) for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # likewise
        for module in pkgutil.iter_modules(commands.__path__):
            if _name(module.name) == cmd_name:
                found: click.Command = importlib.import_module(f"{commands.__name__}.{module.name}").command
                return found
        return None

    def invoke(self, ctx: click.Context) -> Any:
        """Turn whatever goes wrong into one sentence; the rest of the story goes into a log."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except InstallationError as error:
            raise click.ClickException(str(error)) from error
        except Exception as error:
            if ctx.params["debug"]:
                raise
            raise click.ClickException(f"{_summary(error)} The details are in {_log_traceback()}.") from error


@click.command(cls=Commands)
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def hocba(*, debug: bool) -> None:
    """Học bạ: Vietnam's digital school transcripts, on this machine."""
    del debug  # read by Commands.invoke


def _summary(error: Exception) -> str:
    first_line = next(iter(str(error).splitlines()), "").rstrip(".")
    return f"{type(error).__name__}: {first_line}." if first_line else f"{type(error).__name__}."


def _log_traceback() -> Path:
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a") as log:
        log.write(f"{datetime.now(UTC).isoformat()}\n{traceback.format_exc()}\n")
    return LOG
