"""Works the inbox off: attempts counted before each try, growing delays, then dead with the reason."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from services.chassis import failpoints, logs, metrics, trace
from services.chassis.codec import decode
from services.chassis.errors import Problem, Unavailable
from services.chassis.listening import Bell
from services.chassis.service import Outside, Service
from services.chassis.tables import inbox

LOOK_SECONDS = 2.0  # how long a row that fell due without a NOTIFY may wait
MAX_ATTEMPTS = 5
MAX_ATTEMPTS_UNAVAILABLE = 40
MAX_DELAY_SECONDS = 60
CANDIDATES = 200


class Worker:
    """One thread of work. Rows are held by advisory locks, so a killed worker's rows are free again at once.

    It does work of one type `alone`, or of all types that have no threads of their own. Those alone are many and
    wait for people: they look now and then, as each news waking all of them would cost more than the work itself.
    """

    def __init__(self, service: Service, outside: Outside, bell: Bell, *, alone: str | None = None) -> None:
        self._service = service
        self._outside = outside
        self._bell = bell
        self._is_alone = alone is not None
        kind = inbox.c.type
        self._mine = [kind == alone] if alone else [kind != other for other in service.apart]
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            heard = self._bell.rings
            try:
                worked = self.work_once()
            except Unavailable as error:
                logs.get().warning("worker_interrupted", error=repr(error))
                worked = False
                self._stopping.wait(1)
            if not worked and self._is_alone:
                self._stopping.wait(LOOK_SECONDS)
            elif not worked:
                self._bell.wait(heard, LOOK_SECONDS)

    def work_once(self) -> bool:
        """Take the oldest rows that are due, of one type, and do their work; False when nothing is due."""
        with self._outside.db.connection() as held:
            rows = self._claim(held)
            if rows:
                self._work(rows)
        return bool(rows)

    def _claim(self, held: Connection) -> list[Row[Any]]:
        due = select(inbox).where(inbox.c.state == "PENDING", inbox.c.due_at <= func.now(), *self._mine)
        claimed: list[Row[Any]] = []
        for row in held.execute(due.order_by(inbox.c.id).limit(CANDIDATES)).all():
            fits = not claimed or self._fits(row, claimed)
            if fits and held.execute(select(func.pg_try_advisory_lock(row.id))).scalar_one():
                claimed.append(row)
        return self._count_attempt(claimed)

    def _fits(self, row: Row[Any], claimed: Sequence[Row[Any]]) -> bool:
        """Whether a row may share the others' transaction; what was tried before may have killed us and stays alone."""
        first, work = claimed[0], self._service.work.get(row.type)
        fresh = not row.attempts and not first.attempts
        return fresh and row.type == first.type and work is not None and len(claimed) < work.batch

    def _count_attempt(self, rows: list[Row[Any]]) -> list[Row[Any]]:
        """Count before trying, so that work which kills its process goes dead too; what is done by now is left out."""
        if not rows:
            return []
        with self._outside.db.transaction() as tx:
            pending = (inbox.c.id.in_([row.id for row in rows])) & (inbox.c.state == "PENDING")
            counted = tx.conn.execute(
                update(inbox).where(pending).values(attempts=inbox.c.attempts + 1).returning(inbox.c.id)
            ).scalars()
            still = set(counted)
        return [row for row in rows if row.id in still]

    def _work(self, rows: Sequence[Row[Any]]) -> None:
        """Do the rows together; if that fails and they are several, each by itself, so that none holds up others."""
        started, event_type = time.monotonic(), rows[0].type
        outcome = "done"
        with trace.follow(rows[0].traceparent):
            try:
                self._do(rows)
            except Exception as error:  # noqa: BLE001 - any failure is counted, delayed and in the end set aside
                outcome = "failed"
                if len(rows) == 1:
                    self._fail(rows[0], error)
        metrics.INBOX_SECONDS.labels(event_type, outcome).observe(time.monotonic() - started)
        if outcome == "failed" and len(rows) > 1:
            for row in rows:
                self._work([row])

    def _do(self, rows: Sequence[Row[Any]]) -> None:
        if rows[0].attempts >= MAX_ATTEMPTS and rows[0].reason is None:
            raise NeverEnded
        work = self._service.work.get(rows[0].type)
        if work is None:
            raise NotConsumed(type=rows[0].type)
        items = [decode(work.shape, row.data) for row in rows]
        fetched = [work.before(items, self._for(rows))] if work.before else []
        with self._outside.db.transaction() as tx:
            ids = [row.id for row in rows]
            mine = inbox.c.id.in_(ids) & (inbox.c.state == "PENDING")
            held = tx.conn.execute(select(inbox.c.id).where(mine).order_by(inbox.c.id).with_for_update()).all()
            if len(held) < len(ids):  # this worker lost its hold meanwhile, and another did the work
                return
            work.handler(tx, items, *fetched)
            tx.conn.execute(
                update(inbox).where(inbox.c.id.in_(ids)).values(state="DONE", ended_at=func.now(), reason=None)
            )
        failpoints.reach("worker.after_commit")

    def _for(self, rows: Sequence[Row[Any]]) -> Outside:
        """Commands that the work sends carry a key of the row, so that a repeated try has no second effect."""
        return replace(self._outside, key=str(rows[0].event_id))

    def _fail(self, row: Row[Any], error: Exception) -> None:
        attempts = row.attempts + 1
        limit = MAX_ATTEMPTS_UNAVAILABLE if isinstance(error, Unavailable) else MAX_ATTEMPTS
        reason = str(error) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
        log = logs.get().bind(type=row.type, event_id=str(row.event_id), attempts=attempts)
        log.warning("inbox_work_failed", reason=reason, exc_info=None if isinstance(error, Problem) else error)
        with self._outside.db.transaction() as tx:
            values: dict[str, Any] = {"reason": reason[:2000]}
            if attempts >= limit:
                values |= {"state": "DEAD", "ended_at": func.now()}
            else:
                values["due_at"] = func.now() + timedelta(seconds=min(2 ** (attempts - 1), MAX_DELAY_SECONDS))
            tx.conn.execute(update(inbox).where(inbox.c.id == row.id).values(values))


class NeverEnded(Problem):
    """The work ended neither well nor badly: each try took its process with it."""

    code = "inbox.never_ended"
    vi = "Việc này chưa lần nào kết thúc: mỗi lần thử, tiến trình đều bị dừng theo."


class NotConsumed(Problem):
    """This service does no work for messages of type {type}."""

    code = "inbox.not_consumed"
    vi = "Dịch vụ này không xử lý thông điệp loại {type}."
