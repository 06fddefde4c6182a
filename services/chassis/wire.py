"""RPC on the wire: nameko's body, our headers, and the MAC that binds a reply to its request and responder."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

EXCHANGE = "nameko-rpc"
DEADLINE = "hocba-deadline"  # integer milliseconds since the epoch: pika cannot encode floats
TOKEN = "hocba-token"  # noqa: S105 - a header's name
KEY = "hocba-idempotency-key"
SECRET = "hocba-reply-secret"  # noqa: S105 - a header's name
MAC = "hocba-mac"
TRACE = "traceparent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What came with a request: who is acting, which service calls, under which key."""

    payload: Any
    token: str | None
    key: str | None
    caller: str
    traceparent: str | None


def rpc_queue(service: str) -> str:
    return f"rpc-{service}"


def reply_mac(secret: str, *, correlation_id: str, responder: str, request: bytes, reply: bytes) -> str:
    """HMAC-SHA256 under a secret that only the reader of the request's queue has seen."""
    bound = "\n".join(
        (correlation_id, responder, hashlib.sha256(request).hexdigest(), hashlib.sha256(reply).hexdigest())
    )
    return hmac.new(bytes.fromhex(secret), bound.encode(), hashlib.sha256).hexdigest()
