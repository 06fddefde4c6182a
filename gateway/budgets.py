"""How many requests a minute a stranger may make, counted in this process's memory."""

import threading
import time
from collections.abc import Callable
from math import ceil

from gateway.problems import TooManyRequests

REMEMBERED = 10_000  # spenders; bounds the memory, whatever addresses come


class Budgets:
    """A bucket for each spender: holds `per_minute` requests, refills evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def spend(self, spender: str) -> None:
        """Take one request from the spender's bucket; TooManyRequests says in how many seconds there is one again."""
        with self._lock:
            now = self._clock()
            left, at = self._left.get(spender, (self._size, now))
            left = min(self._size, left + (now - at) * self._per_second)
            if left < 1:
                raise TooManyRequests(seconds=ceil((1 - left) / self._per_second))
            if len(self._left) >= REMEMBERED:
                self._left.clear()
            self._left[spender] = (left - 1, now)
