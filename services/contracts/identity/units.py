"""What identity answers and tells about units: the tree valid in time."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Event, Query


class UnitKind(StrEnum):
    """Kinds of unit: Bộ, Sở, Phòng (of a district; none since 1 July 2025), xã or phường, trường, điểm trường."""

    MINISTRY = "BO"
    DEPARTMENT = "SO"
    DISTRICT = "PHONG"
    COMMUNE = "XA"
    SCHOOL = "TRUONG"
    CAMPUS = "DIEM_TRUONG"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitV1:
    """A unit as of a day: `parent_id` and `department` are where it was then, null and "" where it was nowhere."""

    id: UUID
    kind: UnitKind
    code: str
    name: str
    parent_id: UUID | None
    commune: str
    province: str
    department: str
    closed_on: date | None = None
    merged_into: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUnit(Command[UnitV1]):
    """Create a unit below one where the person is operator; without `opened_on` it opens today."""

    operation: ClassVar[str] = "identity.create_unit"
    kind: UnitKind
    code: str
    name: str
    parent_id: UUID
    commune: str
    province: str
    opened_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    units: tuple[UnitV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUnits(Query[Units]):
    """Units by id as of a day (without `on`, of today); those unknown or not open yet are left out."""

    operation: ClassVar[str] = "identity.find_units"
    unit_ids: tuple[UUID, ...]
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUnitsBelow(Query[Units]):
    """The units directly below this one on a day (without `on`, today)."""

    operation: ClassVar[str] = "identity.find_units_below"
    unit_id: UUID
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameUnit(Command[UnitV1]):
    """Call a unit otherwise from a day on; what was issued before keeps the name of its day."""

    operation: ClassVar[str] = "identity.rename_unit"
    unit_id: UUID
    name: str
    commune: str
    province: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUnit(Command[UnitV1]):
    """Put a unit below another from a day on; the same day again corrects the move."""

    operation: ClassVar[str] = "identity.move_unit"
    unit_id: UUID
    parent_id: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMove:
    unit_id: UUID
    parent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUnits(Command[Units]):
    """Put many units below others from one day on: all of them, or none."""

    operation: ClassVar[str] = "identity.move_units"
    moves: tuple[UnitMove, ...]
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUnit(Command[UnitV1]):
    """Close a unit that has none below it; `on` is the first day on which it is no more."""

    operation: ClassVar[str] = "identity.close_unit"
    unit_id: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUnits(Command[UnitV1]):
    """Close units into another of their kind from a day on; all that was below them goes below that one."""

    operation: ClassVar[str] = "identity.merge_units"
    unit_id: UUID
    merged_ids: tuple[UUID, ...]
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitParent:
    """Below which unit a unit is: `valid_from` is the first day in Vietnam's time, `valid_to` the first day after."""

    parent_id: UUID
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChangedV1(Event):
    """A unit was created, renamed, moved, closed or merged; `parents` is every place that it had in the tree."""

    type: ClassVar[str] = "vn.hocba.identity.unit_changed.v1"
    aggregate: ClassVar[str] = "record_id"
    kind: UnitKind
    parents: tuple[UnitParent, ...]
    closed_on: date | None
    merged_into: UUID | None
