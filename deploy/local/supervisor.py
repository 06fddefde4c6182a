"""Keeps the platform's processes running: a detached program that restarts those that die, and how to command it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from deploy.local import pids
from deploy.local.errors import InstallationError
from deploy.local.files import write_private
from deploy.local.pids import ProcessId

CHECKOUT = Path(__file__).resolve().parents[2]
FIRST_DELAY, LONGEST_DELAY = 0.2, 2.0  # seconds between a death and the next start
STEADY_SECONDS = 30.0  # a process that lived this long starts over with the first delay
STOP_SECONDS = 5.0
READY_SECONDS = 180.0  # a dozen and a half processes start at once, on as little as one busy core
MARK = "HOCBA_RUN_FOLDER"  # the variable by which a process is known to be ours, whoever its parent is by now


@dataclass(frozen=True, slots=True)
class Process:
    """A program to keep running; `env` is added to the caller's own, without `ready` it is enough that it runs."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What the supervisor is told of a process."""

    name: str
    argv: list[str]
    env: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the supervisor tells of a process."""

    process: ProcessId
    restarts: int


def start(home: Path, processes: Iterable[Process]) -> ProcessId:
    """Start a supervisor of these processes that outlives the caller."""
    write_private(home / "processes.json", _program_list(processes))
    write_private(home / "runs.json", "{}")
    (home / "logs").mkdir(exist_ok=True)
    argv = [sys.executable, "-m", "deploy.local.supervisor", str(home)]
    env = os.environ | {"PYTHONPATH": str(CHECKOUT), MARK: str(home)}
    return pids.spawn(argv, env=env, log=home / "logs" / "supervisor.log", folder=CHECKOUT)


def keeps(home: Path, processes: Iterable[Process]) -> bool:
    """Whether the supervisor was started with exactly these processes."""
    told = home / "processes.json"
    return told.exists() and told.read_text() == _program_list(processes)


def stop(home: Path, process: ProcessId | None) -> None:
    """End the supervisor, which ends its processes; then whatever was left by one that was killed or forgotten."""
    if running := pids.find(process):
        pids.end([running], with_signal=signal.SIGTERM, seconds=2 * STOP_SECONDS + 1)  # it waits twice itself
    pids.end(pids.with_environment(MARK, str(home)), with_signal=signal.SIGTERM, seconds=STOP_SECONDS)
    (home / "runs.json").unlink(missing_ok=True)


def runs(home: Path) -> dict[str, Run]:
    """The present run of each process, by name."""
    with suppress(FileNotFoundError):
        return msgspec.json.decode((home / "runs.json").read_bytes(), type=dict[str, Run])
    return {}


def await_ready(home: Path, processes: Iterable[Process]) -> None:
    """Raises InstallationError naming the first process that is not ready within READY_SECONDS."""
    for process in processes:
        is_ready = process.ready or partial(_has_begun, home, process.name)
        if not pids.wait_until(is_ready, seconds=READY_SECONDS, every=0.1):
            raise InstallationError(f"{process.name} did not become ready: see {home / 'logs' / process.name}.log.")


def next_delay(previous: float, *, lived: float) -> float:
    """Seconds to wait before starting again a process that lived so long: longer each time, until it proves steady."""
    if previous == 0 or lived >= STEADY_SECONDS:
        return FIRST_DELAY
    return min(2 * previous, LONGEST_DELAY)


def _has_begun(home: Path, name: str) -> bool:
    return name in runs(home)


def _program_list(processes: Iterable[Process]) -> str:
    programs = [Program(name=p.name, argv=list(p.argv), env=dict(p.env)) for p in processes]
    return msgspec.json.encode(programs).decode()


@dataclass(slots=True, kw_only=True)
class _Child:
    """A program, its present run if any, and when the next one is due."""

    program: Program
    logs: Path
    run: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    delay: float = 0.0
    starts: int = 0

    def attend(self, now: float) -> bool:
        """Notice a death, start when due; whether a new run began."""
        if self.run and _has_ended(self.run):
            self.run = None
            self.delay = next_delay(self.delay, lived=now - self.started_at)
            self.due_at = now + self.delay
        if self.run or now < self.due_at:
            return False
        self._start(now)
        return True

    def _start(self, now: float) -> None:
        # Should the supervisor be killed, the kernel ends the child: nothing is left without a keeper.
        argv = ["setpriv", "--pdeathsig", "TERM", "--", *self.program.argv]
        with (self.logs / f"{self.program.name}.log").open("ab") as log:
            self.run = subprocess.Popen(
                argv,
                cwd=CHECKOUT,
                env=os.environ | self.program.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started_at = now
        self.starts += 1

    def signal(self, number: signal.Signals) -> None:
        if self.run and not _has_ended(self.run):
            os.killpg(self.run.pid, number)

    def is_over(self) -> bool:
        return self.run is None or _has_ended(self.run)


def _has_ended(run: subprocess.Popen[bytes]) -> bool:
    """Whether a run is over; what it leaves behind is killed before its number can pass to another process."""
    if run.returncode is not None:
        return True
    if os.waitid(os.P_PID, run.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return False
    with suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return True


def _supervise(home: Path) -> None:
    """Keep everything listed in processes.json running until SIGTERM."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    programs = msgspec.json.decode((home / "processes.json").read_bytes(), type=list[Program])
    children = [_Child(program=program, logs=home / "logs") for program in programs]
    while not stopping:
        begun = [child for child in children if child.attend(time.monotonic())]
        if begun:
            _record(home, children)
        time.sleep(0.1)
    _end(children)


def _record(home: Path, children: Iterable[_Child]) -> None:
    current = {
        child.program.name: Run(process=pids.identify(child.run.pid), restarts=child.starts - 1)
        for child in children
        if child.run
    }
    write_private(home / "runs.json", msgspec.json.encode(current).decode())


def _end(children: Sequence[_Child]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        for child in children:
            child.signal(number)
        pids.wait_until(lambda: all(child.is_over() for child in children), seconds=STOP_SECONDS)


if __name__ == "__main__":
    _supervise(Path(sys.argv[1]))
