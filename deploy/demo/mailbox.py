"""A mail server on loopback that keeps each message as a file: `python -m deploy.demo.mailbox --port N --folder D`."""

import asyncio
import re
import signal
from email import message_from_bytes
from itertools import count
from pathlib import Path

import click
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Mailbox:
    """Keeps a message as `<Message-ID>.eml`, its repetitions as `<Message-ID>.2.eml` and so on, to be counted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.keep(envelope.original_content or b"")
        return "250 kept"

    def keep(self, message: bytes) -> Path:
        """The file that the message was written to; whoever sees it sees all of it."""
        name = re.sub(r"[^\w.@-]", "_", message_from_bytes(message).get("Message-ID", "none").strip("<>"))
        names = (f"{name}.eml" if number == 1 else f"{name}.{number}.eml" for number in count(1))
        path = next(path for path in map(self._folder.joinpath, names) if not path.exists())
        draft = path.with_suffix(".draft")
        draft.write_bytes(message)
        return draft.rename(path)


async def serve(port: int, folder: Path) -> None:
    """Take mail until SIGTERM or SIGINT."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    mailbox = Mailbox(folder)
    async with await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True), HOST, port):
        click.echo(f"Mail to {HOST}:{port} is kept in {folder}.")
        await stop.wait()


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def main(port: int, folder: Path) -> None:
    """Keep mail instead of delivering it, for trying the platform out."""
    asyncio.run(serve(port, folder))


if __name__ == "__main__":
    main()
