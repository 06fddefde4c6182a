"""Queries of accounts and sessions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, insert, select, update

from services.chassis.database import Tx
from services.identity.models import accounts, sessions


def insert_accounts(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(accounts), list(rows))


def find_account(tx: Tx, username: str) -> Row[Any] | None:
    return tx.conn.execute(select(accounts).where(accounts.c.username == username)).first()


def taken_usernames(tx: Tx, usernames: Collection[str]) -> dict[str, UUID]:
    """Person by user name, of those that exist."""
    rows = tx.conn.execute(
        select(accounts.c.username, accounts.c.person_id).where(accounts.c.username.in_(list(usernames)))
    )
    return {row.username: row.person_id for row in rows}


def usernames_of(tx: Tx, person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """User name by person, of those who have an account."""
    mine = accounts.c.person_id.in_(list(person_ids))
    rows = tx.conn.execute(select(accounts.c.person_id, accounts.c.username).where(mine))
    return {row.person_id: row.username for row in rows}


def update_account(tx: Tx, account_id: UUID, **values: Any) -> None:
    tx.conn.execute(update(accounts).where(accounts.c.id == account_id).values(**values))


def count_failure(tx: Tx, account_id: UUID, *, most: int, lock_until: datetime) -> None:
    """One more wrong password, counted by the database so that tries at one moment all count; every `most`-th locks."""
    failures = accounts.c.failures + 1
    locked = case((failures % most == 0, lock_until), else_=accounts.c.locked_until)
    tx.conn.execute(update(accounts).where(accounts.c.id == account_id).values(failures=failures, locked_until=locked))


def replace_activation(tx: Tx, person_id: UUID, activation_hash: str) -> bool:
    """Put another activation code in the place of an unused one; False where the account has a password."""
    unused = (accounts.c.person_id == person_id) & accounts.c.password_hash.is_(None)
    return tx.conn.execute(update(accounts).where(unused).values(activation_hash=activation_hash)).rowcount > 0


def use_activation(tx: Tx, activation_hash: str, password_hash: str) -> str | None:
    """Set the password of the account with this code and use the code up; the user name, or None."""
    activated = (
        update(accounts)
        .where(accounts.c.activation_hash == activation_hash)
        .values(password_hash=password_hash, activation_hash=None, failures=0, locked_until=None)
        .returning(accounts.c.username)
    )
    return tx.conn.execute(activated).scalar()


def insert_session(tx: Tx, **values: Any) -> None:
    tx.conn.execute(insert(sessions).values(**values))


def rotate_session(tx: Tx, refresh_hash: str, next_hash: str) -> Row[Any] | None:
    """Put the next refresh token in a living session's place; its row (id, account_id, person_id), or None."""
    living = (
        (sessions.c.refresh_hash == refresh_hash) & sessions.c.ended_at.is_(None) & (sessions.c.expires_at > func.now())
    )
    rotated = (
        update(sessions).where(living).values(refresh_hash=next_hash).returning(sessions.c.id, sessions.c.account_id)
    )
    row = tx.conn.execute(rotated).first()
    if row is None:
        return None
    query = select(sessions.c.id, sessions.c.account_id, accounts.c.person_id).join(
        accounts, accounts.c.id == sessions.c.account_id
    )
    return tx.conn.execute(query.where(sessions.c.id == row.id)).first()


def end_session(tx: Tx, refresh_hash: str) -> int:
    living = (sessions.c.refresh_hash == refresh_hash) & sessions.c.ended_at.is_(None)
    return tx.conn.execute(update(sessions).where(living).values(ended_at=func.now())).rowcount
