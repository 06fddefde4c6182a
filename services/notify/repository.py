"""Notify's queries: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis import ids
from services.chassis.database import Tx
from services.contracts.notify import ConsentEntry
from services.notify.domain import Consent, Delivery, DeliveryState, Kind, NewDelivery, Outcome
from services.notify.models import consents, deliveries


def record_consents(tx: Tx, unit_id: UUID, entries: Collection[ConsentEntry], *, recorded_by: UUID) -> None:
    """Keep each guardian's newest word at the school."""
    rows = [{"unit_id": unit_id, "recorded_by": recorded_by, **asdict(entry)} for entry in entries]
    if not rows:
        return
    new = insert(consents)
    changed = {"given": new.excluded.given, "recorded_by": new.excluded.recorded_by, "changed_at": func.now()}
    tx.conn.execute(new.on_conflict_do_update(index_elements=["unit_id", "guardian_id"], set_=changed), rows)


def consents_of(tx: Tx, guardian_ids: Collection[UUID]) -> set[Consent]:
    """The consents that stand now."""
    given = select(consents.c.unit_id, consents.c.guardian_id).where(consents.c.given)
    rows = tx.conn.execute(given.where(consents.c.guardian_id.in_(guardian_ids)))
    return {Consent(unit_id=row.unit_id, guardian_id=row.guardian_id) for row in rows}


def add_new(tx: Tx, planned: Sequence[NewDelivery]) -> list[UUID]:
    """Write the deliveries that were not there yet; gives their ids."""
    rows = [{"id": ids.new_id(), **asdict(delivery)} for delivery in planned]
    if not rows:
        return []
    new = insert(deliveries).values(rows).on_conflict_do_nothing().returning(deliveries.c.id)
    return list(tx.conn.scalars(new))


def find(tx: Tx, delivery_id: UUID) -> Delivery | None:
    mine = and_(consents.c.unit_id == deliveries.c.consent_unit_id, consents.c.guardian_id == deliveries.c.guardian_id)
    columns = [
        deliveries.c[name] for name in ("id", "kind", "school_year", "pupil_id", "guardian_id", "state", "created_at")
    ]
    query = select(*columns, consents.c.given.label("has_consent")).join_from(deliveries, consents, mine)
    row = tx.conn.execute(query.where(deliveries.c.id == delivery_id)).first()
    if row is None:
        return None
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name
    return Delivery(**values | {"kind": Kind(row.kind), "state": DeliveryState(row.state)})


def end(tx: Tx, delivery_id: UUID, outcome: Outcome) -> None:
    """Write down how a delivery ended, unless it had ended before."""
    sent_at = func.now() if outcome.state is DeliveryState.SENT else None
    pending = and_(deliveries.c.id == delivery_id, deliveries.c.state == DeliveryState.PENDING)
    tx.conn.execute(
        update(deliveries).where(pending).values(state=outcome.state, reason=outcome.reason, sent_at=sent_at)
    )


def count_by_state(tx: Tx, unit_id: UUID) -> dict[DeliveryState, int]:
    """How many of the school's deliveries are in each state."""
    counted = select(deliveries.c.state, func.count()).where(deliveries.c.unit_id == unit_id)
    rows = tx.conn.execute(counted.group_by(deliveries.c.state))
    return dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): number for state, number in rows}
