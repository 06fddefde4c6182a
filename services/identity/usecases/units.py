"""The tree of units: who may change it from which day, and what is told of a change."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.chassis.authority import Actor, copy_units, local_day, require_cover, units_below
from services.chassis.database import Tx
from services.chassis.ids import new_id
from services.contracts.identity import (
    Change,
    CloseUnit,
    CreateUnit,
    FindUnits,
    FindUnitsBelow,
    MergeUnits,
    MoveUnit,
    MoveUnits,
    RenameUnit,
    Role,
    UnitMove,
    UnitParent,
    Units,
    UnitV1,
)
from services.identity.domain import Unit, UnitName, require_place
from services.identity.errors import MergeIntoItself, UnitCodeTaken, UnitHasUnits
from services.identity.repository import units


def create_unit(tx: Tx, command: CreateUnit, actor: Actor) -> UnitV1:
    """A unit below one where the person is operator."""
    _require_operator(tx, actor, command.parent_id)
    if units.code_taken(tx, command.code):
        raise UnitCodeTaken(code=command.code)
    opened_on = command.opened_on or local_day(tx.now())
    require_place(command.kind, units.get_unit(tx, command.parent_id).require_open(opened_on).kind)
    parent = UnitParent(parent_id=command.parent_id, valid_from=opened_on, valid_to=None)
    unit = Unit(id=new_id(), kind=command.kind, code=command.code, opened_on=opened_on, parents=(parent,))
    name = UnitName(name=command.name, commune=command.commune, province=command.province, valid_from=opened_on)
    establish(tx, unit, name)
    return _as_of(tx, unit.id, opened_on)


def establish(tx: Tx, unit: Unit, name: UnitName) -> None:
    """Keep a new unit and announce it."""
    units.insert_unit(tx, unit, name)
    _announce(tx, [unit], Change.NEW)


def find_units(tx: Tx, query: FindUnits, _actor: Actor) -> Units:
    return Units(units=tuple(units.find_units(tx, query.unit_ids, query.on or local_day(tx.now()))))


def find_units_below(tx: Tx, query: FindUnitsBelow, _actor: Actor) -> Units:
    return Units(units=tuple(units.find_below(tx, query.unit_id, query.on or local_day(tx.now()))))


def rename_unit(tx: Tx, command: RenameUnit, actor: Actor) -> UnitV1:
    """Another name from a day on, by an operator above the unit; the one at the root is renamed by its own."""
    unit = units.get_unit(tx, command.unit_id)
    _require_operator_above(tx, actor, unit)
    name = UnitName(name=command.name, commune=command.commune, province=command.province, valid_from=command.on)
    _rename(tx, unit.renamed(command.on), name)
    return _as_of(tx, unit.id, command.on)


def move_unit(tx: Tx, command: MoveUnit, actor: Actor) -> UnitV1:
    _move(tx, actor, (UnitMove(unit_id=command.unit_id, parent_id=command.parent_id),), command.on)
    return _as_of(tx, command.unit_id, command.on)


def move_units(tx: Tx, command: MoveUnits, actor: Actor) -> Units:
    _move(tx, actor, command.moves, command.on)
    moved = [move.unit_id for move in command.moves]
    return Units(units=tuple(units.find_units(tx, moved, command.on)))


def close_unit(tx: Tx, command: CloseUnit, actor: Actor) -> UnitV1:
    """The end of a unit below which nothing is left, by an operator above it."""
    unit = units.get_unit(tx, command.unit_id)
    _require_operator_above(tx, actor, unit)
    below = units.get_units(tx, units.find_children(tx, [unit.id], command.on))
    if below:
        raise UnitHasUnits(codes=", ".join(sorted(child.code for child in below.values())))
    _keep(tx, [unit.closed(command.on)])
    return _as_of(tx, unit.id, command.on)


def merge_units(tx: Tx, command: MergeUnits, actor: Actor) -> UnitV1:
    """Units become one: theirs go below it and take its address, then they close; by an operator above them all."""
    merged_ids = set(command.merged_ids)
    if not merged_ids or command.unit_id in merged_ids or len(merged_ids) < len(command.merged_ids):
        raise MergeIntoItself
    merging = units.get_units(tx, [command.unit_id, *command.merged_ids])
    for unit in merging.values():
        _require_operator_above(tx, actor, unit)
    into = merging[command.unit_id].require_open(command.on)
    _take_over(tx, into, command.merged_ids, command.on)
    _keep(tx, [merging[unit_id].closed(command.on, into=into) for unit_id in command.merged_ids])
    return _as_of(tx, into.id, command.on)


def _move(tx: Tx, actor: Actor, moves: Sequence[UnitMove], on: date) -> None:
    """Each unit below its new one from that day, by an operator above both."""
    known = units.get_units(tx, {unit_id for move in moves for unit_id in (move.unit_id, move.parent_id)})
    for parent_id in {move.parent_id for move in moves}:
        _require_operator(tx, actor, parent_id)
    before = dict(known)
    for move in moves:
        _require_operator_above(tx, actor, before[move.unit_id])
        known[move.unit_id] = known[move.unit_id].moved(known[move.parent_id], on)
    _keep(tx, [unit for unit in known.values() if unit is not before[unit.id]])


def _take_over(tx: Tx, into: Unit, merged_ids: Iterable[UUID], on: date) -> None:
    """Put what is below the merged units below this one, and give all of it, however deep, its address."""
    children = set(units.find_children(tx, list(merged_ids), on))
    deep = {below.unit_id for merged in merged_ids for below in units_below(tx, merged, on)}
    before = units.get_units(tx, deep | children)
    after = {unit.id: unit.moved(into, on) if unit.id in children else unit for unit in before.values()}
    names = _addresses(tx, into, before.values(), on)
    for unit_id in names:
        after[unit_id] = after[unit_id] if unit_id in children else after[unit_id].renamed(on)
    units.name_units(tx, names, on)
    _keep(tx, [unit for unit in after.values() if unit is not before[unit.id]])


def _addresses(tx: Tx, into: Unit, moved: Iterable[Unit], on: date) -> dict[UUID, UnitName]:
    """The names of those whose address becomes another one."""
    codes = {unit.id: unit.code for unit in moved}
    last = units.last_names(tx, [into.id, *codes])
    names = {unit_id: last[unit_id].moved_with(into.kind, last[into.id], on) for unit_id in codes}
    return {
        unit_id: name.in_place_of(last[unit_id], codes[unit_id])
        for unit_id, name in names.items()
        if not name.is_where(last[unit_id])
    }


def _rename(tx: Tx, unit: Unit, name: UnitName) -> None:
    name = name.in_place_of(units.last_names(tx, [unit.id])[unit.id], unit.code)
    units.name_units(tx, {unit.id: name}, name.valid_from)
    _keep(tx, [unit])


def _keep(tx: Tx, changed: Sequence[Unit]) -> None:
    """Save units that changed, and tell of them."""
    if changed:
        units.save_units(tx, changed)
        _announce(tx, changed, Change.UPDATE)


def _announce(tx: Tx, changed: Iterable[Unit], change: Change) -> None:
    announced = [unit.told(change, at=tx.now()) for unit in changed]
    copy_units(tx, announced)
    tx.emit_all(announced)


def _as_of(tx: Tx, unit_id: UUID, on: date) -> UnitV1:
    """The unit as of today, or as of the day on which it changes."""
    return units.find_units(tx, [unit_id], max(on, local_day(tx.now())))[0]


def _require_operator(tx: Tx, actor: Actor, unit_id: UUID) -> None:
    require_cover(tx, actor, (Role.OPERATOR,), unit_id)


def _require_operator_above(tx: Tx, actor: Actor, unit: Unit) -> None:
    """Forbidden unless the person is operator above the unit as it is placed last; at the root, of the unit itself."""
    _require_operator(tx, actor, unit.parents[-1].parent_id if unit.parents else unit.id)
