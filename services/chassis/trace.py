"""Trace context (W3C): one trace id follows a request through every process that serves it."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_FORM = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


def current() -> str:
    """The traceparent to send on: a child of the one that this work came with, or the first of a new trace."""
    parent = _current.get()
    trace_id = parent[3:35] if parent else secrets.token_hex(16)
    return f"00-{trace_id}-{secrets.token_hex(8)}-01"


@contextmanager
def follow(traceparent: str | None) -> Iterator[str]:
    """Work under the trace that came with a message; a missing or malformed one starts anew. Gives the trace id."""
    parent = traceparent if traceparent and _FORM.match(traceparent) else current()
    token = _current.set(parent)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=parent[3:35]):
            yield parent[3:35]
    finally:
        _current.reset(token)
