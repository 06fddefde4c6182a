"""Who is acting, and what they may: the grants and units that identity told us of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    String,
    any_,
    cast,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Tx
from services.chassis.errors import Forbidden
from services.chassis.tables import grants, unit_parents

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")  # a unit's place changes at midnight here
MOST_ABOVE = 6  # units above one another: ministry, department, district, commune, school, campus
UNIT_LOCK = 7_203
SYSTEM_NAMESPACE = UUID("6f0f9a1e-4c0e-5d4e-9a50-3d0f6a0c7b11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who a request is made for: a person by a token of theirs, or a service by its broker user (`system`)."""

    account_id: UUID
    person_id: UUID
    token: str | None = None
    system: str | None = None


def system_actor(service: str) -> Actor:
    """A service acting under a system grant of its own."""
    return Actor(
        account_id=uuid5(SYSTEM_NAMESPACE, service), person_id=uuid5(SYSTEM_NAMESPACE, service), system=service
    )


class GrantChanged(Protocol):
    """The event that tells of a grant given, changed or ended."""

    record_id: UUID
    version: int
    person_id: UUID
    role: Any
    unit_id: UUID
    valid_from: datetime
    valid_to: datetime | None


def copy_grants(tx: Tx, events: Sequence[GrantChanged]) -> None:
    """Keep what identity tells about grants; a greater version wins, whatever the order of arrival."""
    for event in events:
        row = {
            "grant_id": event.record_id,
            "version": event.version,
            "person_id": event.person_id,
            "role": str(event.role),
            "unit_id": event.unit_id,
            "valid_from": event.valid_from,
            "valid_to": event.valid_to,
        }
        new = insert(grants).values(row)
        tx.conn.execute(
            new.on_conflict_do_update(
                index_elements=["grant_id"], set_=row, where=grants.c.version < new.excluded.version
            )
        )


class UnitParent(Protocol):
    """Below which unit a unit is, from a first day; `valid_to` is the first day no longer, None while it lasts."""

    @property
    def parent_id(self) -> UUID: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


class UnitChanged(Protocol):
    """The event that tells of a unit and of all the places it ever had in the tree."""

    @property
    def record_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def parents(self) -> Sequence[UnitParent]: ...


def copy_units(tx: Tx, events: Sequence[UnitChanged]) -> None:
    """Keep what identity tells about units; a greater version wins, whatever the order of arrival."""
    newest = {event.record_id: event for event in sorted(events, key=lambda event: event.version)}
    ids = sorted(newest)  # one order of locks for all
    told = func.unnest(_uuids(ids), literal([newest[unit_id].version for unit_id in ids], ARRAY(Integer)))
    news = told.table_valued("unit_id", "version").render_derived()
    tx.conn.execute(select(func.pg_advisory_xact_lock(UNIT_LOCK, func.hashtext(cast(news.c.unit_id, String)))))
    older = (unit_parents.c.unit_id == news.c.unit_id) & (unit_parents.c.version < news.c.version)
    tx.conn.execute(delete(unit_parents).where(older))
    known = set(tx.conn.scalars(select(unit_parents.c.unit_id).where(unit_parents.c.unit_id == any_(_uuids(ids)))))
    places = [place for unit_id in ids if unit_id not in known for place in _places(newest[unit_id])]
    if places:
        tx.conn.execute(insert(unit_parents), places)


def local_day(at: datetime) -> date:
    """The day in Vietnam at that moment."""
    return at.astimezone(LOCAL_TIME).date()


def units_above(tx: Tx, unit_id: UUID, on: date) -> list[UUID]:
    """The unit itself and those above it on that day, nearest first."""
    tree = _above(unit_id, on)
    return list(tx.conn.scalars(select(tree.c.unit_id).order_by(tree.c.depth)))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitBelow:
    """A unit somewhere below another on some day; `parent_id` is the unit next above it."""

    unit_id: UUID
    parent_id: UUID
    kind: str


def units_below(tx: Tx, unit_id: UUID, on: date) -> list[UnitBelow]:
    """The units that were below this one on that day, however deep and without itself, highest first."""
    columns = [unit_parents.c.unit_id, unit_parents.c.parent_id, unit_parents.c.kind]
    first = select(*columns, literal(1).label("depth")).where(unit_parents.c.parent_id == unit_id, placed_on(on))
    tree = first.cte("below", recursive=True)
    next_below = select(*columns, tree.c.depth + 1).join(tree, unit_parents.c.parent_id == tree.c.unit_id)
    tree = tree.union_all(next_below.where(placed_on(on), tree.c.depth < MOST_ABOVE))
    rows = tx.conn.execute(select(tree).order_by(tree.c.depth, tree.c.unit_id))
    return [UnitBelow(unit_id=row.unit_id, parent_id=row.parent_id, kind=row.kind) for row in rows]


def placed_on(on: date) -> ColumnElement[bool]:
    """That a row of the tree holds on that day."""
    ends = unit_parents.c.valid_to
    return (unit_parents.c.valid_from <= on) & (ends.is_(None) | (ends > on))


def holds(tx: Tx, actor: Actor, roles: Collection[str], unit_id: UUID) -> bool:
    """Whether the person holds one of the roles at the unit at this moment."""
    mine = _held(actor, roles, tx.now()) & (grants.c.unit_id == unit_id)
    return tx.conn.execute(select(grants.c.grant_id).where(mine).limit(1)).first() is not None


def count_people(tx: Tx, unit_id: UUID) -> int:
    """How many people hold a role at the unit at this moment."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    counted = select(func.count(grants.c.person_id.distinct())).where(valid & (grants.c.unit_id == unit_id))
    return tx.conn.execute(counted).scalar_one()


def require(tx: Tx, actor: Actor, roles: Collection[str], unit_id: UUID) -> None:
    """Forbidden unless the person holds one of the roles at the unit at this moment."""
    if not holds(tx, actor, roles, unit_id):
        raise Forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The grant under which a person may do something, as an access log names it."""

    grant_id: UUID
    role: str
    unit_id: UUID


def find_basis(tx: Tx, actor: Actor, roles: Collection[str], unit_id: UUID) -> Basis | None:
    """The person's grant of one of the roles at the unit or at one above it, the nearest, at this moment."""
    tree = _above(unit_id, local_day(tx.now()))
    query = select(grants.c.grant_id, grants.c.role, grants.c.unit_id).join(tree, grants.c.unit_id == tree.c.unit_id)
    nearest = query.where(_held(actor, roles, tx.now())).order_by(tree.c.depth, grants.c.grant_id).limit(1)
    row = tx.conn.execute(nearest).first()
    return Basis(grant_id=row.grant_id, role=row.role, unit_id=row.unit_id) if row else None


def covers(tx: Tx, actor: Actor, roles: Collection[str], unit_id: UUID) -> bool:
    """Whether the person holds one of the roles at the unit or at one above it at this moment."""
    return find_basis(tx, actor, roles, unit_id) is not None


def require_cover(tx: Tx, actor: Actor, roles: Collection[str], unit_id: UUID) -> None:
    """Forbidden unless the person holds one of the roles at the unit or at one above it at this moment."""
    if not covers(tx, actor, roles, unit_id):
        raise Forbidden


def _places(event: UnitChanged) -> list[dict[str, Any]]:
    unit = {"unit_id": event.record_id, "kind": event.kind, "version": event.version}
    return [
        unit | {"parent_id": place.parent_id, "valid_from": place.valid_from, "valid_to": place.valid_to}
        for place in event.parents
    ]


def _uuids(ids: Sequence[UUID]) -> BindParameter[Any]:
    return literal(list(ids), ARRAY(unit_parents.c.unit_id.type))


def _above(unit_id: UUID, on: date) -> CTE:
    """The way up on that day; of a unit that is not there then by its first or last place.

    Who will be above a school prepares it, and who was above one that is closed answers for what it leaves.
    """
    places = unit_parents.alias("places")
    mine = select(places.c.valid_from).where(places.c.unit_id == unit_parents.c.unit_id)
    nearest = mine.order_by((places.c.valid_from <= on).desc(), func.abs(places.c.valid_from - on)).limit(1)
    first = select(literal(unit_id, grants.c.unit_id.type).label("unit_id"), literal(0).label("depth"))
    tree = first.cte("above", recursive=True)
    next_above = select(unit_parents.c.parent_id, tree.c.depth + 1).join(tree, unit_parents.c.unit_id == tree.c.unit_id)
    return tree.union_all(
        next_above.where(unit_parents.c.valid_from == nearest.scalar_subquery(), tree.c.depth < MOST_ABOVE)
    )


def _held(actor: Actor, roles: Collection[str], at: datetime) -> ColumnElement[bool]:
    valid = (grants.c.valid_from <= at) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > at))
    return (grants.c.person_id == actor.person_id) & grants.c.role.in_(list(roles)) & valid
