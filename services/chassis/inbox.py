"""The inbox: an event is committed before it is acknowledged; operators see, replay and drop what is dead."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.tables import inbox
from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Those of the asked events that are not in the inbox."""

    event_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindLacking(Query[Lacking]):
    """Ask which of these published events the inbox has not got."""

    operation: ClassVar[str] = "*.find_lacking"
    event_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRow:
    """A row set aside: what it was, how often it was tried, and why it could not be done."""

    id: int
    event_id: UUID
    type: str
    received_at: datetime
    attempts: int
    reason: str | None
    data: Any


def store(tx: Tx, *, event_id: UUID, event_type: str, data: Any, raw: bytes | None, traceparent: str | None) -> bool:
    """Keep an event; False when it was there already. One that cannot be read is kept raw, as dead."""
    row: dict[str, Any] = {"event_id": event_id, "type": event_type, "data": data, "traceparent": traceparent}
    if raw is not None:
        row |= {
            "raw": raw,
            "state": "DEAD",
            "reason": "The message is not JSON that can be kept.",
            "ended_at": func.now(),
        }
    new = insert(inbox).values(row).on_conflict_do_nothing(index_elements=["event_id"]).returning(inbox.c.id)
    return tx.conn.execute(new).first() is not None


def find_lacking(tx: Tx, query: FindLacking, _actor: object) -> Lacking:
    known = set(tx.conn.scalars(select(inbox.c.event_id).where(inbox.c.event_id.in_(query.event_ids))))
    return Lacking(event_ids=tuple(event_id for event_id in query.event_ids if event_id not in known))


def dead_rows(tx: Tx) -> list[DeadRow]:
    columns = [inbox.c[name] for name in ("id", "event_id", "type", "received_at", "attempts", "reason", "data")]
    rows = tx.conn.execute(select(*columns).where(inbox.c.state == "DEAD").order_by(inbox.c.id))
    return [DeadRow(**row._mapping) for row in rows]  # noqa: SLF001 - the documented way to a row's columns by name


def replay(tx: Tx, row_id: int) -> None:
    """Try a dead row again from the start; NotFound unless it is dead."""
    _end_dead(tx, row_id, state="PENDING", attempts=0, due_at=func.now(), ended_at=None)
    tx.announce("inbox")


def drop(tx: Tx, row_id: int) -> None:
    """Give a dead row up for good; it stays to be seen. NotFound unless it is dead."""
    _end_dead(tx, row_id, state="DROPPED", ended_at=func.now())


def count(tx: Tx, *, state: str) -> int:
    """How many rows are in the state."""
    return tx.conn.execute(select(func.count()).where(inbox.c.state == state)).scalar_one()


def _end_dead(tx: Tx, row_id: int, **values: Any) -> None:
    dead = update(inbox).where(inbox.c.id == row_id, inbox.c.state == "DEAD").values(**values).returning(inbox.c.id)
    if tx.conn.execute(dead).first() is None:
        raise NotFound(row=row_id)
