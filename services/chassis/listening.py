"""Waiting for a NOTIFY: wakes at once when a transaction announced something, and now and then in any case."""

import threading

import psycopg
from sqlalchemy.engine import make_url

from services.chassis import logs

RETRY_SECONDS = 1.0


class Bell:
    """Rings when another transaction announces on the channel; one thread listens, many may wait."""

    def __init__(self, url: str, channel: str) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel
        self._condition = threading.Condition()
        self._rings = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name=f"bell-{channel}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._ring()

    @property
    def rings(self) -> int:
        """How often it has rung; give it to `wait` so that no ring between looking and waiting is missed."""
        return self._rings

    def wait(self, heard: int, seconds: float) -> None:
        """Return when it has rung more often than `heard`, or after so many seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, seconds)

    def _ring(self) -> None:
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True, connect_timeout=5) as conn:
                    conn.execute(f"LISTEN {self._channel}".encode())
                    self._ring()  # something may have come while nobody listened
                    while not self._stopping.is_set():
                        for _ in conn.notifies(timeout=5, stop_after=1):
                            self._ring()
            except psycopg.Error as error:
                logs.get().warning("bell_interrupted", channel=self._channel, error=repr(error))
                self._stopping.wait(RETRY_SECONDS)
