"""Takes events off the service's queue into its inbox: commit first, acknowledge afterwards."""

import threading
from typing import Any
from uuid import UUID, uuid5

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError
from sqlalchemy.exc import DataError

from services.chassis import failpoints, inbox, logs, metrics
from services.chassis.codec import from_json
from services.chassis.database import Database
from services.chassis.errors import Invalid, Unavailable
from services.chassis.events import events_queue

PREFETCH = 200
RECONNECT_SECONDS = 1.0
UNNAMED = UUID("0b0d4a52-6a4e-5d0c-8a5e-0d6a3f3c9e77")


class Receiver:
    """One thread; it comes back by itself when the broker or the database does."""

    def __init__(self, service: str, db: Database, broker_url: str) -> None:
        self._service = service
        self._db = db
        self._parameters = pika.URLParameters(broker_url)
        self._parameters.heartbeat = 30
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._consume()
            except (AMQPError, OSError, Unavailable) as error:
                logs.get().warning("receiver_interrupted", error=repr(error))
                self._stopping.wait(RECONNECT_SECONDS)

    def _consume(self) -> None:
        connection = pika.BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=PREFETCH)
            for method, properties, body in channel.consume(events_queue(self._service), inactivity_timeout=1):
                if self._stopping.is_set():
                    return
                if method is not None:
                    self._take(channel, method, properties, body)
        finally:
            if connection.is_open:
                connection.close()

    def _take(self, channel: BlockingChannel, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        row = _row(properties, body)
        try:
            new = self._store(row)
        except DataError:  # JSON that PostgreSQL cannot hold, such as \u0000 in a text
            new = self._store(row | {"data": None, "raw": body})
        if not new:
            metrics.INBOX_DUPLICATES.labels(self._service).inc()
        failpoints.reach("receiver.before_ack")
        channel.basic_ack(method.delivery_tag)

    def _store(self, row: dict[str, Any]) -> bool:
        with self._db.transaction() as tx:
            new = inbox.store(tx, **row)
            if new:
                tx.announce("inbox")
        return new


def _row(properties: pika.BasicProperties, body: bytes) -> dict[str, Any]:
    """The inbox row of a message; what has no usable id gets one from its content, so that repeats are known."""
    data, raw = None, None
    try:
        data = from_json(body)
    except Invalid:
        raw = body
    try:
        event_id = UUID(properties.message_id)
    except (TypeError, ValueError):
        event_id = uuid5(UNNAMED, body.hex())
    traceparent = (properties.headers or {}).get("traceparent")
    return {
        "event_id": event_id,
        "event_type": properties.type or "",
        "data": data,
        "raw": raw,
        "traceparent": traceparent,
    }
