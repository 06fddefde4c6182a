"""The queries about reminders and who switched them off: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis import ids
from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import Role
from services.notify.domain import DeliveryState, Outcome
from services.notify.models import reminder_choices, reminders
from services.notify.staff.domain import Kind, NewReminder, Reminder

NAMES = ("id", "kind", "record_id", "person_id", "state", "created_at")


def choose(tx: Tx, person_id: UUID, *, wanted: bool) -> None:
    """Keep the person's newest word."""
    word = {"wanted": wanted, "changed_at": tx.now()}
    new = insert(reminder_choices).values(word | {"person_id": person_id})
    tx.conn.execute(new.on_conflict_do_update(index_elements=["person_id"], set_=word))


def is_wanted(tx: Tx, person_id: UUID) -> bool:
    return not unwilling(tx, [person_id])


def unwilling(tx: Tx, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of the people who switched reminders off."""
    off = reminder_choices.c.person_id.in_(list(person_ids)) & ~reminder_choices.c.wanted
    return set(tx.conn.scalars(select(reminder_choices.c.person_id).where(off)))


def clerks_of(tx: Tx, unit_ids: Collection[UUID], now: datetime) -> set[tuple[UUID, UUID]]:
    """(person, unit) of those who hold the units' seals now."""
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    held = (grants.c.role == Role.CLERK) & grants.c.unit_id.in_(list(unit_ids))
    return {
        (row[0], row[1]) for row in tx.conn.execute(select(grants.c.person_id, grants.c.unit_id).where(held, valid))
    }


def add_new(tx: Tx, planned: Sequence[NewReminder]) -> list[UUID]:
    """Write the reminders that were not there yet; gives their ids."""
    rows = [{"id": ids.new_id(), **asdict(reminder)} for reminder in planned]
    if not rows:
        return []
    new = insert(reminders).values(rows).on_conflict_do_nothing().returning(reminders.c.id)
    return list(tx.conn.scalars(new))


def find(tx: Tx, reminder_id: UUID) -> Reminder | None:
    newer = reminders.alias("newer")
    same = [newer.c[name] == reminders.c[name] for name in ("record_id", "kind", "person_id")]
    later = exists().where(and_(*same, newer.c.version > reminders.c.version))
    query = select(*(reminders.c[name] for name in NAMES), later.label("has_later"))
    row = tx.conn.execute(query.where(reminders.c.id == reminder_id)).first()
    if row is None:
        return None
    return Reminder(
        id=row.id,
        kind=Kind(row.kind),
        record_id=row.record_id,
        person_id=row.person_id,
        state=DeliveryState(row.state),
        created_at=row.created_at,
        is_wanted=is_wanted(tx, row.person_id),
        is_newest=not row.has_later,
    )


def end(tx: Tx, reminder_id: UUID, outcome: Outcome) -> None:
    """Write down how a reminder ended, unless it had ended before."""
    sent_at = func.now() if outcome.state is DeliveryState.SENT else None
    pending = and_(reminders.c.id == reminder_id, reminders.c.state == DeliveryState.PENDING)
    values = {"state": outcome.state, "reason": outcome.reason, "sent_at": sent_at}
    tx.conn.execute(update(reminders).where(pending).values(values))
