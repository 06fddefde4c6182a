"""A token's driver in a process of its own, asked line by line; who does not answer in time is killed."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, TypeVar

import msgspec

A = TypeVar("A")

CHILD = "services.signing.providers.pkcs11_child"
CLOSING_SECONDS = 2.0  # for the driver to log out, and for the system to end what it kills


class Silent(Exception):  # noqa: N818 - the driver's fault, told as a refusal
    """The driver has not answered in time."""


class Died(Exception):  # noqa: N818 - likewise
    """The driver took its process with it, or cannot be loaded."""


class Driver:
    """A conversation with the process; after Silent or Died it is over."""

    def __init__(self, asked: socket.socket, lines: BinaryIO, process: "subprocess.Popen[bytes]") -> None:
        self._asked = asked
        self._lines = lines
        self.process = process

    def ask(self, question: Any, answer: type[A]) -> A:
        try:
            self._asked.sendall(msgspec.json.encode(question) + b"\n")
            line = self._lines.readline()
        except TimeoutError as error:
            raise Silent from error
        except OSError as error:
            raise Died from error
        if not line.endswith(b"\n"):
            raise Died
        return msgspec.json.decode(line, type=answer)


@contextmanager
def running(module: str, *, seconds: float) -> Iterator[Driver]:
    """The driver of this module (.so), each of whose answers may take so many seconds."""
    ours, theirs = socket.socketpair()
    with ours, ours.makefile("rb") as lines:
        with theirs:
            named = [sys.executable, "-m", CHILD, module]
            process = subprocess.Popen(named, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=_environment())
        ours.settimeout(seconds)
        try:
            yield Driver(ours, lines, process)
        finally:
            with suppress(OSError):
                ours.shutdown(socket.SHUT_WR)  # so that the driver logs out
            _end(process)


def _environment() -> dict[str, str]:
    """What drivers look at, and nothing of our own secrets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOCBA_")}
    return kept | {"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """A process that the system cannot end, as it hangs in the kernel, is left to it."""
    try:
        process.wait(CLOSING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(CLOSING_SECONDS)
