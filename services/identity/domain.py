"""What a unit is and where it may stand, and how its history grows: pure decisions."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.contracts.identity import Change, UnitChangedV1, UnitKind, UnitParent
from services.identity.errors import UnitBelowWrongKind

BELOW = {
    UnitKind.MINISTRY: (),
    UnitKind.DEPARTMENT: (UnitKind.MINISTRY,),
    UnitKind.DISTRICT: (UnitKind.DEPARTMENT,),
    UnitKind.COMMUNE: (UnitKind.DISTRICT, UnitKind.DEPARTMENT),
    UnitKind.SCHOOL: (UnitKind.COMMUNE, UnitKind.DISTRICT, UnitKind.DEPARTMENT, UnitKind.MINISTRY),
    UnitKind.CAMPUS: (UnitKind.SCHOOL,),
}
"""Below which kinds a kind stands; always higher ones, so that no unit is ever below itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitName:
    """What a unit is called, and where it lies, from a first day to the day before `valid_to`."""

    name: str
    commune: str
    province: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit with every place that it had in the tree, oldest first."""

    id: UUID
    kind: UnitKind
    code: str
    opened_on: date
    closed_on: date | None = None
    merged_into: UUID | None = None
    version: int = 1
    parents: tuple[UnitParent, ...] = ()

    def is_open(self, on: date) -> bool:
        return self.opened_on <= on and (self.closed_on is None or on < self.closed_on)

    def told(self, change: Change, *, at: datetime) -> UnitChangedV1:
        """What the other services hear of it."""
        return UnitChangedV1(
            record_id=self.id,
            change=change,
            version=self.version,
            updated_at=at,
            kind=self.kind,
            parents=self.parents,
            closed_on=self.closed_on,
            merged_into=self.merged_into,
        )


def require_place(kind: UnitKind, above: UnitKind) -> None:
    """Refused unless a unit of the kind may stand directly below one of that other kind."""
    if above not in BELOW[kind]:
        raise UnitBelowWrongKind(kind=kind, above=above)
