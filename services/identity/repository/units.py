"""Queries of units: what a unit was, was called and was below on a day, and the history that is told of it."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from services.chassis.authority import placed_on
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.tables import unit_parents
from services.contracts.identity import UnitKind, UnitParent, UnitV1
from services.identity.domain import Unit, UnitName
from services.identity.models import unit_names, units

_UNIT = [units.c[name] for name in ("id", "kind", "code", "opened_on", "closed_on", "merged_into", "version")]

_NAME = ("name", "commune", "province", "valid_from", "valid_to")


def code_taken(tx: Tx, code: str) -> bool:
    return tx.conn.execute(select(units.c.id).where(units.c.code == code)).first() is not None


def insert_unit(tx: Tx, unit: Unit, name: UnitName) -> None:
    row = {column.name: getattr(unit, column.name) for column in _UNIT}
    tx.conn.execute(insert(units).values(row))
    tx.conn.execute(insert(unit_names).values(unit_id=unit.id, **_columns_of(name)))


def get_units(tx: Tx, unit_ids: Collection[UUID]) -> dict[UUID, Unit]:
    """The units with their places, locked in one order until the transaction ends; NotFound where one is missing."""
    wanted = select(*_UNIT).where(units.c.id.in_(list(unit_ids))).order_by(units.c.id).with_for_update()
    rows, places = tx.conn.execute(wanted).all(), _places_of(tx, unit_ids)
    found = {row.id: Unit(**_fields(row), parents=tuple(places.get(row.id, ()))) for row in rows}
    for missing in set(unit_ids) - found.keys():
        raise NotFound(unit_id=missing)
    return found


def get_unit(tx: Tx, unit_id: UUID) -> Unit:
    """The unit with its places, locked until the transaction ends; NotFound where there is none."""
    return get_units(tx, [unit_id])[unit_id]


def save_units(tx: Tx, changed: Collection[Unit]) -> None:
    """What may change of units themselves; their places are kept where all services keep them."""
    by_id = update(units).where(units.c.id == bindparam("unit_id"))
    rows = [
        {"unit_id": unit.id, "closed_on": unit.closed_on, "merged_into": unit.merged_into, "version": unit.version}
        for unit in changed
    ]
    tx.conn.execute(by_id, rows)


def name_units(tx: Tx, names: Mapping[UUID, UnitName], on: date) -> None:
    """Call units so from that day on; a name of the same day is corrected."""
    last = unit_names.c.unit_id.in_(list(names)) & unit_names.c.valid_to.is_(None)
    tx.conn.execute(update(unit_names).where(last, unit_names.c.valid_from < on).values(valid_to=on))
    tx.conn.execute(delete(unit_names).where(last))
    if names:
        rows = [{"unit_id": unit_id, **_columns_of(name)} for unit_id, name in names.items()]
        tx.conn.execute(insert(unit_names), rows)


def last_names(tx: Tx, unit_ids: Collection[UUID]) -> dict[UUID, UnitName]:
    """The names that were given last, by unit."""
    mine = unit_names.c.unit_id.in_(list(unit_ids)) & unit_names.c.valid_to.is_(None)
    return {row.unit_id: _name(row) for row in tx.conn.execute(select(unit_names).where(mine))}


def find_children(tx: Tx, unit_ids: Collection[UUID], on: date) -> list[UUID]:
    """The units that are directly below one of these on that day, or will be later."""
    ends = unit_parents.c.valid_to
    mine = unit_parents.c.parent_id.in_(list(unit_ids)) & (ends.is_(None) | (ends > on))
    return list(tx.conn.scalars(select(unit_parents.c.unit_id).where(mine).distinct()))


def find_below(tx: Tx, unit_id: UUID, on: date) -> list[UnitV1]:
    """The units directly below this one on that day, by name."""
    mine = (unit_parents.c.parent_id == unit_id) & placed_on(on)
    children = list(tx.conn.scalars(select(unit_parents.c.unit_id).where(mine)))
    return sorted(find_units(tx, children, on), key=lambda unit: (unit.name, unit.code))


def names_of(tx: Tx, unit_ids: Collection[UUID], on: date) -> dict[UUID, UnitName]:
    """What units were called on that day, by id; one that was not there yet, what it was called first."""
    begins = unit_names.c.valid_from
    query = (
        select(unit_names)
        .distinct(unit_names.c.unit_id)
        .where(unit_names.c.unit_id.in_(list(unit_ids)))
        .order_by(unit_names.c.unit_id, (begins <= on).desc(), func.abs(begins - on))
    )
    return {row.unit_id: _name(row) for row in tx.conn.execute(query)}


def find_units(tx: Tx, unit_ids: Collection[UUID], on: date) -> list[UnitV1]:
    """Units by id as of a day; those that were not there yet are left out."""
    names = {unit_id: name for unit_id, name in names_of(tx, unit_ids, on).items() if name.valid_from <= on}
    parents, departments = _parents_of(tx, list(names), on), _departments_of(tx, list(names), on)
    rows = tx.conn.execute(select(*_UNIT).where(units.c.id.in_(list(names))))
    return [
        UnitV1(
            id=row.id,
            kind=UnitKind(row.kind),
            code=row.code,
            name=names[row.id].name,
            parent_id=parents.get(row.id),
            commune=names[row.id].commune,
            province=names[row.id].province,
            department=departments.get(row.id, ""),
            closed_on=row.closed_on,
            merged_into=row.merged_into,
        )
        for row in rows
    ]


def _fields(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping) | {"kind": UnitKind(row.kind)}  # noqa: SLF001 - SQLAlchemy's documented name


def _places_of(tx: Tx, unit_ids: Collection[UUID]) -> dict[UUID, list[UnitParent]]:
    mine = select(unit_parents).where(unit_parents.c.unit_id.in_(list(unit_ids))).order_by(unit_parents.c.valid_from)
    places: dict[UUID, list[UnitParent]] = {}
    for row in tx.conn.execute(mine):
        place = UnitParent(parent_id=row.parent_id, valid_from=row.valid_from, valid_to=row.valid_to)
        places.setdefault(row.unit_id, []).append(place)
    return places


def _parents_of(tx: Tx, unit_ids: Collection[UUID], on: date) -> dict[UUID, UUID]:
    mine = unit_parents.c.unit_id.in_(list(unit_ids)) & placed_on(on)
    rows = tx.conn.execute(select(unit_parents.c.unit_id, unit_parents.c.parent_id).where(mine))
    return {row.unit_id: row.parent_id for row in rows}


def _departments_of(tx: Tx, unit_ids: Collection[UUID], on: date) -> dict[UUID, str]:
    """The name of the department that each unit is, or is below, on that day."""
    first = select(units.c.id.label("asked"), units.c.id.label("unit_id")).where(units.c.id.in_(list(unit_ids)))
    tree = first.cte("above", recursive=True)
    next_above = select(tree.c.asked, unit_parents.c.parent_id).join(tree, unit_parents.c.unit_id == tree.c.unit_id)
    tree = tree.union_all(next_above.where(placed_on(on)))
    found = select(tree.c.asked, units.c.id).join(units, units.c.id == tree.c.unit_id)
    pairs = tx.conn.execute(found.where(units.c.kind == UnitKind.DEPARTMENT)).all()
    names = names_of(tx, {department for _, department in pairs}, on)
    return {asked: names[department].name for asked, department in pairs}


def _columns_of(name: UnitName) -> dict[str, Any]:
    return {field: getattr(name, field) for field in _NAME}


def _name(row: Row[Any]) -> UnitName:
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name
    return UnitName(**{column: fields[column] for column in _NAME})
