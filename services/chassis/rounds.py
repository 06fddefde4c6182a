"""What a service does by itself every so often, in one of its processes at a time."""

import threading
import time
from collections.abc import Sequence

from sqlalchemy import func, select, text

from services.chassis import failpoints, logs, trace
from services.chassis.errors import Unavailable
from services.chassis.service import Outside, Round

LOOK_SECONDS = 1.0
LEADER_LOCK = 7_204  # and a second number, as with the relay's


class Rounds:
    """One thread; of a service's processes the one that holds the lock of this number makes these rounds."""

    def __init__(self, rounds: Sequence[Round], outside: Outside, *, number: int = 1) -> None:
        self._due = dict.fromkeys(rounds, 0.0)
        self._lock = (LEADER_LOCK, number)
        self._outside = outside
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._lead()
            except Unavailable as error:
                logs.get().warning("rounds_interrupted", error=repr(error))
            self._stopping.wait(LOOK_SECONDS)

    def make_due(self, now: float) -> None:
        """Make the rounds that are due; `now` in seconds of any clock that never goes back."""
        for one, due in self._due.items():
            if due <= now and not self._stopping.is_set():
                self._due[one] = now + one.seconds
                self._make(one)

    def _lead(self) -> None:
        with self._outside.db.connection() as held:
            if not held.execute(select(func.pg_try_advisory_lock(*self._lock))).scalar_one():
                return
            while not self._stopping.is_set():
                held.execute(text("SELECT 1"))  # the lock lives in this session: lose it, lose the lead
                self.make_due(time.monotonic())
                self._stopping.wait(LOOK_SECONDS)

    def _make(self, one: Round) -> None:
        """A round that fails is made again at its next time; what it had not committed is undone."""
        with trace.follow(None):
            try:
                while self._once(one) and not self._stopping.is_set():
                    pass
            except Exception as error:  # noqa: BLE001 - one round's failure must not end the others
                logs.get().warning("round_failed", round=one.handler.__name__, exc_info=error)

    def _once(self, one: Round) -> bool:
        fetched = [one.before(self._outside)] if one.before else []
        with self._outside.db.transaction() as tx:
            has_more = bool(one.handler(tx, *fetched))
            failpoints.reach("round.before_commit")
        failpoints.reach("round.after_commit")
        return has_more
