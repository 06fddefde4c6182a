"""The stages of the demonstration: each is timed, shown with its progress, and counted in the report."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

T = TypeVar("T")
THREADS = 8
POLL_SECONDS = 0.3
LIMIT_SECONDS = 600


class StageFailedError(Exception):
    """A stage did not come to its end in time; the message says what was still missing."""


@dataclass(slots=True)
class Stages:
    """Runs the stages; `seconds` by stage and `figures` go into the report."""

    console: Console
    seconds: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator["Bar"]:
        """One stage with its bar."""
        columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        started = time.monotonic()
        with Progress(*columns, console=self.console) as progress:
            bar = Bar(progress, progress.add_task(name, total=total or 1))
            yield bar
            bar.fill()
        self.seconds[name] = round(time.monotonic() - started, 2)


@dataclass(slots=True)
class Bar:
    progress: Progress
    task: TaskID

    def advance(self, steps: int = 1) -> None:
        self.progress.advance(self.task, steps)

    def show(self, done: int, total: int) -> None:
        self.progress.update(self.task, completed=done, total=max(total, 1))

    def fill(self) -> None:
        total = self.progress.tasks[0].total
        self.progress.update(self.task, completed=total)


def each(
    work: Callable[[T], Any], items: Iterable[T], bar: Bar, *, steps: Callable[[T], int] = lambda _: 1
) -> list[Any]:
    """Do the work for all items, several at a time; the first failure ends it."""

    def one(item: T) -> Any:
        done = work(item)
        bar.advance(steps(item))
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, items))


def wait_until(look: Callable[[], tuple[int, int]], bar: Bar, *, what: str) -> None:
    """Look again and again until all is done; `look` gives (done, total)."""
    give_up = time.monotonic() + LIMIT_SECONDS
    done, total = look()
    while done < total or not total:
        if time.monotonic() > give_up:
            raise StageFailedError(f"{what}: {done} of {total} after {LIMIT_SECONDS} seconds; see `./hocba dead ls`.")
        bar.show(done, total)
        time.sleep(POLL_SECONDS)
        done, total = look()
    bar.show(done, total)
