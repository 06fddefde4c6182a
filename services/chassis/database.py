"""Transactions: the one place that commits. What a transaction adds to the outbox or inbox is true when it is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, func, insert, select, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from services.chassis import tables, trace
from services.chassis.codec import encode, from_json, to_json
from services.chassis.errors import Unavailable
from services.chassis.ids import new_id
from services.contracts.messages import Event, Task

STATEMENT_TIMEOUT_MS = 60_000
LOCK_TIMEOUT_MS = 10_000
IDLE_IN_TRANSACTION_MS = 120_000


class DatabaseAway(Unavailable):
    """The database does not answer now; nothing was changed, try again in a moment."""

    code = "database.unavailable"
    vi = "Cơ sở dữ liệu tạm thời chưa trả lời; chưa có gì thay đổi, xin thử lại sau ít phút."


class Tx:
    """One transaction. Use cases read and write through `conn`; nothing of theirs ever commits."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self._now: datetime | None = None
        self._wakes: set[str] = set()

    def now(self) -> datetime:
        """The database's time at the start of the transaction, in UTC."""
        if self._now is None:
            self._now = self.conn.execute(select(func.now())).scalar_one()
        return self._now

    def emit(self, event: Event) -> None:
        """Announce a fact that this transaction makes true."""
        self.emit_all([event])

    def emit_all(self, events: Sequence[Event]) -> None:
        if events:
            self.conn.execute(insert(tables.outbox), [_outgoing(event) for event in events])
            self.announce("outbox")

    def later(self, task: Task, *, due_at: datetime | None = None) -> UUID:
        """Give this service work to do after the commit, not before `due_at`; the id is the task's row in the inbox."""
        task_id = new_id()
        row = {"event_id": task_id, "type": task.type, "data": encode(task), "traceparent": trace.current()}
        if due_at:
            row["due_at"] = due_at
        self.conn.execute(insert(tables.inbox), [row])
        self.announce("inbox")
        return task_id

    def announce(self, channel: str) -> None:
        """Wake whoever listens on the channel, once, at commit."""
        self._wakes.add(channel)

    def wake(self) -> None:
        """Tell the relay and the inbox's workers, at commit, that there is something for them."""
        for channel in sorted(self._wakes):
            self.conn.execute(text(f"NOTIFY {channel}"))


class Database:
    """A service's own database, with a pool of connections."""

    def __init__(self, url: str, *, pool: int = 10) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=5,
            pool_pre_ping=False,
            hide_parameters=True,  # an error that is logged must not tell names and marks
            json_serializer=to_json,
            json_deserializer=from_json,
            connect_args=_connect_args(),
        )

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection outside any transaction, for looking and for advisory locks, which end with the block.

        DatabaseAway when it is lost.
        """
        try:
            with self.engine.connect() as conn:
                try:
                    yield conn.execution_options(isolation_level="AUTOCOMMIT")
                finally:
                    if not conn.invalidated:  # else the server has released them already
                        conn.execute(select(func.pg_advisory_unlock_all()))
        except NoneFree as error:
            raise DatabaseAway from error
        except (OperationalError, InterfaceError) as error:
            self.engine.dispose()
            raise DatabaseAway from error

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Commit when the block ends well, undo everything otherwise; DatabaseAway when the server is gone."""
        with self._begun() as tx:
            yield tx
            tx.wake()

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """Read everything as it was at one moment, and write nothing; DatabaseAway when the server is gone.

        In `transaction` each statement sees what was committed before it, so that two of them may see two states.
        """
        with self._begun(isolation_level="REPEATABLE READ", postgresql_readonly=True) as tx:
            yield tx

    @contextmanager
    def _begun(self, **options: Any) -> Iterator[Tx]:
        try:
            with self.engine.connect() as conn, conn.execution_options(**options).begin():
                yield Tx(conn)
        except NoneFree as error:
            raise DatabaseAway from error
        except (OperationalError, InterfaceError) as error:
            if error.connection_invalidated or not _reachable(error):
                self.engine.dispose()
            raise DatabaseAway from error


def _outgoing(event: Event) -> dict[str, Any]:
    return {
        "event_id": new_id(),
        "type": event.type,
        "aggregate": str(getattr(event, event.aggregate)),
        "data": encode(event),
        "traceparent": trace.current(),
    }


def _connect_args() -> dict[str, Any]:
    options = (  # no query here is long enough to win back what compiling it costs, which is half a second and more
        "-c jit=off "
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} "
        f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
    )
    return {"options": options, "connect_timeout": 5}


def _reachable(error: OperationalError | InterfaceError) -> bool:
    """Deadlock, lock and statement time-outs (SQLSTATE 40, 55, 57014) come from a living server."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(("40", "55")) or state == "57014"
