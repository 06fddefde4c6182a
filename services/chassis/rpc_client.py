"""Calling services: one connection and one reply queue for a whole process, shared by all its threads."""

import hmac
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from services.chassis import logs, metrics, trace, wire
from services.chassis.codec import answer_of, decode, encode, from_json, to_json
from services.chassis.errors import Unavailable, from_wire
from services.contracts.messages import Request

A = TypeVar("A")
RECONNECT_SECONDS = 2.0
CONNECT_WAIT_SECONDS = 2.0


class NoAnswer(Unavailable):
    """The service {service} did not answer in time; the same request with the same key may be sent again."""

    code = "rpc.no_answer"
    vi = "Dịch vụ {service} chưa trả lời kịp; có thể gửi lại đúng yêu cầu này với cùng khóa."


class BrokerAway(Unavailable):
    """The message broker does not answer now; send the same request with the same key again in a moment."""

    code = "rpc.broker_unavailable"
    vi = "Hàng đợi thông điệp tạm thời chưa trả lời; xin gửi lại đúng yêu cầu này với cùng khóa sau ít phút."


@dataclass(slots=True)
class _Call:
    body: bytes
    service: str
    secret: str
    done: threading.Event = field(default_factory=threading.Event)
    reply: Any = None
    failure: Unavailable | None = None


class RpcClient:
    """Thread-safe: many threads call, one thread of its own speaks to the broker and reconnects when it must."""

    def __init__(self, url: str, name: str, *, timeout: float = 10.0) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.heartbeat = 30
        self._parameters.blocked_connection_timeout = 10
        self._parameters.socket_timeout = 5
        self._name = name
        self._timeout = timeout
        self._pending: dict[str, _Call] = {}
        self._outgoing: deque[tuple[str, str, pika.BasicProperties, bytes]] = deque()
        self._connected = threading.Event()
        self._stopping = False
        self._connection: pika.BlockingConnection | None = None
        self._reply_key = ""
        self._thread = threading.Thread(target=self._run, name="rpc-client", daemon=True)

    def start(self) -> "RpcClient":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stopping = True
        self._wake()
        self._thread.join(timeout=5)

    def is_connected(self) -> bool:
        return self._connected.is_set()

    def call(
        self,
        request: Request[A],
        *,
        token: str | None = None,
        key: str | None = None,
        timeout: float | None = None,
        to: str | None = None,
    ) -> A:
        """The service's answer. Raises the service's own problem, or NoAnswer or BrokerAway once the deadline is past.

        `to` names the service where the request's operation is one that several services have ("*.<method>").
        """
        operation = request.operation if to is None else request.operation.replace("*", to)
        started = time.monotonic()
        reply = self._exchange(
            operation, to_json({"args": [encode(request)], "kwargs": {}}), token, key, timeout or self._timeout
        )
        error = reply["error"]
        outcome = error["code"] if error else "ok"
        metrics.RPC_CALL_SECONDS.labels(operation, outcome).observe(time.monotonic() - started)
        if error:
            raise from_wire(error)
        answer: A = decode(answer_of(type(request)), reply["result"])
        return answer

    def _exchange(self, operation: str, body: bytes, token: str | None, key: str | None, timeout: float) -> Any:
        service = operation.split(".", 1)[0]
        deadline = time.monotonic() + timeout
        if not self._connected.wait(min(timeout, CONNECT_WAIT_SECONDS)):
            raise BrokerAway
        call, correlation_id = _Call(body, service, secrets.token_hex(32)), str(uuid4())
        self._pending[correlation_id] = call
        try:
            if not self._connected.is_set():  # lost since we looked: whoever disconnected has not seen this call
                raise BrokerAway
            self._send(operation, call, correlation_id, self._headers(call, token, key, timeout), timeout)
            if not call.done.wait(deadline - time.monotonic()):
                raise NoAnswer(service=service)
        finally:
            self._pending.pop(correlation_id, None)
        if call.failure is not None:
            raise call.failure
        return call.reply

    def _headers(self, call: _Call, token: str | None, key: str | None, timeout: float) -> dict[str, Any]:
        headers = {
            wire.DEADLINE: int((time.time() + timeout) * 1000),
            wire.SECRET: call.secret,
            wire.TRACE: trace.current(),
        }
        return headers | {name: value for name, value in ((wire.TOKEN, token), (wire.KEY, key)) if value is not None}

    def _send(self, operation: str, call: _Call, correlation_id: str, headers: dict[str, Any], timeout: float) -> None:
        properties = pika.BasicProperties(
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=1,
            reply_to=self._reply_key,
            correlation_id=correlation_id,
            expiration=str(max(1, int(timeout * 1000))),
            user_id=self._name,
            headers=headers,
        )
        self._outgoing.append((operation, correlation_id, properties, call.body))
        self._wake()

    def _wake(self) -> None:
        connection = self._connection
        if connection is not None and connection.is_open:
            try:
                connection.add_callback_threadsafe(self._flush)
            except AMQPError:  # closed in between: the pending call fails when the thread notices
                logs.get().debug("rpc_client_wake_failed")

    def _flush(self) -> None:
        while self._outgoing:
            operation, _, properties, body = self._outgoing.popleft()
            self._channel.basic_publish(wire.EXCHANGE, operation, body, properties, mandatory=True)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._serve()
            except (AMQPError, OSError) as error:
                logs.get().warning("rpc_client_disconnected", error=repr(error))
            self._disconnect()
            if not self._stopping:
                time.sleep(RECONNECT_SECONDS * (0.25 + 0.75 * secrets.randbelow(100) / 100))

    def _serve(self) -> None:
        self._connection = pika.BlockingConnection(self._parameters)
        self._channel: BlockingChannel = self._connection.channel()
        self._reply_key = str(uuid4())
        queue = f"rpc.reply-{self._name}-{self._reply_key}"
        self._channel.queue_declare(queue, exclusive=True, auto_delete=True)
        self._channel.queue_bind(queue, wire.EXCHANGE, self._reply_key)
        self._channel.basic_consume(queue, self._on_reply, auto_ack=True)
        self._channel.add_on_return_callback(self._on_return)
        self._connected.set()
        while not self._stopping:
            self._connection.process_data_events(time_limit=1)

    def _disconnect(self) -> None:
        """Fail what is under way: its callers may ask again with the same key."""
        self._connected.clear()
        self._outgoing.clear()
        for call in list(self._pending.values()):
            call.failure = BrokerAway()
            call.done.set()
        connection, self._connection = self._connection, None
        if connection is not None and connection.is_open:
            try:
                connection.close()
            except (AMQPError, OSError):
                logs.get().debug("rpc_client_close_failed")

    def _on_reply(self, _channel: Any, _method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        call = self._pending.get(properties.correlation_id or "")
        if call is None:
            return  # its caller has given up
        expected = wire.reply_mac(
            call.secret,
            correlation_id=properties.correlation_id or "",
            responder=call.service,
            request=call.body,
            reply=body,
        )
        if not hmac.compare_digest(expected.encode(), str((properties.headers or {}).get(wire.MAC)).encode()):
            metrics.RPC_REPLIES_FORGED.labels(call.service).inc()
            logs.get().error("rpc_reply_forged", responder=call.service)
            return
        call.reply = from_json(body)
        call.done.set()

    def _on_return(self, _channel: Any, _method: Any, properties: pika.BasicProperties, _body: bytes) -> None:
        call = self._pending.get(properties.correlation_id or "")
        if call is not None:
            call.failure = NoAnswer(service=call.service)
            call.done.set()
