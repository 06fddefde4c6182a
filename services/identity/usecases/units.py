"""The tree of units: who may change it, and what is told of a change."""

from datetime import date
from uuid import UUID

from services.chassis.authority import Actor, copy_units, local_day, require_cover
from services.chassis.database import Tx
from services.chassis.ids import new_id
from services.contracts.identity import Change, CreateUnit, FindUnits, Role, UnitParent, Units, UnitV1
from services.identity.domain import Unit, UnitName, require_place
from services.identity.errors import UnitCodeTaken, UnitNotThere
from services.identity.repository import units


def create_unit(tx: Tx, command: CreateUnit, actor: Actor) -> UnitV1:
    """A unit below one where the person is operator."""
    require_cover(tx, actor, (Role.OPERATOR,), command.parent_id)
    if units.code_taken(tx, command.code):
        raise UnitCodeTaken(code=command.code)
    opened_on = command.opened_on or local_day(tx.now())
    require_place(command.kind, _require_open(tx, command.parent_id, opened_on).kind)
    parent = UnitParent(parent_id=command.parent_id, valid_from=opened_on, valid_to=None)
    unit = Unit(id=new_id(), kind=command.kind, code=command.code, opened_on=opened_on, parents=(parent,))
    name = UnitName(
        name=command.name, commune=command.commune, province=command.province, valid_from=opened_on, valid_to=None
    )
    establish(tx, unit, name)
    return units.find_units(tx, [unit.id], max(opened_on, local_day(tx.now())))[0]


def establish(tx: Tx, unit: Unit, name: UnitName) -> None:
    """Keep a new unit and announce it."""
    units.insert_unit(tx, unit, name)
    announced = unit.told(Change.NEW, at=tx.now())
    copy_units(tx, [announced])
    tx.emit(announced)


def find_units(tx: Tx, query: FindUnits, _actor: Actor) -> Units:
    return Units(units=tuple(units.find_units(tx, query.unit_ids, query.on or local_day(tx.now()))))


def _require_open(tx: Tx, unit_id: UUID, on: date) -> Unit:
    """The unit; Refused where it is not open on that day."""
    unit = units.get_unit(tx, unit_id)
    if not unit.is_open(on):
        raise UnitNotThere(unit_id=unit_id, on=on)
    return unit
