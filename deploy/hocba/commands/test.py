"""`hocba test`: every check there is, against servers of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from deploy.hocba.cli import CHECKOUT
from deploy.hocba.commands import lint
from deploy.local import packages
from deploy.local.errors import InstallationError
from deploy.local.instance import POSTGRES, RABBITMQ, Instance

SHARED_BY_TWO = ("--numprocesses=2", "--no-loadscope-reorder")
"""pytest-xdist, in the parts and the order of tests/conftest.py: a run mostly waits for servers and processes."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(context: click.Context, pytest_arguments: tuple[str, ...]) -> None:
    """Lint, then run the tests; arguments go to pytest."""
    lint.check()
    instance = Instance("test", CHECKOUT)
    try:
        code = _pytest(pytest_arguments, _private_servers(instance))
    finally:
        with _deaf_to_ctrl_c():
            _put_away(instance)
    context.exit(code)


def _private_servers(instance: Instance) -> Mapping[str, str]:
    """The environment that leads the tests to fresh servers; without it, they skip what needs one."""
    try:
        packages.ensure()
        instance.erase()
        servers = instance.start_servers()
    except InstallationError as error:
        if os.environ.get("CI"):
            raise
        click.echo(f"Tests that need servers are skipped. {error}")
        return {}
    return {
        "HOCBA_TEST_POSTGRES_URL": servers.postgres_url,
        "HOCBA_TEST_BROKER_URL": servers.broker_url,
        "HOCBA_TEST_MANAGEMENT_URL": servers.management_url,
    }


def _pytest(arguments: tuple[str, ...], environment: Mapping[str, str]) -> int:
    argv = [sys.executable, "-m", "pytest", *SHARED_BY_TWO, *arguments]
    with _deaf_to_ctrl_c():  # pytest hears it too, and closes with its own line
        return subprocess.run(argv, check=False, cwd=CHECKOUT, env=os.environ | environment).returncode


def _put_away(instance: Instance) -> None:
    """Keep the logs; the data need not be closed cleanly, since the next run starts afresh."""
    for name in (POSTGRES, RABBITMQ):
        instance.kill_server(name)
    instance.stop()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Unlike an ignored signal, a handler is not inherited by the programs we start."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
