"""Callers that ask as fast as they are answered, for a bounded time; and work that one core does alone."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

SECONDS = 6.0
WARM_UP_SECONDS = 1.5

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How often the callers were answered in how many seconds, and how long each answer took."""

    answered: int
    seconds: float
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        return self.answered / self.seconds


def press(callers: Sequence[Callable[[], object]], seconds: float = SECONDS) -> Load:
    """Let every caller call again and again, each in a thread of its own; what comes first only warms up."""
    began = time.perf_counter()
    first, last = began + WARM_UP_SECONDS, began + WARM_UP_SECONDS + seconds

    def call(caller: Callable[[], object]) -> list[float]:
        taken = []
        while (started := time.perf_counter()) < last:
            caller()
            if started >= first:
                taken.append(time.perf_counter() - started)
        return taken

    with ThreadPoolExecutor(len(callers)) as pool:
        latencies = [one for taken in pool.map(call, callers) for one in taken]
    return Load(answered=len(latencies), seconds=time.perf_counter() - first, latencies=latencies)


def core_rate(work: Callable[[T], object], items: Sequence[T]) -> float:
    """Items a second of processor time, whatever else the machine does meanwhile."""
    started = time.process_time()
    for item in items:
        work(item)
    return len(items) / (time.process_time() - started)
