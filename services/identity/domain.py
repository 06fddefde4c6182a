"""What a unit is, where it may stand, how its history grows, and how long a role lasts: pure decisions."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.contracts.identity import Change, NewStaff, Role, StaffGrant, UnitChangedV1, UnitKind, UnitParent
from services.identity.errors import (
    CaseMissing,
    CaseTooLong,
    GrantEndsEarly,
    MergeOfKinds,
    UnitBelowWrongKind,
    UnitChangedLater,
    UnitNotThere,
)

BELOW = {
    UnitKind.MINISTRY: (),
    UnitKind.DEPARTMENT: (UnitKind.MINISTRY,),
    UnitKind.DISTRICT: (UnitKind.DEPARTMENT,),
    UnitKind.COMMUNE: (UnitKind.DISTRICT, UnitKind.DEPARTMENT),
    UnitKind.SCHOOL: (UnitKind.COMMUNE, UnitKind.DISTRICT, UnitKind.DEPARTMENT, UnitKind.MINISTRY),
    UnitKind.CAMPUS: (UnitKind.SCHOOL,),
}
"""Below which kinds a kind stands; always higher ones, so that no unit is ever below itself."""

LONGEST_CASE = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitName:
    """What a unit is called, and where it lies, from a first day to the day before `valid_to`."""

    name: str
    commune: str
    province: str
    valid_from: date
    valid_to: date | None = None

    def in_place_of(self, last: "UnitName", code: str) -> "UnitName":
        """This name of the unit with the code, unless there is one that begins later."""
        if last.valid_from > self.valid_from:
            raise UnitChangedLater(code=code, on=last.valid_from)
        return self

    def is_where(self, other: "UnitName") -> bool:
        """Whether both names say the same address."""
        return (self.commune, self.province) == (other.commune, other.province)

    def moved_with(self, kind: UnitKind, into: "UnitName", on: date) -> "UnitName":
        """The name after the unit of that kind above became another one: a department or commune gives the address."""
        province = into.province if kind in {UnitKind.DEPARTMENT, UnitKind.COMMUNE} else self.province
        commune = into.commune if kind is UnitKind.COMMUNE else self.commune
        return replace(self, commune=commune, province=province, valid_from=on)


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

    def require_open(self, on: date) -> "Unit":
        """Refused where the unit is not there on that day, or is closed on a later one."""
        if self.opened_on > on or self.closed_on is not None:
            raise UnitNotThere(code=self.code, on=on)
        return self

    def moved(self, parent: "Unit", on: date) -> "Unit":
        """The unit below another from that day on; what began on the same day is corrected."""
        self.require_open(on)
        parent.require_open(on)
        require_place(self.kind, parent.kind)
        last = self.parents[-1] if self.parents else None
        if last is not None and last.parent_id == parent.id and last.valid_from <= on:
            return self
        place = UnitParent(parent_id=parent.id, valid_from=on, valid_to=None)
        return replace(self, parents=(*self._places_before(on), place), version=self.version + 1)

    def closed(self, on: date, *, into: "Unit | None" = None) -> "Unit":
        """The unit as it is after its last day, the day before `on`."""
        self.require_open(on)
        if into is not None and into.kind is not self.kind:
            raise MergeOfKinds(kind=self.kind, other=into.kind)
        merged_into = into.id if into else None
        changes = {"parents": self._places_before(on), "closed_on": on, "merged_into": merged_into}
        return replace(self, **changes, version=self.version + 1)  # type: ignore[arg-type]  # of the fields named

    def must_keep(self, role: Role, on: date) -> bool:
        """Whether somebody has to hold the role while the unit is there: an admin, and at the root an operator."""
        is_there = self.closed_on is None or self.closed_on > on
        return is_there and (role is Role.ADMIN or (role is Role.OPERATOR and not self.parents))

    def renamed(self, on: date) -> "Unit":
        """The unit as told after a change of name."""
        self.require_open(on)
        return replace(self, version=self.version + 1)

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

    def _places_before(self, on: date) -> tuple[UnitParent, ...]:
        """The places with the last one ending on that day; Refused where one begins later."""
        if self.parents and self.parents[-1].valid_from > on:
            raise UnitChangedLater(code=self.code, on=self.parents[-1].valid_from)
        before = [place for place in self.parents if place.valid_from < on]
        return tuple(replace(place, valid_to=min(place.valid_to or on, on)) for place in before)


def require_place(kind: UnitKind, above: UnitKind) -> None:
    """Refused unless a unit of the kind may stand directly below one of that other kind."""
    if above not in BELOW[kind]:
        raise UnitBelowWrongKind(kind=kind, above=above)


def lasts_through(grant: StaffGrant, member: NewStaff, now: datetime) -> bool:
    """Whether a grant's time contains the whole time of an appointment."""
    begins = member.valid_from or now
    if grant.valid_to is None:
        return grant.valid_from <= begins
    return grant.valid_from <= begins and member.valid_to is not None and member.valid_to <= grant.valid_to


def require_term(member: NewStaff, now: datetime) -> None:
    """Refused unless an appointment ends after it begins, and an inspector's has a case and ends within 90 days."""
    begins = member.valid_from or now
    if member.valid_to is not None and member.valid_to <= max(begins, now):
        raise GrantEndsEarly
    if member.role is not Role.INSPECTOR:
        return
    if member.valid_to is None or not (member.case_no or "").strip():
        raise CaseMissing
    if member.valid_to - begins > LONGEST_CASE:
        raise CaseTooLong(days=LONGEST_CASE.days)
