"""Publishing many messages with pipelined confirms: all are sent, then all confirmations awaited."""

import time
from collections.abc import Sequence
from typing import Any

import pika
from pika import spec
from pika.adapters.blocking_connection import BlockingConnection
from pika.exceptions import ConnectionClosed

CONFIRM_SECONDS = 30

Message = tuple[str, pika.BasicProperties, bytes]


def publish_all(connection: BlockingConnection, exchange: str, messages: Sequence[Message]) -> set[int]:
    """Publish (routing key, properties, body) in order; gives the positions that were returned or refused.

    A returned message is also confirmed, so a return counts as a failure. Raises AMQPError when the connection is lost
    or the broker does not confirm in time: then nothing is known, and the caller publishes again.
    """
    confirms = _Confirms(connection, len(messages))
    for position, (routing_key, properties, body) in enumerate(messages):
        confirms.publish(position, exchange, routing_key, properties, body)
    return confirms.wait()


class _Confirms:
    """pika's blocking channel waits for each confirm; its underlying channel lets us wait for all at once."""

    def __init__(self, connection: BlockingConnection, expected: int) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._impl = self._channel._impl  # noqa: SLF001 - the only way to pipelined confirms on a blocking connection
        self._open = set(range(1, expected + 1))
        self._failed: set[int] = set()
        self._by_id: dict[str, int] = {}
        self._impl.confirm_delivery(self._on_confirm, callback=lambda _frame: None)
        self._impl.add_on_return_callback(self._on_return)

    def publish(
        self, position: int, exchange: str, routing_key: str, properties: pika.BasicProperties, body: bytes
    ) -> None:
        self._by_id[properties.message_id or ""] = position
        self._impl.basic_publish(exchange, routing_key, body, properties, mandatory=True)

    def wait(self) -> set[int]:
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._open:
            self._connection.process_data_events(time_limit=1)
            if time.monotonic() > deadline or not self._channel.is_open:
                raise ConnectionClosed(0, "the broker did not confirm in time")
        self._channel.close()
        return self._failed

    def _on_confirm(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        tags = {open_tag for open_tag in self._open if open_tag <= tag} if multiple else {tag}
        if isinstance(frame.method, spec.Basic.Nack):
            self._failed.update(tag - 1 for tag in tags)
        self._open -= tags
        if not self._open:
            self._connection.call_later(0, lambda: None)  # ends the wait, which does not notice confirms by itself

    def _on_return(self, _channel: Any, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        self._failed.add(self._by_id[properties.message_id or ""])
