"""`hocba verify`: is a transcript file genuine? Asks nobody: it needs the file and the root certificates alone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from cryptography import x509
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance
from services.signing.validation import Report, Verdict, validate

COLOURS = {Verdict.VALID: "green", Verdict.UNDECIDED: "yellow", Verdict.REVOKED: "red", Verdict.BROKEN: "red"}
Roots = list[x509.Certificate]
file_path = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command
@click.argument("files", nargs=-1, required=True, type=file_path)
@click.option("--trust", type=file_path, help="Root certificates to believe (PEM); else those of the installation.")
@on_instance
@as_json
@click.pass_context
def command(
    context: click.Context, instance: Instance, files: tuple[Path, ...], trust: Path | None, *, as_json: bool
) -> None:
    """Check transcript files, PDF or XML.

    The exit code is 0 only when every file is valid. Whether a valid transcript was revoked since, only its register
    knows: ask the public page for the code on the paper.
    """
    roots = _certificates(trust) if trust else _roots_of(instance)
    now = datetime.now(UTC)
    found = [(path, *validate(path.read_bytes(), trust=roots, at=now)) for path in files]
    if as_json:
        click.echo(msgspec.json.encode([_plain(*each) for each in found]))
    else:
        for each in found:
            _print(*each)
    context.exit(any(report.verdict is not Verdict.VALID for _, _, report in found))


def _roots_of(instance: Instance) -> Roots:
    path = instance.home / "secrets" / "authority.pem"
    if not path.exists():
        raise click.ClickException("This installation has no authority of its own: name root certificates by --trust.")
    return _certificates(path)[:1]  # the root; the issuing certificate after it is not believed for itself


def _certificates(path: Path) -> Roots:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{path} holds no certificate in PEM form.") from error


def _plain(path: Path, kind: str, report: Report) -> dict[str, Any]:
    return {
        "file": str(path),
        "kind": kind,
        "verdict": report.verdict.name,
        "reasons": report.reasons,
        "signatures": [
            {
                "role": each.role,
                "name": each.name,
                "verdict": each.verdict.name,
                "signed_at": each.signed_at,
                "reason": each.reason,
            }
            for each in report.signatures
        ],
    }


def _print(path: Path, kind: str, report: Report) -> None:
    console = Console()
    why = f" ({', '.join(report.reasons)})" if report.reasons else ""
    console.print(f"{escape(str(path))} ({kind.upper()}): {_coloured(report.verdict)}{why}")
    table = Table("Role", "Name", "Verdict", "Signed", "Reason")
    for each in report.signatures:
        signed = f"{each.signed_at:%Y-%m-%d %H:%M:%S} UTC" if each.signed_at else "–"
        table.add_row(each.role, escape(each.name), _coloured(each.verdict), signed, each.reason or "–")
    if report.signatures:
        console.print(table)


def _coloured(verdict: Verdict) -> str:
    return f"[{COLOURS[verdict]}]{verdict.name}[/]"
