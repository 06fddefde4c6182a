"""`hocba import`: brings a school's workbook in through the gateway, in the name of one of its people."""

import os
import string
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from deploy.demo.client import Client, Refusal
from deploy.hocba.options import as_json, on_instance
from deploy.local.instance import Instance
from deploy.local.platform import gateway_url

STAFF = "staff"
ADDRESSES = {
    "pupils": "/v1/years/{year}/units/{school}/pupil-previews",
    STAFF: "/v1/units/{school}/staff-imports",
    "marks": "/v1/years/{year}/units/{school}/mark-previews",
}
PASSWORD = "HOCBA_PASSWORD"  # noqa: S105  # the variable's name


@click.command
@click.argument("kind", type=click.Choice(list(ADDRESSES)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--school", type=click.UUID, required=True, help="Id of the school.")
@click.option("--year", type=int, help="The year in which the school year begins (pupils, marks).")
@click.option(
    "--sheet", type=click.UUID, help="Id of the mark sheet, where the file does not say whose marks it holds."
)
@click.option("--account", required=True, help=f"User name; the password is asked for, or taken from {PASSWORD}.")
@on_instance
@as_json
@click.pass_context
def command(
    context: click.Context,
    /,
    instance: Instance,
    *,
    kind: str,
    file: Path,
    account: str,
    as_json: bool,
    sheet: UUID | None,
    **places: UUID | int | None,
) -> None:
    """Import a workbook of pupils, staff or marks: all of it or, if any cell is wrong, nothing."""
    address = _address(kind, places)
    try:
        client = _client(instance, account)
        answer = _send(client, address, file, sheet)
        if kind != STAFF:
            answer = _apply(client, kind, answer)
    except Refusal as refusal:
        _show_refusal(refusal, as_json=as_json)
        context.exit(1)
    _show(answer, as_json=as_json)


def _address(kind: str, places: dict[str, UUID | int | None]) -> str:
    """The address to send to; UsageError names the options that this kind lacks."""
    needed = [name for _, name, _, _ in string.Formatter().parse(ADDRESSES[kind]) if name]
    if lacking := [f"--{name}" for name in needed if places[name] is None]:
        raise click.UsageError(f"To import {kind}, say {' and '.join(lacking)}.")
    return ADDRESSES[kind].format(**places)


def _client(instance: Instance, account: str) -> Client:
    password = os.environ.get(PASSWORD) or click.prompt("Password", hide_input=True, err=True)
    client = Client(gateway_url(instance), account)
    client.session.headers["Accept-Language"] = "en"
    return client.log_in(password)


def _send(client: Client, address: str, file: Path, sheet: UUID | None) -> Any:
    fields = {"sheet_id": str(sheet)} if sheet else {}
    # A key of its own for each run: who imports a file again wants it done again.
    key = str(uuid4())
    return client.request("POST", address, files={"file": (file.name, file.read_bytes())}, data=fields, key=key)


def _apply(client: Client, kind: str, shown: dict[str, Any]) -> Any:
    """What was written of the file as it was previewed; a refusal names the cells or rows that stand in the way."""
    try:
        return client.post(f"/v1/years/{shown['school_year']}/imports/{shown['id']}/{kind}", {})["applied"]
    except Refusal as refusal:
        refusal.problem.setdefault("fields", {}).setdefault("errors", _faults(shown))
        raise


def _faults(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """What a preview refuses, each as a fault of a workbook's cell is told."""
    told = shown["marks"]["refused"] if shown["marks"] else shown["pupils"]["rows"]
    return [
        {
            "sheet": one["place"]["page"],
            "row": one["place"]["row"],
            "column": one["place"]["column"],
            "value": one.get("new", one.get("name")),
            "reason_en": one["refused"]["en"],
        }
        for one in told
        if one["refused"]
    ]


def _show(answer: dict[str, Any], *, as_json: bool) -> None:
    """Counts; of staff also the activation codes, which nobody can read again."""
    if as_json:
        click.echo(msgspec.json.encode(answer))
    elif "members" in answer:
        Console().print(_table(answer["members"], ("code", "name", "username", "role", "activation_code")))
    else:
        click.echo(", ".join(f"{name}: {count}" for name, count in answer.items() if count) or "nothing new")


def _show_refusal(refusal: Refusal, *, as_json: bool) -> None:
    """One sentence, and where single cells are at fault a line for each."""
    faults = refusal.problem.get("fields", {}).get("errors", [])
    if as_json:
        click.echo(msgspec.json.encode(refusal.problem))
        return
    click.echo(f"Error: {refusal.problem.get('detail')}", err=True)
    if faults:
        shown = [fault | {"reason": fault["reason_en"]} for fault in faults]
        Console().print(_table(shown, ("sheet", "row", "column", "value", "reason")))


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Table:
    """Every value whole, however narrow the screen; a code to be typed is not even broken into lines."""
    table = Table(*(_column(name) for name in columns))
    for row in rows:
        table.add_row(*("–" if row[name] is None else escape(str(row[name])) for name in columns))
    return table


def _column(name: str) -> Column:
    return Column(name.replace("_", " ").capitalize(), overflow="fold", no_wrap=name == "activation_code")
