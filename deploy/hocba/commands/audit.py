"""`hocba audit`: is everything what was written? The ledger of marks from the databases, the log from outside."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
import psycopg

from deploy.audit.log import LogReport, Wish, audit_log
from deploy.audit.run import Report, audit
from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance
from deploy.local.platform import LEDGER_KEY, database_url, key_path, log_secret
from deploy.witness import watching
from deploy.witness.reading import RemoteLog
from services.gradebook.ledger.seals import LedgerKey, PublicKeys
from services.signing.log.commitments import Salts
from services.signing.log.faults import LogFault
from services.signing.log.notes import verifier_key


@click.group(invoke_without_command=True)
@click.option("--year", type=int, help="Only this school year (the year in which it begins).")
@on_instance
@as_json
@click.pass_context
def command(context: click.Context, instance: Instance, year: int | None, *, as_json: bool) -> None:
    """Recompute the chains, seals, cells and published heads of all mark sheets.

    Each fault is named with its sheet and rows. The exit code is 0 only when there is none; sheets with rows from
    before there were seals are told as warnings.
    """
    if context.invoked_subcommand:
        return
    started = time.monotonic()
    gradebook, signing = (_plain(database_url(instance, service)) for service in ("gradebook", "signing"))
    try:
        report = audit(gradebook, signing, _keys(instance), salts=Salts(log_secret(instance).encode()), year=year)
    except psycopg.OperationalError as error:
        raise click.ClickException("The databases do not answer; `./hocba up` starts them.") from error
    _tell(report, time.monotonic() - started, as_json=as_json)
    context.exit(not report.is_clean)


@command.command
@click.option("--url", required=True, help="Address of the platform whose log is audited.")
@click.option("--key", "vkey", required=True, help="The log's public key (vkey), from a source you trust.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="File that remembers the last visit.")
@click.option("--witness", "witnesses", multiple=True, help="Vkey of a witness that must have cosigned.")
@click.option("--document", "documents", multiple=True, help="A file or a transcript's code that must be in the log.")
@as_json
@click.pass_context
def log(
    context: click.Context,
    *,
    url: str,
    vkey: str,
    state: Path | None,
    witnesses: tuple[str, ...],
    documents: tuple[str, ...],
    as_json: bool,
) -> None:
    """Audit a transparency log from outside: read it whole, and recompute its tree.

    The exit code is 0 only when the log is fresh, whole, begins with what it was at the last visit, bears the
    cosignatures asked for and has the documents named.
    """
    try:
        key = verifier_key(vkey)
        wish = Wish(
            key=key,
            witnesses=[verifier_key(one) for one in witnesses],
            before=watching.recall(state, key) if state else None,
            documents=documents,
        )
        report = audit_log(RemoteLog(url), wish, now=lambda: datetime.now(UTC), pause=time.sleep)
    except LogFault as fault:
        raise click.ClickException(str(fault)) from fault
    if state and not report.faults:
        watching.remember(state, report.note)
    _tell_log(report, as_json=as_json)
    context.exit(bool(report.faults))


def _tell_log(report: LogReport, *, as_json: bool) -> None:
    found = report.checkpoint
    if as_json:
        told = {"origin": found.origin, "size": found.size, "root": found.root.hex(), "made_at": found.made_at}
        click.echo(msgspec.json.encode({**told, "faults": report.faults}))
        return
    for fault in report.faults:
        click.echo(fault)
    verdict = "NOT TO BE BELIEVED" if report.faults else "nothing is wrong"
    click.echo(f"{found.size:,} entries as of {found.made_at:%Y-%m-%d %H:%M:%S} UTC in {found.origin}: {verdict}.")


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
