"""Which servers are left alone for a while because they failed, so that a dead one costs one time-out and not many."""

import time
from collections.abc import Callable

FIRST_SECONDS, LONGEST_SECONDS = 30.0, 1_800.0


class Resting:
    """Servers by address; each failure in a row doubles the rest, an answer ends it. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._seconds: dict[str, float] = {}

    def rests(self, server: str) -> bool:
        return self._clock() < self._until.get(server, 0.0)

    def failed(self, server: str) -> None:
        seconds = min(2 * self._seconds[server], LONGEST_SECONDS) if server in self._seconds else FIRST_SECONDS
        self._seconds[server], self._until[server] = seconds, self._clock() + seconds

    def answered(self, server: str) -> None:
        self._seconds.pop(server, None)
        self._until.pop(server, None)
