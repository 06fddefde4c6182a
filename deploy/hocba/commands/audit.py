"""`hocba audit`: is every mark's history what was written? Recomputes it from the databases, asking no service."""

import time

import click
import msgspec
import psycopg

from deploy.audit.run import Report, audit
from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance
from deploy.local.platform import LEDGER_KEY, database_url, key_path
from services.gradebook.ledger.seals import LedgerKey, PublicKeys


@click.command
@click.option("--year", type=int, help="Only this school year (the year in which it begins).")
@on_instance
@as_json
@click.pass_context
def command(context: click.Context, instance: Instance, year: int | None, *, as_json: bool) -> None:
    """Recompute the chains, seals, cells and published heads of all mark sheets.

    Each fault is named with its sheet and rows. The exit code is 0 only when there is none; sheets with rows from
    before there were seals are told as warnings.
    """
    started = time.monotonic()
    gradebook, signing = (_plain(database_url(instance, service)) for service in ("gradebook", "signing"))
    try:
        report = audit(gradebook, signing, _keys(instance), year=year)
    except psycopg.OperationalError as error:
        raise click.ClickException("The databases do not answer; `./hocba up` starts them.") from error
    _tell(report, time.monotonic() - started, as_json=as_json)
    context.exit(not report.is_clean)


def _keys(instance: Instance) -> PublicKeys:
    path = key_path(instance, LEDGER_KEY)
    if not path.exists():
        raise click.ClickException("This installation has no ledger key yet; `./hocba up` makes it.")
    return LedgerKey(path.read_text()).public_keys()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _tell(report: Report, seconds: float, *, as_json: bool) -> None:
    if as_json:
        sentences = [finding.sentence() for finding in report.findings]
        click.echo(msgspec.json.encode({**msgspec.to_builtins(report), "sentences": sentences}))
        return
    for finding in report.findings:
        click.echo(f"{'Warning: ' if finding.is_warning else ''}{finding.sentence()}")
    for sentence in report.batches:
        click.echo(sentence)
    read = f"{report.rows:,} rows of {report.sheets:,} sheets, {report.seals:,} seals and {report.heads:,} kept heads"
    click.echo(f"{read} in {seconds:.1f} s: {'nothing is wrong' if report.is_clean else 'NOT AS IT WAS WRITTEN'}.")
