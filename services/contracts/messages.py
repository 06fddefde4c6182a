"""The kinds of message: commands and queries with an answer, events, and a service's own tasks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, TypeVar
from uuid import UUID

import msgspec

A = TypeVar("A")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time in a request: with its offset, or it is not well formed."""


class Request(Generic[A]):
    """A message to one service that is answered with an A; `operation` is "<service>.<method>"."""

    __slots__ = ()
    operation: ClassVar[str]


class Query(Request[A]):
    """A question: changes nothing, may be repeated freely."""

    __slots__ = ()


class Command(Request[A]):
    """An order: has one effect for each idempotency key."""

    __slots__ = ()
    secrets: ClassVar[frozenset[str]] = frozenset()
    """Fields that are kept nowhere, not even in the digest that knows a repeated request."""


class Change(StrEnum):
    """What happened to a record, as in the national data dictionary (sukien)."""

    NEW = "NEW"
    UPDATE = "UPDATE"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a record, told to whoever subscribes; `type` is versioned and never changes its shape."""

    type: ClassVar[str]
    aggregate: ClassVar[str]
    """The name of a field: events with the same value in it are published in the order of writing."""
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime


class Task:
    """Work that a service gives to itself in a transaction, done later from its inbox."""

    __slots__ = ()
    type: ClassVar[str]
