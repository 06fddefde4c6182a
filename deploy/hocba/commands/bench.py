"""`hocba bench`: measures this machine's rates, each beside its limit, on an installation of its own."""

import click
from rich.console import Console

from deploy.hocba.cli import CHECKOUT
from deploy.hocba.commands import up
from deploy.local import elsewhere
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance


@click.command
@click.option("--markdown", is_flag=True, help="Print the table as the README has it.")
@click.option("--audit-rows", default=500_000, show_default=True, help="How many history rows the audit is given.")
@click.option("--judged-pupils", default=10_000, show_default=True, help="How many pupils' years are judged.")
@click.option("--log-entries", default=500_000, show_default=True, help="How large the transparency log is.")
@click.option(
    "--documents", default=200, show_default=True, help="How many one process makes while its memory is watched."
)
@click.pass_context
def command(context: click.Context, /, *, markdown: bool, **sizes: int) -> None:
    """Measure; the figures are kept in .run/bench/latest.json."""
    _require_own_servers()
    from deploy.bench import figures, run  # noqa: PLC0415 - draws in the whole platform

    console = Console()
    own = Instance("bench", CHECKOUT)
    own.erase()
    context.invoke(up.command, instance=own)
    try:
        measured = run.measure(own, console, run.Sizes(**sizes))
    finally:
        own.erase()
    path = own.home / "latest.json"
    figures.keep(path, measured)
    figures.show(console, measured)
    if markdown:
        click.echo(figures.markdown(measured))
    console.print(f"Kept in {path}.")


def _require_own_servers() -> None:
    """What is measured is filled and emptied at will, under the names that every installation's databases have."""
    if elsewhere.has_postgres() or elsewhere.has_rabbitmq():
        raise InstallationError(
            f"Measuring would overwrite what is on the servers of the environment: unset {elsewhere.POSTGRES_URL}, "
            f"{elsewhere.BROKER_URL} and {elsewhere.MANAGEMENT_URL}, and it starts servers of its own."
        )
