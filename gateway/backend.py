"""What serves a request behind the gateway: the services by RPC, the stored files, and the budgets of strangers."""

from dataclasses import dataclass
from typing import TypeVar

import flask

from gateway.budgets import Budgets
from gateway.problems import IdempotencyKeyMissing
from services.chassis.errors import Unauthenticated
from services.chassis.objects import Objects
from services.chassis.rpc_client import RpcClient
from services.contracts.messages import Command, Query, Request

A = TypeVar("A")
MAX_KEY_LENGTH = 200
HEAVY_SECONDS = 30.0
"""How long a whole workbook or file may take; its worker thread waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    rpc: RpcClient
    objects: Objects
    budgets: Budgets
    tile_budgets: Budgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a person by an access token, which the services check, or nobody; and the key of a command."""

    token: str | None = None
    key: str | None = None


def backend() -> Backend:
    found: Backend = flask.current_app.extensions["hocba"]
    return found


def admit(shape: type[Request[A]]) -> Caller:
    """Who asks by the API, as its contract wants: a query needs a token, a command a key too, others are for anybody.

    Raises Unauthenticated, IdempotencyKeyMissing, or TooManyRequests for a stranger without budget.
    """
    if not needs_person(shape):
        spend_budget(shape)
        return Caller()
    return Caller(token=_bearer_token(), key=_idempotency_key() if issubclass(shape, Command) else None)


def needs_person(shape: type[Request[A]]) -> bool:
    """Whether the operation is for people who have logged in: its contract is then a query or a command."""
    return issubclass(shape, (Query, Command))


def spend_budget(shape: type[Request[A]]) -> None:
    """Count a stranger's request; TooManyRequests when the address has used up its minute."""
    backend().budgets.spend(f"{shape.operation} {flask.request.remote_addr}")


def ask(request: Request[A], caller: Caller, *, timeout: float | None = None) -> A:
    """The service's answer; raises its own problem, or Unavailable where it does not answer in time."""
    return backend().rpc.call(request, token=caller.token, key=caller.key, timeout=timeout)


def _bearer_token() -> str:
    scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


def _idempotency_key() -> str:
    key = flask.request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise IdempotencyKeyMissing
    return key
