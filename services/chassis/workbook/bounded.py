"""Parsing in a process of its own with limits, so that a hostile file costs its sender a refusal and us nothing."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

import msgspec

from services.chassis.workbook import child, faults
from services.chassis.workbook.book import check_size
from services.chassis.workbook.cells import Fault
from services.chassis.workbook.problems import CellProblem, WorkbookRefused, refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost: bytes of it, of address space, and seconds of processor and of waiting."""

    most_bytes: int = faults.MOST_BYTES
    memory_bytes: int = 300 * faults.MIB
    processor_seconds: int = 15
    seconds: float = 60


DEFAULT = Limits()


def bounded(function: Callable[..., T], data: bytes, *, limits: Limits = DEFAULT, **options: Any) -> T:
    """What ``function(data, **options)`` returns, or the WorkbookRefused that it raises, from a process of its own.

    The function stands at the top of its module; its annotations say what crosses the pipe. A process that dies of
    its limits refuses the file. Call it from a thread (``outside.run``): it waits.
    """
    check_size(len(data), most_bytes=limits.most_bytes)
    head = msgspec.msgpack.encode(options)
    answer = _ask(function, len(head).to_bytes(child.PROTOCOL_BYTES) + head + data, limits)
    if "problems" in answer:
        raise WorkbookRefused(msgspec.convert(answer["problems"], list[CellProblem]))
    value: T = msgspec.convert(answer["value"], get_type_hints(function)["return"])
    return value


def _ask(function: Callable[..., Any], message: bytes, limits: Limits) -> dict[str, Any]:
    name = [function.__module__, function.__qualname__, str(limits.memory_bytes), str(limits.processor_seconds)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", child.__name__, *name],
            input=message,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
            env={"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},  # nothing secret goes along
        )
    except subprocess.TimeoutExpired as late:
        raise refusal(faults.TOO_HEAVY) from late
    if done.returncode:
        raise refusal(_death(done.returncode, done.stderr))
    answer: dict[str, Any] = msgspec.msgpack.decode(done.stdout)
    return answer


def _death(status: int, stderr: bytes) -> Fault:
    """Why the process died: a signal ends what takes too long, and memory ends at its limit."""
    from services.chassis import logs  # noqa: PLC0415 - structlog would be a third of the reading process's start

    last = stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
    reason = last.partition(":")[0][:80]  # the kind of the error alone: its message may quote the file
    logs.get().warning("workbook_reader_died", status=status, reason=reason)
    return faults.TOO_HEAVY if status < 0 or reason == MemoryError.__name__ else faults.READER_FAILED
