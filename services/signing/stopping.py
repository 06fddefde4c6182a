"""The queries about sessions that wait for their holder's confirmation, or stop before their list is worked off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from services.chassis.database import Tx
from services.contracts.signing.sessions import StopReason
from services.signing.models.sessions import sessions

RUNNING = sessions.c.wrapped_secret.is_not(None)
AWAITED = RUNNING & sessions.c.awaits_confirmation


def find_awaited(tx: Tx, key_id: UUID) -> UUID | None:
    """The session that still waits for a confirmation with this key; there is one at most."""
    return tx.conn.execute(select(sessions.c.id).where(sessions.c.key_id == key_id, AWAITED)).scalar()


def is_awaited(tx: Tx, session_id: UUID) -> bool:
    """Whether the session still waits for its confirmation; nobody else ends it until the transaction does."""
    mine = (sessions.c.id == session_id) & AWAITED
    return tx.conn.execute(select(sessions.c.id).where(mine).with_for_update()).first() is not None


def confirm(tx: Tx, session_id: UUID, *, wrapped_secret: bytes, expires_at: datetime) -> None:
    """The session goes on to sign with what its holder has confirmed."""
    values: dict[str, Any] = {"awaits_confirmation": False, "wrapped_secret": wrapped_secret, "expires_at": expires_at}
    tx.conn.execute(update(sessions).where(sessions.c.id == session_id).values(values))


def stop_one(tx: Tx, session_id: UUID, why: StopReason) -> int:
    return _stop(tx, sessions.c.id == session_id, why)


def stop_with_key(tx: Tx, key_id: UUID, why: StopReason) -> int:
    """End the sessions with this key and erase what opened it; gives how many."""
    return _stop(tx, sessions.c.key_id == key_id, why)


def _stop(tx: Tx, which: ColumnElement[bool], why: StopReason) -> int:
    values: dict[str, Any] = {"open_class_ids": [], "wrapped_secret": None, "stopped_why": why}
    return tx.conn.execute(update(sessions).where(which, RUNNING).values(values)).rowcount
