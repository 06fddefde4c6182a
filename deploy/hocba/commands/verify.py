"""`hocba verify`: is a transcript genuine? Whatever form it has, and whoever can be asked."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance
from deploy.local.platform import gateway_url
from deploy.verify.asking import Asking
from deploy.verify.believed import from_path, of_installation
from services.contracts.verdicts import Verdict
from services.signing.validation import Report, RowReport, SignatureReport, read
from services.signing.validation.code import is_code

COLOURS = {Verdict.VALID: "green", Verdict.UNDECIDED: "yellow", Verdict.REVOKED: "red", Verdict.BROKEN: "red"}
file_path = click.Path(exists=True, dir_okay=False, path_type=Path)
trust_path = click.Path(exists=True, path_type=Path)


@click.command
@click.argument("files", nargs=-1, required=True, type=file_path)
@click.option(
    "--trust",
    type=trust_path,
    help="Whom to believe: root certificates (PEM), or a folder of them, of lists (*.crl) and of a trust.json; "
    "else those of the installation.",
)
@click.option("--offline", is_flag=True, help="Ask nobody: neither issuers nor the register.")
@click.option("--qr", is_flag=True, help="The files are pictures, or texts, of the second code on paper.")
@on_instance
@as_json
@click.pass_context
def command(
    context: click.Context,
    instance: Instance,
    files: tuple[Path, ...],
    trust: Path | None,
    *,
    offline: bool,
    qr: bool,
    as_json: bool,
) -> None:
    """Check transcripts: PDF, XML, packages of them (zip), and the second code on paper.

    The exit code is 0 only when every file is valid. Whether a transcript was revoked only the register knows: that of
    the installation is asked, unless --trust or --offline is given. Issuers are asked about certificates of files that
    do not bring the proof along themselves.
    """
    believed = from_path(trust) if trust else of_installation(instance)
    register = None if trust or offline else gateway_url(instance)
    asking = Asking(believed=believed, at=datetime.now(UTC), offline=offline, register=register)
    found = [(path, _judged(path, asking, qr=qr)) for path in files]
    if as_json:
        click.echo(msgspec.json.encode([{"file": str(path)} | _plain(report) for path, report in found]))
    else:
        for path, report in found:
            _print(str(path), report)
    context.exit(any(report.verdict is not Verdict.VALID for _, report in found))


def _judged(path: Path, asking: Asking, *, qr: bool) -> Report:
    data, believed = path.read_bytes(), asking.believed
    if qr and not is_code(data):
        raise click.ClickException(f"{path} is neither a picture (PNG, JPEG) nor the text of a code.")
    reading = read(data, roots=believed.roots, issuers=believed.issuers)
    return asking.registered(reading.report(asking.known(reading)))


def _plain(report: Report) -> dict[str, Any]:
    members = [{"file": each.name} | _plain(each) for each in report.members]
    summary = {"summary": msgspec.to_builtins(report.summary, str_keys=True)} if report.summary else {}
    return {
        "kind": report.kind,
        "verdict": report.verdict,
        "reasons": report.reasons,
        "code": report.code,
        "signatures": [_plain_signature(each) for each in report.signatures],
        **({"members": members} if members else {}),
        **({"rows": msgspec.to_builtins(report.rows)} if report.rows else {}),
        **summary,
    }


def _plain_signature(one: SignatureReport) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("role", "name", "level", "signed_at", "proven_at", "reason")}
    return told | {"verdict": one.verdict}


def _print(name: str, report: Report) -> None:
    console = Console()
    why = f" ({', '.join(report.reasons)})" if report.reasons else ""
    console.print(f"{escape(name)} ({report.kind.upper()}): {_coloured(report.verdict)}{why}")
    if report.summary:
        told = report.summary
        console.print(
            f"  {escape(told.pupil)}, {told.born_on:%d/%m/%Y}, {escape(told.school)}, {escape(told.class_name)}"
        )
        console.print(f"  {escape('; '.join(told.results))}")
    if report.members:
        for each in report.members:
            _print(f"{name}: {each.name}", each)
    elif report.signatures:
        console.print(_table(report.signatures))
    if report.rows:
        console.print(f"  {escape(_standing(report.rows))}")
    if report.verdict is Verdict.VALID and report.code is None and report.kind in ("pdf", "xml"):
        console.print("  Its signatures are right; it is no transcript of this platform.")


def _standing(rows: tuple[RowReport, ...]) -> str:
    without = [row.subject for row in rows if row.sheet is None]
    told = f"On class sheets in this package: {len(rows) - len(without)} of {len(rows)} subjects"
    return f"{told}, without {', '.join(without)}." if without else f"{told}."


def _table(signatures: tuple[SignatureReport, ...]) -> Table:
    """In 80 columns; times to the second are in the answer for programs."""
    table = Table("Role", "Name", "Verdict", "Signed", "Proven", "Level", box=SIMPLE, padding=(0, 1, 0, 0))
    for each in signatures:
        verdict = _coloured(each.verdict) + (f"\n{each.reason}" if each.reason else "")
        table.add_row(
            each.role, escape(each.name), verdict, _day(each.signed_at), _day(each.proven_at), each.level or "–"
        )
    return table


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "–"


def _coloured(verdict: Verdict) -> str:
    return f"[{COLOURS[verdict]}]{verdict}[/]"
