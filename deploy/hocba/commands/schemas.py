"""`hocba schemas`: the published message shapes as JSON Schema, for those who write other programs."""

from pathlib import Path

import click
import msgspec

from services.contracts.schemas import schemas


@click.command
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write one file a message there.")
def command(out: Path | None) -> None:
    """Print the JSON Schema of every message, or write them to files."""
    found = schemas()
    if out is None:
        click.echo(_readable(found))
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, schema in found.items():
        (out / f"{name}.json").write_bytes(_readable(schema) + b"\n")
    click.echo(f"{len(found)} schemas are in {out}.")


def _readable(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)
