"""`hocba doctor`: what this machine lacks, and what is ill in an installation."""

import click
import msgspec
from rich.console import Console
from rich.table import Table

from deploy.hocba.checks import CHECKS, Finding, Health
from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance

COLOURS = {Health.PASS: "green", Health.DEGRADED: "yellow", Health.FAIL: "red"}


@click.command
@on_instance
@as_json
@click.pass_context
def command(context: click.Context, instance: Instance, *, as_json: bool) -> None:
    """Examine the machine and the installation.

    The exit code is 1 when something is broken.
    """
    findings = [check(instance) for check in CHECKS]
    if as_json:
        click.echo(msgspec.json.encode(findings))
    else:
        Console().print(_table(findings))
    context.exit(any(finding.health is Health.FAIL for finding in findings))


def _table(findings: list[Finding]) -> Table:
    table = Table("Examined", "Health", "Finding")
    for finding in findings:
        table.add_row(finding.subject, f"[{COLOURS[finding.health]}]{finding.health.value}[/]", finding.detail)
    return table
