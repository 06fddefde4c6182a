"""The queries about cohorts: what their transfers have in common, and what is done to all of them at once."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.chassis.errors import Refused
from services.chassis.ids import new_id
from services.contracts.transfer import TransferState
from services.transfer.domain import Cohort, Transfer
from services.transfer.models import cohorts, transfers
from services.transfer.repository import COLUMNS, as_transfer

SHARED = [cohorts.c[name] for name in Cohort.__dataclass_fields__]
OPEN = (transfers.c.state == TransferState.OFFERED) & (transfers.c.expires_at > func.now())


def add(tx: Tx, cohort: Cohort, *, link_hash: str, offered_by: UUID) -> None:
    tx.conn.execute(insert(cohorts).values(asdict(cohort) | {"link_hash": link_hash, "offered_by": offered_by}))


def offer(tx: Tx, cohort: Cohort, pupil_ids: Collection[UUID], *, by: UUID) -> set[UUID]:
    """Offer these pupils; gives those who had no other open transfer. One order of locks for all."""
    if not pupil_ids:
        return set()
    rows = [_row(cohort, pupil_id, by) for pupil_id in sorted(pupil_ids)]
    new = upsert(transfers).values(rows).on_conflict_do_nothing().returning(transfers.c.pupil_id)
    return set(tx.conn.scalars(new))


def refuse(tx: Tx, cohort: Cohort, why: Mapping[UUID, Refused], *, by: UUID) -> None:
    """Keep why these pupils were not offered."""
    rows = [
        _row(cohort, pupil_id, by)
        | {"state": TransferState.REFUSED, "reason": str(refusal), "reason_vi": refusal.vi, "ended_at": tx.now()}
        for pupil_id, refusal in why.items()
    ]
    if rows:
        tx.conn.execute(insert(transfers), rows)


def find(tx: Tx, cohort_id: UUID) -> Cohort | None:
    return _one(tx.conn.execute(select(*SHARED).where(cohorts.c.id == cohort_id)).first())


def hold(tx: Tx, cohort_id: UUID) -> Cohort | None:
    """The cohort, held until the transaction ends: of two who use or take back its link, one comes first."""
    return _one(tx.conn.execute(select(*SHARED).where(cohorts.c.id == cohort_id).with_for_update()).first())


def transfers_of(tx: Tx, cohort_id: UUID) -> list[Transfer]:
    mine = select(*COLUMNS).where(transfers.c.cohort_id == cohort_id)
    return [as_transfer(row) for row in tx.conn.execute(mine.order_by(transfers.c.pupil_id))]


def accept(tx: Tx, cohort_id: UUID, *, by: UUID) -> list[UUID]:
    """Use every offer of the cohort that can be used; gives their transfers."""
    used = {"state": TransferState.ACCEPTED, "accepted_by": by, "accepted_at": func.now()}
    return _change(tx, cohort_id, used)


def cancel(tx: Tx, cohort_id: UUID) -> list[UUID]:
    """Take back every offer of the cohort that can still be used; gives their transfers."""
    return _change(tx, cohort_id, {"state": TransferState.CANCELLED, "ended_at": func.now()})


def _change(tx: Tx, cohort_id: UUID, values: Mapping[str, Any]) -> list[UUID]:
    changed = update(transfers).where(transfers.c.cohort_id == cohort_id, OPEN).values(values)
    return sorted(tx.conn.scalars(changed.returning(transfers.c.id)))


def _row(cohort: Cohort, pupil_id: UUID, by: UUID) -> dict[str, Any]:
    shared = asdict(cohort) | {"id": new_id(), "cohort_id": cohort.id}
    return shared | {"pupil_id": pupil_id, "offered_by": by}


def _one(row: Row[Any] | None) -> Cohort | None:
    return None if row is None else Cohort(**row._mapping)  # noqa: SLF001 - the documented way to a row by name
