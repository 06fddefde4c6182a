"""The queries about whom signatures wait for, since when, who was reminded, and whose certificate soon ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    func,
    null,
    or_,
    select,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.authority import local_day, placed_on
from services.chassis.database import Tx
from services.chassis.ids import new_id
from services.chassis.tables import grants, unit_parents
from services.contracts.identity import Role
from services.signing.domain import ORDER
from services.signing.keyring import CURRENT, SIGNERS
from services.signing.models.documents import class_sheets as sheets
from services.signing.models.documents import documents, signatures
from services.signing.models.keys import keys
from services.signing.models.sessions import reminders
from services.signing.repository import IS_OPEN, newest_version

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What waits at a school for a holder whose turn has come: the school itself for its seal."""

    holder: UUID
    unit_id: UUID
    documents: int
    class_sheets: int
    classes: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """A person who is reminded now, for the `version`-th time."""

    id: UUID
    person_id: UUID
    version: int
    told_at: datetime


def units_after(tx: Tx, unit_id: UUID | None, most: int) -> list[UUID]:
    """The next schools with open documents or class sheets, by their ids; from the first where none is said."""
    nearest = []
    for table in (documents, sheets):
        query = select(table.c.unit_id).where(table.c.completed_at.is_(None)).distinct()
        later = query if unit_id is None else query.where(table.c.unit_id > unit_id)
        nearest.append(select(later.order_by(table.c.unit_id).limit(most).subquery()))
    return list(tx.conn.scalars(union(*nearest).order_by("unit_id").limit(most)))


def due_at(tx: Tx, unit_ids: Collection[UUID]) -> list[Due]:
    """Whom something waits for at these schools, what has waited longest first."""
    ids = list(unit_ids)
    return _counted(tx, _by_holder(_due(documents.c.unit_id.in_(ids), sheets.c.unit_id.in_(ids))))


def due_for(tx: Tx, holders: Collection[UUID]) -> list[Due]:
    """What waits for these holders at any school, what has waited longest first."""
    has_slot = [documents.c.slots.contains([{"holder": str(holder)}]) for holder in holders]
    ids = list(holders)
    due = _due(or_(*has_slot), sheets.c.holder.in_(ids))
    return _counted(tx, _by_holder(due).where(due.c.holder.in_(ids)))


def signers_at(tx: Tx, unit_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, school) of those who sign there now: by a role at the school or at a campus right below it."""
    ids, now = list(unit_ids), tx.now()
    held = _held(now) & grants.c.role.in_(SIGNERS)
    here = select(grants.c.person_id, grants.c.unit_id).where(held, grants.c.unit_id.in_(ids))
    campus = grants.join(unit_parents, unit_parents.c.unit_id == grants.c.unit_id)
    below = select(grants.c.person_id, unit_parents.c.parent_id).select_from(campus)
    placed = unit_parents.c.parent_id.in_(ids) & placed_on(local_day(now))
    return {(row[0], row[1]) for row in tx.conn.execute(union(here, below.where(held, placed)))}


def clerks_at(tx: Tx, unit_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, unit) of those who hold the units' seals now."""
    mine = _held(tx.now()) & (grants.c.role == Role.CLERK) & grants.c.unit_id.in_(list(unit_ids))
    return {(row[0], row[1]) for row in tx.conn.execute(select(grants.c.person_id, grants.c.unit_id).where(mine))}


def note_reminders(tx: Tx, person_ids: Collection[UUID]) -> list[Reminded]:
    """Those of the people who were not reminded within a day, and now are."""
    if not person_ids:
        return []
    rows = [{"person_id": one, "id": new_id(), "version": 1, "told_at": tx.now()} for one in sorted(person_ids)]
    new = upsert(reminders).values(rows)
    again = {"version": reminders.c.version + 1, "told_at": new.excluded.told_at}
    yesterday = reminders.c.told_at <= tx.now() - DAY
    told = new.on_conflict_do_update(index_elements=["person_id"], set_=again, where=yesterday)
    found = tx.conn.execute(told.returning(reminders))
    return [Reminded(**row._mapping) for row in found]  # noqa: SLF001 - SQLAlchemy's documented name


def note_warnings(tx: Tx, days: int) -> list[Row[Any]]:
    """The keys whose certificates end within so many days, not warned of so late yet, and from now on are."""
    unwarned = keys.c.warned_days.is_(None) | (keys.c.warned_days > days)
    told = update(keys).where(_ends_within(tx, days), unwarned).values(warned_days=days)
    return list(tx.conn.execute(told.returning(keys)))


def ending_of(tx: Tx, holders: Collection[UUID], days: int) -> list[Row[Any]]:
    """The holders' keys whose certificates end within so many days, the first to end first."""
    mine = select(keys).where(keys.c.holder.in_(list(holders)), _ends_within(tx, days))
    return list(tx.conn.execute(mine.order_by(keys.c.valid_to, keys.c.id)))


def _ends_within(tx: Tx, days: int) -> ColumnElement[bool]:
    return CURRENT & (keys.c.valid_to > tx.now()) & (keys.c.valid_to <= tx.now() + days * DAY)


def _held(now: datetime) -> ColumnElement[bool]:
    return (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))


def _due(of_documents: ColumnElement[bool], of_sheets: ColumnElement[bool]) -> Subquery:
    """(holder, unit_id, class_id, since, document, sheet) of due slots, and of open class sheets, which have no turn.

    One of the two ids is null.
    """
    slots, names, nothing = _due_slots(of_documents), ("holder", "unit_id", "class_id"), cast(null(), PG_UUID)
    papers = [*(slots.c[name] for name in names), slots.c.since, slots.c.transcript_id.label("document")]
    signed_once = [*(sheets.c[name] for name in names), sheets.c.registered_at, nothing, sheets.c.id]
    is_open = sheets.c.completed_at.is_(None)
    return union_all(select(*papers, nothing.label("sheet")), select(*signed_once).where(is_open, of_sheets)).subquery()


def _due_slots(which: ColumnElement[bool]) -> Subquery:
    """(holder, unit_id, class_id, transcript_id, since) of the empty slots of the role whose turn it is.

    It is the turn of the first role with an empty slot; it came with the last signature of the roles before, or with
    the document.
    """
    slot = func.jsonb_array_elements(documents.c.slots).table_valued("value").render_derived(name="slot")
    field = slot.c.value.op("->>")
    same = [signatures.c[name] == documents.c[name] for name in ("school_year", "transcript_id", "version")]
    joined = documents.join(slot, true()).outerjoin(signatures, and_(*same, signatures.c.slot == field("slot")))
    place = case({str(role): number for number, role in enumerate(ORDER)}, value=field("role"))
    of_document = [documents.c[name] for name in ("school_year", "transcript_id")]
    turn = func.min(case((signatures.c.slot.is_(None), place))).over(partition_by=of_document)
    named = [*of_document, *(documents.c[name] for name in ("unit_id", "class_id", "registered_at"))]
    holder = cast(field("holder"), PG_UUID).label("holder")
    columns = [*named, holder, signatures.c.signed_at, place.label("place"), turn.label("turn")]
    is_open = IS_OPEN & (documents.c.version == newest_version())
    each = select(*columns).select_from(joined).where(is_open, which).subquery()
    before = case((each.c.place < each.c.turn, each.c.signed_at))
    since = func.max(before).over(partition_by=[each.c.school_year, each.c.transcript_id])
    told = select(each, func.greatest(each.c.registered_at, since).label("since")).subquery()
    waiting = (told.c.place == told.c.turn) & told.c.signed_at.is_(None)
    return select(told).where(waiting).subquery()


def _by_holder(due: Subquery) -> Select[Any]:
    counted = [
        func.count(distinct(due.c.document)).label("documents"),
        func.count(distinct(due.c.sheet)).label("class_sheets"),
        func.count(distinct(due.c.class_id)).label("classes"),
        func.min(due.c.since).label("since"),
    ]
    return select(due.c.holder, due.c.unit_id, *counted).group_by(due.c.holder, due.c.unit_id)


def _counted(tx: Tx, query: Select[Any]) -> list[Due]:
    rows: Sequence[Row[Any]] = tx.conn.execute(query.order_by("since", "holder")).all()
    return [Due(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's documented name
