"""Carries committed events from the outbox to the broker, and makes sure that every declared consumer got them.

One relay of a service works at a time (an advisory lock), which keeps the order of an aggregate's events. Rows are
found by a flag, not by a position, so one committed late behind a higher id is still found.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingConnection
from pika.exceptions import AMQPError
from sqlalchemy import Connection, Row, func, select, text, update

from services.chassis import failpoints, logs, metrics
from services.chassis.codec import to_json
from services.chassis.database import Database
from services.chassis.errors import Problem, Unavailable
from services.chassis.events import EXCHANGE, properties
from services.chassis.inbox import FindLacking
from services.chassis.listening import Bell
from services.chassis.publishing import publish_all
from services.chassis.rpc_client import RpcClient
from services.chassis.tables import outbox

BATCH = 500
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 10.0  # how long an event may be under way before its consumers are asked for it
ASK_SECONDS = 2.0  # how long a consumer that is away may hold the relay up
LEADER_LOCK = (7_201, 1)  # two numbers: no inbox row's lock, which is one number, is ever the same


class Relay:
    """One thread; `consumers` names for each event type the services that must have it."""

    def __init__(
        self,
        service: str,
        db: Database,
        broker_url: str,
        *,
        bell: Bell,
        rpc: RpcClient,
        consumers: Mapping[str, Sequence[str]],
    ) -> None:
        self._service = service
        self._db = db
        self._parameters = pika.URLParameters(broker_url)
        self._parameters.heartbeat = 30
        self._parameters.blocked_connection_timeout = 10
        self._bell = bell
        self._rpc = rpc
        self._consumers = consumers
        self._ask_again_at = 0.0
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._lead()
            except (AMQPError, OSError, Unavailable) as error:
                logs.get().warning("relay_interrupted", error=repr(error))
            self._stopping.wait(1)

    def _lead(self) -> None:
        """Relay for as long as this process holds the lock, the database and the broker."""
        with self._db.connection() as held:
            if held.execute(select(func.pg_try_advisory_lock(*LEADER_LOCK))).scalar_one():
                with pika.BlockingConnection(self._parameters) as connection:
                    self._relay(held, connection)

    def _relay(self, held: Connection, connection: BlockingConnection) -> None:
        while not self._stopping.is_set():
            heard = self._bell.rings
            published = self.publish_once(connection)
            self.settle_once(connection)
            if not published:
                held.execute(text("SELECT 1"))  # the lock lives in this session: lose it, lose the lead
                connection.process_data_events(0)
                self._bell.wait(heard, LOOK_SECONDS)

    def publish_once(self, connection: BlockingConnection) -> int:
        """Publish the oldest unpublished events; gives how many the broker has confirmed."""
        unpublished = select(outbox).where(outbox.c.published_at.is_(None)).order_by(outbox.c.id).limit(BATCH)
        with self._db.transaction() as tx:
            rows = tx.conn.execute(unpublished).all()
        if not rows:
            return 0
        failpoints.reach("relay.before_publish")
        confirmed = self._publish(connection, rows)
        failpoints.reach("relay.after_publish")
        if confirmed:
            with self._db.transaction() as tx:
                tx.conn.execute(update(outbox).where(outbox.c.id.in_(confirmed)).values(published_at=func.now()))
        metrics.EVENTS_PUBLISHED.labels(self._service).inc(len(confirmed))
        return len(confirmed)

    def _publish(self, connection: BlockingConnection, rows: Sequence[Row[Any]]) -> list[int]:
        """The ids that were confirmed and not returned."""
        failed = publish_all(connection, EXCHANGE, [message_of(row) for row in rows])
        if failed:
            metrics.EVENTS_RETURNED.labels(self._service).inc(len(failed))
            logs.get().error("events_returned", types=sorted({rows[index].type for index in failed}), count=len(failed))
            self._stopping.wait(1)
        return [row.id for index, row in enumerate(rows) if index not in failed]

    def settle_once(self, connection: BlockingConnection) -> None:
        """Ask each consumer which published events its inbox lacks, send those again, and archive the rest."""
        if time.monotonic() < self._ask_again_at:
            return
        old = outbox.c.published_at < func.now() - text(f"interval '{SETTLE_SECONDS} seconds'")
        with self._db.transaction() as tx:
            unsettled = (
                select(outbox).where(outbox.c.settled_at.is_(None), old).order_by(outbox.c.published_at).limit(BATCH)
            )
            rows = tx.conn.execute(unsettled).all()
        if not rows:
            return
        lacking = self._lacking(rows)
        if lacking is None:
            self._ask_again_at = time.monotonic() + SETTLE_SECONDS
            return
        again = [row for row in rows if row.event_id in lacking]
        if again:
            metrics.EVENTS_RESENT.labels(self._service).inc(len(again))
            logs.get().warning("events_resent", count=len(again))
            publish_all(connection, EXCHANGE, [message_of(row) for row in again])
        self._mark_settled([row for row in rows if row.event_id not in lacking], again)

    def _lacking(self, rows: Sequence[Row[Any]]) -> set[Any] | None:
        """The ids that some consumer lacks; None when one does not answer now, so that we ask again later."""
        lacking: set[Any] = set()
        for consumer in {name for row in rows for name in self._consumers.get(row.type, ())}:
            asked = tuple(row.event_id for row in rows if consumer in self._consumers.get(row.type, ()))
            try:
                lacking.update(self._rpc.call(FindLacking(event_ids=asked), to=consumer, timeout=ASK_SECONDS).event_ids)
            except Problem as problem:
                logs.get().info("reconciliation_postponed", consumer=consumer, code=problem.code)
                return None
        return lacking

    def _mark_settled(self, settled: Sequence[Row[Any]], again: Sequence[Row[Any]]) -> None:
        with self._db.transaction() as tx:
            for rows, values in ((settled, {"settled_at": func.now()}), (again, {"published_at": func.now()})):
                if rows:
                    tx.conn.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(values))


def message_of(row: Row[Any]) -> tuple[str, pika.BasicProperties, bytes]:
    described = properties(
        event_id=str(row.event_id), event_type=row.type, written_at=row.written_at, traceparent=row.traceparent
    )
    return row.type, described, to_json(row.data)
