"""Processes that outlive the command that started them, told apart by pid and start time."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

CLOCK_SLACK = 2.0  # seconds; the kernel's idea of when it booted moves when the clock is set


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessId:
    """A pid that cannot be mistaken for a later process of the same number."""

    pid: int
    started_at: float  # seconds since the epoch


def identify(pid: int) -> ProcessId:
    """Raises psutil.NoSuchProcess when it has gone."""
    return ProcessId(pid=pid, started_at=psutil.Process(pid).create_time())


def spawn(argv: Sequence[str], *, env: Mapping[str, str], log: Path, folder: Path) -> ProcessId:
    """Start a program in a session of its own, at home in the folder, its output appended to the log."""
    # posix_spawn itself cannot change the folder; the shell execs, so the pid stays.
    output = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawnp(
        "sh",
        ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *argv],
        env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), output, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigdef=[signal.SIGPIPE],
    )
    return identify(pid)


def find(process: ProcessId | None) -> psutil.Process | None:
    """The live process, or None when it ended or its number now belongs to another."""
    if process is None:
        return None
    with suppress(psutil.NoSuchProcess):
        found = psutil.Process(process.pid)
        if abs(found.create_time() - process.started_at) < CLOCK_SLACK and not is_dead(found):
            return found
    return None


def is_dead(process: psutil.Process) -> bool:
    """Ended, even when nobody has yet asked for its exit status."""
    try:
        # A zombie may still have threads that hold its ports; one thread means that all but the record is gone.
        return not process.is_running() or (process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1)
    except psutil.NoSuchProcess:
        return True


def with_environment(name: str, value: str) -> list[psutil.Process]:
    """Every process that was started with this variable, or by one that was; other people's processes show none."""
    found = psutil.process_iter(["environ"])
    return [process for process in found if (process.info["environ"] or {}).get(name) == value]


def end(processes: Iterable[psutil.Process], *, with_signal: signal.Signals, seconds: float) -> None:
    """Signal the processes, wait, and kill those that remain after so many seconds."""
    everyone = list(processes)
    for step in (with_signal, signal.SIGKILL):
        for process in everyone:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(step)
        if wait_until(lambda: all(map(is_dead, everyone)), seconds=seconds):
            return


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Whether the condition became true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
