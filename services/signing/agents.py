"""The queries about agents at schools, and about what they are asked to sign."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.signing.certificates import KeyProvider
from services.signing.models.keys import agent_work, agents, keys
from services.signing.models.sessions import sessions
from services.signing.providers import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What is known of a session's class: when it was prepared, and the values that have come, by digest."""

    prepared_at: datetime | None
    values: dict[bytes, bytes]


def insert_agent(tx: Tx, row: dict[str, Any]) -> None:
    tx.conn.execute(insert(agents).values(row | {"made_at": tx.now()}))


def find_agent(tx: Tx, token_hash: bytes) -> Row[Any] | None:
    return tx.conn.execute(select(agents).where(agents.c.token_hash == token_hash)).first()


def set_proved(tx: Tx, agent_id: UUID) -> None:
    tx.conn.execute(update(agents).where(agents.c.id == agent_id).values(proved_at=tx.now()))


def insert_work(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(agent_work).on_conflict_do_nothing(), list(rows))


def brought(tx: Tx, session_id: UUID, class_id: UUID) -> Brought:
    mine = (agent_work.c.session_id == session_id) & (agent_work.c.class_id == class_id)
    rows = tx.conn.execute(select(agent_work).where(mine)).all()
    values = {bytes(row.digest): bytes(row.value) for row in rows if row.value is not None}
    return Brought(prepared_at=max((row.prepared_at for row in rows), default=None), values=values)


def revoke(tx: Tx, agent_id: UUID, *, by: UUID) -> None:
    """From now on; who was first stays."""
    mine = (agents.c.id == agent_id) & agents.c.revoked_at.is_(None)
    tx.conn.execute(update(agents).where(mine).values(revoked_at=tx.now(), revoked_by=by))


def get_agent(tx: Tx, agent_id: UUID) -> Row[Any]:
    """NotFound unless there is one."""
    row = tx.conn.execute(select(agents).where(agents.c.id == agent_id)).first()
    if row is None:
        raise NotFound(agent_id=agent_id)
    return row


def agents_of(tx: Tx, holders: Collection[UUID]) -> list[Row[Any]]:
    """The newest first."""
    mine = select(agents).where(agents.c.holder.in_(list(holders)))
    return list(tx.conn.execute(mine.order_by(agents.c.made_at.desc(), agents.c.id)))


def lacks_agent(tx: Tx, key: Key) -> bool:
    """Whether the key is at a school where its agent was revoked."""
    return key.place in revoked_places(tx, [key.holder])


def revoked_places(tx: Tx, holders: Collection[UUID]) -> set[str]:
    """Where these holders' keys are not reached any more: the agents there were revoked."""
    mine = agents.c.holder.in_(list(holders)) & agents.c.revoked_at.is_not(None)
    return {str(agent_id) for agent_id in tx.conn.scalars(select(agents.c.id).where(mine))}


def open_work(tx: Tx, agent_id: UUID) -> list[Row[Any]]:
    """What waits for the agent, of sessions that are not over."""
    joined = agent_work.join(sessions, sessions.c.id == agent_work.c.session_id).join(
        keys, keys.c.id == sessions.c.key_id
    )
    is_mine = (keys.c.place == str(agent_id)) & (keys.c.provider == KeyProvider.AGENT) & keys.c.retired_at.is_(None)
    waits = agent_work.c.value.is_(None) & (sessions.c.expires_at > tx.now()) & sessions.c.wrapped_secret.is_not(None)
    columns = (agent_work, sessions.c.school_year, sessions.c.role, sessions.c.expires_at)
    order = (sessions.c.began_at, agent_work.c.class_id, agent_work.c.code, agent_work.c.slot, agent_work.c.part)
    return list(tx.conn.execute(select(*columns).select_from(joined).where(is_mine, waits).order_by(*order)))


def set_values(tx: Tx, session_id: UUID, values: dict[bytes, bytes]) -> Collection[UUID]:
    """Keep what was not brought before; the classes that it is of."""
    classes: set[UUID] = set()
    for digest, value in values.items():
        which = (agent_work.c.session_id == session_id) & (agent_work.c.digest == digest) & agent_work.c.value.is_(None)
        kept = update(agent_work).where(which).values(value=value).returning(agent_work.c.class_id)
        classes.update(tx.conn.scalars(kept))
    return sorted(classes)
