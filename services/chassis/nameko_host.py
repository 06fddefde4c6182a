"""Hosts a service's operations in nameko, with the cures it needs to outlive its broker.

A reply or acknowledgement that cannot be sent must not end the process; the prefetch equals the workers; the service
declares nothing; psycopg waits through eventlet's selectors. Imported only in a process that eventlet has patched.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import eventlet
import nameko
import psycopg.waiting
from amqp.exceptions import AMQPError
from eventlet import tpool
from kombu import Connection, Exchange, Queue
from kombu.exceptions import KombuError
from kombu.pools import producers
from nameko.amqp.consume import Consumer
from nameko.constants import AMQP_URI_CONFIG_KEY, MAX_WORKERS_CONFIG_KEY, PREFETCH_COUNT_CONFIG_KEY
from nameko.containers import ServiceContainer
from nameko.exceptions import ContainerBeingKilled
from nameko.rpc import Rpc, RpcConsumer

from services.chassis import failpoints, logs, metrics, wire
from services.chassis.codec import to_json
from services.chassis.dispatch import Dispatcher
from services.chassis.service import Service

WORKERS = 10
RECONNECT_SECONDS = 2
HEARTBEAT_SECONDS = 30
STOP_SECONDS = 15
A_SECRET = re.compile(r"[0-9a-f]{64}")
HEAVY_AT_ONCE = 2 * (os.cpu_count() or 1)
"""Files that are read, documents that are rendered: more at once would share the processors and only cost memory."""
tpool.set_num_threads(HEAVY_AT_ONCE)
run_in_thread = tpool.execute


class _Requests(Consumer):  # type: ignore[misc]  # nameko ships no types
    """Consumes requests; comes back within two seconds of the broker's return."""

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.2, interval_step=0.4, interval_max=RECONNECT_SECONDS
            )
            yield connection

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        logs.get().warning("broker_unreachable", error=repr(exc), retry_seconds=interval)


class _RequestConsumer(RpcConsumer):  # type: ignore[misc]  # nameko ships no types
    """The service's request queue, which deployment has declared."""

    def setup(self) -> None:
        name = self.container.service_name
        exchange = Exchange(wire.EXCHANGE, type="topic", durable=True, no_declare=True)
        self.queue = Queue(wire.rpc_queue(name), exchange=exchange, durable=True, no_declare=True)
        self._producers = producers[Connection(self.amqp_uri)]
        self.consumer = _Requests(
            self.amqp_uri,
            queues=[self.queue],
            callbacks=[self.handle_message],
            heartbeat=HEARTBEAT_SECONDS,
            prefetch_count=nameko.config[PREFETCH_COUNT_CONFIG_KEY],
            accept=["json"],
        )

    def handle_message(self, body: Any, message: Any) -> None:
        for provider in self._providers:
            provider.handle_message(body, message)

    def reply(self, message: Any, body: bytes) -> None:
        """Send the reply and acknowledge the request; both may fail while the broker is away, and that is survived."""
        properties, headers = message.properties, message.headers
        mac = wire.reply_mac(
            headers[wire.SECRET],
            correlation_id=properties.get("correlation_id", ""),
            responder=self.container.service_name,
            request=_bytes(message.body),
            reply=body,
        )
        try:
            self._publish(body, properties, mac)
        except (AMQPError, KombuError, OSError) as error:
            metrics.RPC_REPLIES_LOST.labels(self.container.service_name).inc()
            logs.get().warning("rpc_reply_lost", error=repr(error))
        failpoints.reach("rpc.after_reply")
        self.acknowledge(message)

    def acknowledge(self, message: Any) -> None:
        try:
            self.consumer.ack_message(message)
        except (AMQPError, KombuError, OSError) as error:
            logs.get().warning("rpc_ack_lost", error=repr(error))

    def _publish(self, body: bytes, properties: dict[str, Any], mac: str) -> None:
        with self._producers.acquire(block=True, timeout=5) as producer:
            producer.publish(
                body,
                exchange=wire.EXCHANGE,
                routing_key=properties["reply_to"],
                correlation_id=properties.get("correlation_id"),
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=1,
                headers={wire.MAC: mac},
                retry=True,
                retry_policy={"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5},
            )


class _Gate(Rpc):  # type: ignore[misc]  # nameko ships no types
    """The one entrypoint of a hosted service: every request passes here to the dispatcher."""

    rpc_consumer = _RequestConsumer()

    def handle_message(self, body: Any, message: Any) -> None:
        if not _is_awaited(message):
            metrics.RPC_EXPIRED.labels(self.container.service_name).inc()
            self.rpc_consumer.acknowledge(message)
            return
        # Never waits long for a free worker: the broker gives us as many requests as there are workers.
        self._spawn(body, message)

    def _spawn(self, body: Any, message: Any) -> None:
        def reply(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            self.rpc_consumer.reply(message, result)
            return result, exc_info

        try:
            self.container.spawn_worker(self, (body, message), {}, context_data={}, handle_result=reply)
        except ContainerBeingKilled:
            self.rpc_consumer.consumer.requeue_message(message)


def serve(service: Service, dispatcher: Dispatcher, broker_url: str) -> ServiceContainer:
    """Start answering requests; the container's `wait()` ends when it is stopped."""
    if psycopg.waiting.wait is not psycopg.waiting.wait_selector:
        raise SystemExit(
            "Set PSYCOPG_WAIT_FUNC=wait_selector before psycopg is imported: else one slow query stops all."
        )
    nameko.config.setup(
        {AMQP_URI_CONFIG_KEY: broker_url, MAX_WORKERS_CONFIG_KEY: WORKERS, PREFETCH_COUNT_CONFIG_KEY: WORKERS}
    )
    container = ServiceContainer(_hosted(service, dispatcher))
    container.start()
    return container


def stop(container: ServiceContainer) -> None:
    """Let what is under way finish, but not for ever."""
    with eventlet.Timeout(STOP_SECONDS, exception=False):
        container.stop()


def _hosted(service: Service, dispatcher: Dispatcher) -> type:
    def answer(_self: object, body: Any, message: Any) -> bytes:
        method = message.delivery_info["routing_key"].split(".", 1)[1]
        return to_json(dispatcher.answer(method, _envelope(body, message)))

    return type(service.name, (), {"name": service.name, "answer": _Gate.decorator(answer)})


def _envelope(body: Any, message: Any) -> wire.Envelope:
    arguments = body.get("args") if isinstance(body, dict) else None
    return wire.Envelope(
        payload=arguments[0] if arguments else None,
        token=_text(message, wire.TOKEN),
        key=_text(message, wire.KEY),
        caller=message.properties.get("user_id", ""),
        traceparent=_text(message, wire.TRACE),
    )


def _is_awaited(message: Any) -> bool:
    """Whether somebody still waits for an answer and says how to send it; what is malformed must not stop the host."""
    deadline = message.headers.get(wire.DEADLINE)
    in_time = isinstance(deadline, int) and deadline > time.time() * 1000
    return in_time and "reply_to" in message.properties and bool(A_SECRET.fullmatch(_text(message, wire.SECRET) or ""))


def _text(message: Any, header: str) -> str | None:
    value = message.headers.get(header)
    return value if isinstance(value, str) else None


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
