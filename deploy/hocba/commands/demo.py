"""`hocba demo`: the main job on this machine, from spreadsheets to transcripts that other programs accept."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from deploy.hocba.commands import up
from deploy.hocba.options import on_instance
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance


@click.command
@on_instance
@click.option(
    "--marks",
    envvar="MARKS",
    type=click.Path(path_type=Path),
    help="A CSV of graduation-exam results that lends its final marks.",
)
@click.option("--fresh", is_flag=True, help="Erase the installation first.")
@click.pass_context
def command(context: click.Context, instance: Instance, marks: Path | None, *, fresh: bool) -> None:
    """A school's year becomes signed transcripts that anyone can check."""
    if marks is not None and not marks.is_file():
        raise InstallationError(f"There is no file {marks}; MARKS names a CSV of exam results, or nothing.")
    if fresh:
        instance.erase()
    context.invoke(up.command, instance=instance)
    _same_marks_as_before(instance, marks)
    from deploy.demo import job  # noqa: PLC0415 - draws in the law and the spreadsheets

    console = Console()
    outcome = job.run(instance, console, *job.schools(marks))
    path = instance.home / "report.json"
    path.write_text(json.dumps(outcome.report, ensure_ascii=False, indent=2) + "\n")
    _summarise(console, instance, outcome, path)
    if not is_good(outcome.report):
        raise InstallationError(f"The demonstration did not come out as it should: read {path}.")


def _same_marks_as_before(instance: Instance, marks: Path | None) -> None:
    """One installation holds one year of marks: another file would only be refused as stale."""
    note, now = instance.home / "marks-from", str(marks.resolve()) if marks else "invented"
    if note.exists() and note.read_text() != now:
        raise InstallationError(f"This installation holds marks from: {note.read_text()}. Add --fresh to start anew.")
    note.write_text(now)


def is_good(report: dict[str, Any]) -> bool:
    """Whether every file was accepted, every forgery refused, every pupil accounted for, and the transfer completed."""
    checks = report["outside_checks"].values()
    tried = report["forged_or_forbidden"]
    return (
        all(one["given"] == one["accepted"] > 0 for one in checks)
        and tried["tried"] == tried["refused"]
        and report["transcripts_issued"] + report["transcripts_parked"] == report["pupils"]
        and report["transfer"] == "COMPLETED"
    )


def _summarise(console: Console, instance: Instance, outcome: Any, path: Path) -> None:
    from deploy.local import platform  # noqa: PLC0415 - draws in the broker's topology

    report = outcome.report
    table = Table(title="What was done", show_header=False)
    parked = ", ".join(f"{reason}: {number}" for reason, number in report["parked_reasons"].items())
    tried = report["forged_or_forbidden"]
    for name, value in (
        ("pupils", report["pupils"]),
        ("marks written", report["marks_written"]),
        ("transcripts issued", report["transcripts_issued"]),
        ("parked, with the reason", f"{report['transcripts_parked']} ({parked})"),
        ("signatures", report["signatures"]),
        ("class sheets", report["class_sheets"]),
        ("messages to guardians", report["messages"]["sent"]),
        *(
            (f"{name} accepted", f"{one['accepted']} of {one['given']}")
            for name, one in report["outside_checks"].items()
        ),
        ("forged or forbidden, refused", f"{tried['refused']} of {tried['tried']}"),
        ("seconds", round(sum(report["seconds"].values()), 1)),
    ):
        table.add_row(name, str(value))
    console.print(table)
    console.print(f"Report: {path}\nTranscripts: {instance.home / 'transcripts'}")
    console.print(f"Gateway: {platform.gateway_url(instance)} (API at /docs, public check at /verify)")
    console.print(f"Accounts, all with the password {instance.secret('demo-password')}:")
    for role, username in outcome.accounts:
        console.print(f"  {role:<28} {username}", highlight=False)
    console.print("The platform keeps running; `./hocba down` ends it.")
