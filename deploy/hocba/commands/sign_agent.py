"""`hocba sign-agent`: signs what waits, with the token plugged in here, after showing it and asking for consent."""

import time
from pathlib import Path

import click

from deploy.agent.signing import Agent, Away, Document, describe, gateway
from services.chassis.errors import Problem
from services.signing.keys import WrongPin

POLL_SECONDS = 5


@click.command
@click.option("--url", required=True, help="Where the platform is.")
@click.option(
    "--token-file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The agent's token, as the platform showed it once.",
)  # fmt: skip
@click.option("--module", required=True, type=click.Path(exists=True), help="The token's PKCS#11 module (.so).")
@click.option("--place", required=True, help="The token, as pkcs11:token=… names it.")
@click.option("--once", is_flag=True, help="Look once, and end.")
def command(*, url: str, token_file: Path, module: str, place: str, once: bool) -> None:
    """Sign at the school with a token that stays there.

    Shows each class that waits with its documents and digests, asks for consent and PIN, and brings the signatures to
    the platform. It only connects out; the PIN stays on this machine.
    """
    agent = Agent(gateway(url), token=token_file.read_text().strip(), module=module, place=place)
    declined: set[tuple[str, str]] = set()
    while True:
        look(agent, declined)
        if once:
            return
        time.sleep(POLL_SECONDS)


def look(agent: Agent, declined: set[tuple[str, str]]) -> None:
    """Work off what waits now; what stands in the way is said and tried again at the next look, a "no" is kept."""
    try:
        work = agent.find_work()
        if work["challenge"]:
            click.echo(f"Chứng thư của {work['name']} cần được chứng minh một lần.")
            agent.prove(work, _pin())
        for job in work["jobs"]:
            named = job["session_id"], job["class_id"]
            if named not in declined and not _offer(agent, work, job):
                declined.add(named)
    except WrongPin:
        click.echo("Mã PIN không đúng.", err=True)
    except Problem as problem:
        click.echo(problem.vi, err=True)
    except Away as away:
        click.echo(str(away), err=True)


def _offer(agent: Agent, work: Document, job: Document) -> bool:
    """Whether the person consented."""
    for line in describe(job):
        click.echo(line)
    if not click.confirm("Đồng ý ký?", default=False):
        return False
    taken, asked = agent.sign(work, job, _pin())
    click.echo(f"Đã ký {taken} trên {asked}.")
    return True


def _pin() -> str:
    pin: str = click.prompt("Mã PIN", hide_input=True)
    return pin
