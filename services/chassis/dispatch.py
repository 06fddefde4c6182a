"""From an envelope to an answer: who acts, once per key, one transaction, and refusals as plain data."""

import time
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from services.chassis import failpoints, idempotency, logs, metrics, trace
from services.chassis.authority import Actor, system_actor
from services.chassis.codec import decode, digest, encode
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, Invalid, NotFound, Problem, Refused, Unauthenticated, to_wire
from services.chassis.idempotency import Owner
from services.chassis.service import Access, Operation, Outside, Service
from services.chassis.tokens import TokenChecker
from services.chassis.wire import Envelope
from services.contracts.messages import Command

MAX_KEY_LENGTH = 200


class ConflictingWrite(Refused):
    """Somebody else changed the same thing at the same moment; read it again and repeat."""

    code = "conflicting_write"
    vi = "Có người khác vừa thay đổi cùng nội dung này; xin đọc lại rồi làm lại."


class Unstorable(Invalid):
    """A number in the request is too great, or a text holds a character that no text has (NUL); correct it."""

    code = "unstorable_value"
    vi = "Yêu cầu có số quá lớn hoặc văn bản chứa ký tự không hợp lệ (NUL); xin sửa lại."


class Dispatcher:
    """Serves a service's operations."""

    def __init__(self, service: Service, outside: Outside, tokens: TokenChecker) -> None:
        self._service = service
        self._outside = outside
        self._tokens = tokens
        self._open_years: set[int] = set()

    def answer(self, method: str, envelope: Envelope) -> dict[str, Any]:
        """{"result", "error"}: exactly one of them is not null. Never raises."""
        started = time.monotonic()
        operation = f"{self._service.name}.{method}"
        known = {"operation": operation, "account_id": None}
        with trace.follow(envelope.traceparent), structlog.contextvars.bound_contextvars(**known):
            try:
                reply, outcome = {"result": self._serve(method, envelope), "error": None}, "ok"
            except Exception as error:  # noqa: BLE001 - whatever happens, the caller is answered
                problem = _problem(error)
                reply, outcome = {"result": None, "error": to_wire(problem)}, problem.code
        metrics.RPC_SECONDS.labels(operation, outcome).observe(time.monotonic() - started)
        return reply

    def _serve(self, method: str, envelope: Envelope) -> Any:
        operation = self._service.operations.get(method)
        if operation is None:
            raise NotFound(operation=method)
        actor = self._actor(operation, envelope)
        if actor is not None:
            structlog.contextvars.bind_contextvars(account_id=str(actor.account_id))  # every log line says whose it is
        request = decode(operation.request, envelope.payload)
        outside = replace(self._outside, actor=actor, key=envelope.key or "")
        if operation.keyed:
            return self._once(operation, request, actor, outside)
        fetched = [operation.before(request, outside)] if operation.before else []
        with outside.db.transaction() as tx:
            return encode(_call(operation, tx, request, actor, fetched))

    def _actor(self, operation: Operation, envelope: Envelope) -> Actor | None:
        if operation.access is Access.ANYONE:
            return None
        is_known_system = envelope.caller in operation.systems
        if is_known_system and (envelope.token is None or operation.access is Access.SYSTEM):
            return system_actor(envelope.caller)
        if operation.access is Access.SYSTEM:
            raise Forbidden
        return self._tokens.check(envelope.token)

    def _once(self, operation: Operation, request: Any, actor: Actor | None, outside: Outside) -> Any:
        if actor is None or not 0 < len(outside.key) <= MAX_KEY_LENGTH:
            raise Invalid(reason="a command needs an idempotency key of 1 to 200 characters")
        owner = Owner(school_year=getattr(request, "school_year", 0), account_id=actor.account_id, key=outside.key)
        asked = _digest(request)
        self._open_year(owner.school_year)
        fetched = []
        if operation.before:
            with outside.db.transaction() as tx:
                stored = idempotency.find_answer(tx, owner, request_digest=asked)
            if stored is not None:
                return stored
            fetched = [operation.before(request, outside)]
        with outside.db.transaction() as tx:
            stored = idempotency.claim(tx, owner, operation=operation.request.operation, request_digest=asked)
            if stored is not None:
                return stored
            answer = encode(_call(operation, tx, request, actor, fetched))
            idempotency.settle(tx, owner, answer=answer)
            failpoints.reach("rpc.before_commit")
        failpoints.reach("rpc.after_commit")
        return answer

    def _open_year(self, school_year: int) -> None:
        """The first command of a year that this process sees makes sure that its records have their partition."""
        if school_year not in self._open_years:
            with self._outside.db.transaction() as tx:
                idempotency.open_year(tx, school_year)
            self._open_years.add(school_year)


def _digest(request: Command[Any]) -> str:
    """What knows a repeated request again; a PIN is left out, as its plain hash could be searched."""
    fields = {name: value for name, value in encode(request).items() if name not in request.secrets}
    return digest([request.operation, fields])


def _call(operation: Operation, tx: Tx, request: Any, actor: Actor | None, fetched: list[Any]) -> Any:
    if operation.access is Access.ANYONE:
        return operation.handler(tx, request, *fetched)
    return operation.handler(tx, request, actor, *fetched)


def _problem(error: Exception) -> Problem:
    """What the caller is told; a bug is logged with its traceback and told as "internal"."""
    if isinstance(error, Problem) and type(error) is not Problem:
        if not isinstance(error, Unauthenticated):
            logs.get().info("request_refused", code=error.code)
        return error
    if isinstance(error, IntegrityError):
        logs.get().warning("conflicting_write", error=str(error.orig).splitlines()[0])
        return ConflictingWrite()
    if isinstance(error, DataError):
        logs.get().warning("unstorable_value", error=type(error.orig).__name__)  # its message holds the value
        return Unstorable()
    logs.get().error("request_failed", exc_info=error, database=isinstance(error, SQLAlchemyError))
    return Problem()
