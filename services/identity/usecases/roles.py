"""Grants: who may give which role, from when to when, and who ends it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.chassis.authority import Actor, covers, holds, local_day
from services.chassis.database import Tx
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.contracts.identity import (
    AddStaff,
    Change,
    EndGrant,
    FindGrants,
    GrantChangedV1,
    NewStaff,
    Role,
    StaffGrant,
    StaffGrants,
)
from services.identity.domain import lasts_through
from services.identity.errors import GrantEnded, GrantEndsEarly, LastAdmin
from services.identity.repository import grants, units

APPOINTS = {
    Role.OPERATOR: (Role.OPERATOR,),
    Role.ADMIN: (Role.OPERATOR,),
    Role.PRINCIPAL: (Role.OPERATOR,),
    Role.DEPUTY: (Role.OPERATOR,),
    Role.OFFICER: (Role.OPERATOR,),
    Role.INSPECTOR: (Role.OPERATOR,),
    Role.CLERK: (Role.ADMIN, Role.OPERATOR),
    Role.STAFF: (Role.ADMIN, Role.OPERATOR),
}
"""Who may give a role: a school's own admin makes neither admins nor principals."""

SEES_GRANTS = (Role.OPERATOR, Role.INSPECTOR)
"""Who sees the grants of the units below, besides those who hold a role at the unit itself."""


def require_appointer(tx: Tx, actor: Actor, unit_id: UUID, role: Role) -> None:
    """Forbidden unless the person may give that role there."""
    if not may_appoint(tx, actor, unit_id, role):
        raise Forbidden


def may_appoint(tx: Tx, actor: Actor, unit_id: UUID, role: Role) -> bool:
    """Whether the person is one of those who give the role: an admin there, an operator there or above."""
    is_admin = Role.ADMIN in APPOINTS[role] and holds(tx, actor, (Role.ADMIN,), unit_id)
    return is_admin or covers(tx, actor, (Role.OPERATOR,), unit_id)


def give_grants(tx: Tx, command: AddStaff, ids: Mapping[str, UUID]) -> None:
    """Grants for times in which they are not held yet, and an inspector's for each case; told to the other services."""
    now = tx.now()
    held = [grant for grant in grants.not_ended(tx, ids.values(), now) if grant.unit_id == command.unit_id]

    def lacks(one: NewStaff) -> bool:
        own = [grant for grant in held if (grant.person_id, grant.role) == (ids[one.code], one.role)]
        return one.role is Role.INSPECTOR or not any(lasts_through(grant, one, now) for grant in own)

    wanted = [one for one in command.members if lacks(one)]
    given = [new_grant(one, ids[one.code], command.unit_id, now) for one in wanted]
    give(tx, given)
    cases = [
        {"grant_id": grant.record_id, "case_no": one.case_no}
        for one, grant in zip(wanted, given, strict=True)
        if one.role is Role.INSPECTOR
    ]
    grants.insert_cases(tx, cases)


def give(tx: Tx, given: list[GrantChangedV1]) -> None:
    """Keep the grants and announce them."""
    names = ("version", "person_id", "role", "unit_id", "valid_from", "valid_to")
    grants.insert_grants(tx, [{"grant_id": g.record_id} | {name: getattr(g, name) for name in names} for g in given])
    tx.emit_all(given)


def new_grant(member: NewStaff, person_id: UUID, unit_id: UUID, now: datetime) -> GrantChangedV1:
    """A grant for the time that the appointer says: from now on without an end, where nothing is said."""
    return GrantChangedV1(
        record_id=new_id(),
        change=Change.NEW,
        version=1,
        updated_at=now,
        person_id=person_id,
        role=member.role,
        unit_id=unit_id,
        valid_from=member.valid_from or now,
        valid_to=member.valid_to,
    )


def find_grants(tx: Tx, query: FindGrants, actor: Actor) -> StaffGrants:
    if not holds(tx, actor, tuple(Role), query.unit_id) and not covers(tx, actor, SEES_GRANTS, query.unit_id):
        raise Forbidden
    return StaffGrants(grants=tuple(grants.find_grants(tx, query.unit_id)))


def end_grant(tx: Tx, command: EndGrant, actor: Actor) -> StaffGrant:
    """A role ends now or then, by whoever may give it; a unit keeps an admin without an end."""
    grant = grants.get_grant(tx, command.grant_id)
    require_appointer(tx, actor, grant.unit_id, grant.role)
    ends = command.valid_to or max(tx.now(), grant.valid_from)
    _refuse_senseless_end(grant, ends, tx.now())
    _refuse_last_admin(tx, grant, ends)
    version = grants.end_grant(tx, grant.grant_id, ends)
    ended = replace(grant, valid_to=ends)
    tx.emit(_changed(ended, version=version, at=tx.now()))
    return ended


def _refuse_senseless_end(grant: StaffGrant, ends: datetime, now: datetime) -> None:
    if ends < max(now, grant.valid_from):
        raise GrantEndsEarly
    if grant.valid_to is not None and grant.valid_to <= ends:
        raise GrantEnded


def _refuse_last_admin(tx: Tx, grant: StaffGrant, ends: datetime) -> None:
    """One at a time for a unit, so that two admins who end each other do not both succeed."""
    unit = units.get_unit(tx, grant.unit_id)
    if unit.must_keep(grant.role, local_day(ends)) and not grants.is_held_by_another(tx, grant, ends):
        raise LastAdmin


def _changed(grant: StaffGrant, *, version: int, at: datetime) -> GrantChangedV1:
    return GrantChangedV1(
        record_id=grant.grant_id,
        change=Change.UPDATE,
        version=version,
        updated_at=at,
        person_id=grant.person_id,
        role=grant.role,
        unit_id=grant.unit_id,
        valid_from=grant.valid_from,
        valid_to=grant.valid_to,
    )
