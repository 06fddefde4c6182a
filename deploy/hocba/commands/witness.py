"""`hocba witness`: watches a transparency log and cosigns what it says, as long as it only grows."""

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from deploy.witness import cosigning
from deploy.witness.cosigning import Witness
from deploy.witness.reading import RemoteLog
from services.signing.log.faults import LogFault
from services.signing.log.notes import verifier_key

LOOK_SECONDS = 10.0
file_path = click.Path(dir_okay=False, path_type=Path)


@click.command
@click.option("--log", "url", help="Address of the platform whose log is watched.")
@click.option("--log-key", "vkey", help="The log's public key (vkey), from a source you trust.")
@click.option("--key", required=True, type=file_path, help="File with the witness's own key.")
@click.option("--state", type=file_path, help="File in which the witness remembers the log.")
@click.option("--once", is_flag=True, help="Look once, instead of every ten seconds.")
@click.option("--new", metavar="NAME", help="Make the key file for a witness of this name, print its vkey, and end.")
def command(url: str | None, vkey: str | None, key: Path, state: Path | None, new: str | None, *, once: bool) -> None:
    """Cosign the checkpoints of a transparency log, as long as each begins with all that was seen before.

    It needs nothing of the platform but its address. The operator of the log names the witness's vkey in
    HOCBA_SIGNING_LOG_WITNESSES. With --once the exit code is 0 only if the checkpoint was cosigned.
    """
    try:
        if new:
            click.echo(cosigning.make_key(key, new))
            return
        if not (url and vkey and state):
            raise click.UsageError("Name the log by --log and --log-key, and a file to remember it in by --state.")
        log, log_key = RemoteLog(url), verifier_key(vkey)
        witness = Witness(log=log, log_key=log_key, signer=cosigning.read_key(key), state=state)
    except LogFault as fault:
        raise click.ClickException(str(fault)) from fault
    _watch(witness, once=once)


def _watch(witness: Witness, *, once: bool) -> None:
    while True:
        try:
            seen = witness.look(datetime.now(UTC))
            click.echo(f"{seen.made_at:%Y-%m-%d %H:%M:%S} UTC: {seen.size:,} entries, cosigned.")
        except LogFault as fault:
            if once:
                raise click.ClickException(str(fault)) from fault
            click.echo(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC: not cosigned. {fault}", err=True)
        if once:
            return
        time.sleep(LOOK_SECONDS)
