"""Transfer's queries: rows in, domain values out; each change of state is one statement naming the state it leaves."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Tx
from services.chassis.errors import Problem
from services.contracts.transfer import AcceptCohort, AcceptTransfer, TransferState
from services.transfer.domain import Transfer
from services.transfer.models import cohorts, transfers

COLUMNS = (
    *(transfers.c[name] for name in ("id", "school_year", "pupil_id", "from_unit_id", "to_unit_id", "state")),
    *(transfers.c[name] for name in ("reason", "reason_vi", "bundle", "expires_at", "checked_at")),
)
LINKED: Mapping[type[AcceptTransfer | AcceptCohort], Table] = {AcceptTransfer: transfers, AcceptCohort: cohorts}
"""What a link opens, by the command that uses it."""


def add(tx: Tx, transfer: Transfer, *, link_hash: str, offered_by: UUID) -> bool:
    """Write an offer; False when the pupil has another open transfer."""
    row = {
        "id": transfer.id,
        "school_year": transfer.school_year,
        "pupil_id": transfer.pupil_id,
        "from_unit_id": transfer.from_unit_id,
        "to_unit_id": transfer.to_unit_id,
        "link_hash": link_hash,
        "bundle": transfer.bundle,
        "offered_by": offered_by,
        "expires_at": transfer.expires_at,
    }
    new = insert(transfers).values(row).on_conflict_do_nothing().returning(transfers.c.id)
    return tx.conn.execute(new).first() is not None


def find(tx: Tx, transfer_id: UUID) -> Transfer | None:
    return _one(tx.conn.execute(select(*COLUMNS).where(transfers.c.id == transfer_id)).first())


def find_link(tx: Tx, opens: Table, link_hash: str) -> Row[Any] | None:
    """The id of what the link opens, and the school that alone may use it."""
    return tx.conn.execute(select(opens.c.id, opens.c.to_unit_id).where(opens.c.link_hash == link_hash)).first()


def count_stranger(tx: Tx, opens: Table, link_hash: str) -> None:
    """Note that somebody of another school tried the link."""
    tx.conn.execute(update(opens).where(opens.c.link_hash == link_hash).values(strangers=opens.c.strangers + 1))


def accept(tx: Tx, transfer_id: UUID, *, by: UUID) -> Transfer | None:
    """Use an offer that has not expired; None when it cannot be used. Of two at once, one gets it."""
    valid = (transfers.c.state == TransferState.OFFERED) & (transfers.c.expires_at > func.now())
    return _change(tx, transfer_id, valid, state=TransferState.ACCEPTED, accepted_by=by, accepted_at=func.now())


def cancel(tx: Tx, transfer_id: UUID) -> Transfer | None:
    """Take back an offer that has not expired; None when it is not one."""
    valid = (transfers.c.state == TransferState.OFFERED) & (transfers.c.expires_at > func.now())
    return _change(tx, transfer_id, valid, state=TransferState.CANCELLED, ended_at=func.now())


def expire_offers(tx: Tx, pupil_ids: Collection[UUID], *, now: datetime) -> None:
    """Write down which overdue offers of these pupils have expired, which makes room for others."""
    overdue = (transfers.c.state == TransferState.OFFERED) & (transfers.c.expires_at <= now)
    ended = update(transfers).where(transfers.c.pupil_id.in_(pupil_ids), overdue)
    tx.conn.execute(ended.values(state=TransferState.EXPIRED, ended_at=func.now()))


def keep_bundle(tx: Tx, transfer_id: UUID, stored: str) -> None:
    """Remember the bundle that was packed."""
    _change(tx, transfer_id, transfers.c.state == TransferState.ACCEPTED, bundle=stored)


def mark_checked(tx: Tx, transfer_id: UUID) -> None:
    """Remember that every file passed."""
    _change(tx, transfer_id, transfers.c.state == TransferState.ACCEPTED, checked_at=func.now())


def complete(tx: Tx, transfer_id: UUID) -> Transfer | None:
    """End an accepted transfer well; None when it has ended already."""
    accepted = transfers.c.state == TransferState.ACCEPTED
    return _change(tx, transfer_id, accepted, state=TransferState.COMPLETED, ended_at=func.now())


def fail(tx: Tx, transfer_id: UUID, *, why: Problem) -> Transfer | None:
    """End an accepted transfer without moving the pupil; None when it has ended already."""
    accepted = transfers.c.state == TransferState.ACCEPTED
    failed = {"state": TransferState.FAILED, "reason": str(why), "reason_vi": why.vi, "ended_at": func.now()}
    return _change(tx, transfer_id, accepted, **failed)


def as_transfer(row: Row[Any]) -> Transfer:
    """The transfer of a row of COLUMNS."""
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name
    checked_at = values.pop("checked_at")
    return Transfer(**values | {"state": TransferState(row.state), "is_checked": checked_at is not None})


def _change(tx: Tx, transfer_id: UUID, only_if: ColumnElement[bool], **values: Any) -> Transfer | None:
    changed = update(transfers).where(transfers.c.id == transfer_id, only_if).values(**values).returning(*COLUMNS)
    return _one(tx.conn.execute(changed).first())


def _one(row: Row[Any] | None) -> Transfer | None:
    return None if row is None else as_transfer(row)
