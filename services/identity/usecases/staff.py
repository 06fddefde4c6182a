"""Appointing staff: accounts with activation codes, grants, and who may give which role."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.authority import Actor, require, require_cover
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_code, new_id
from services.chassis.service import Outside
from services.contracts.identity import (
    AddStaff,
    Change,
    FindStaff,
    GrantChangedV1,
    ImportStaff,
    NewStaff,
    ReissueActivation,
    Role,
    Staff,
    StaffMember,
)
from services.identity.credentials import digest
from services.identity.errors import AccountActive, CaseMissing, PersonElsewhere
from services.identity.repository import accounts, grants, people
from services.identity.spreadsheets import StaffRow, read_staff

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


def add_staff(tx: Tx, command: AddStaff, actor: Actor) -> Staff:
    """Appoint people; who is new gets an account and a one-time code, so that nobody else ever knows the password."""
    for role in {member.role for member in command.members}:
        _require_appointer(tx, actor, command.unit_id, role)
    if any(member.role is Role.INSPECTOR for member in command.members):
        raise CaseMissing
    members = tuple(replace(member, email=member.email.strip().lower()) for member in command.members)
    known = {code: row.id for code, row in people.find_codes(tx, "STAFF", [one.code for one in members]).items()}
    _refuse_other_peoples_names(tx, members, known)
    new = {member.code: member for member in members if member.code not in known}  # once, whatever their roles
    ids = known | {code: new_id() for code in new}
    codes = _open_accounts(tx, list(new.values()), ids, command.unit_id)
    _give_grants(tx, command, ids)
    return Staff(members=tuple(_member(member, ids[member.code], codes.get(member.code)) for member in members))


def read_staff_file(command: ImportStaff, outside: Outside) -> tuple[StaffRow, ...]:
    return read_staff(outside.objects.get(command.file))


def import_staff(tx: Tx, command: ImportStaff, actor: Actor, rows: tuple[StaffRow, ...]) -> Staff:
    """Appoint the teachers and clerks of a workbook; the principal in it is the department's to appoint."""
    roles = [(row, _role_of(row)) for row in rows]
    members = tuple(
        NewStaff(code=row.staff_code, name=row.full_name, email=row.email, role=role) for row, role in roles if role
    )
    return add_staff(tx, AddStaff(unit_id=command.unit_id, members=members), actor)


def reissue_activation(tx: Tx, command: ReissueActivation, actor: Actor) -> StaffMember:
    """A lost activation code is replaced, but an account in use is opened anew by nobody."""
    held = [one for one in grants.staff_of(tx, command.unit_id, tx.now()) if one.person_id == command.person_id]
    if not held:
        _require_appointer(tx, actor, command.unit_id, Role.STAFF)
        raise NotFound(person_id=command.person_id)
    for member in held:
        _require_appointer(tx, actor, command.unit_id, member.role)
    code = new_code()
    if not accounts.replace_activation(tx, command.person_id, digest(code)):
        raise AccountActive
    return replace(held[0], activation_code=code)


def find_staff(tx: Tx, query: FindStaff, actor: Actor) -> Staff:
    require(tx, actor, tuple(Role), query.unit_id)
    return Staff(members=tuple(grants.staff_of(tx, query.unit_id, tx.now())))


def give(tx: Tx, given: list[GrantChangedV1]) -> None:
    """Keep the grants and announce them."""
    names = ("version", "person_id", "role", "unit_id", "valid_from", "valid_to")
    grants.insert_grants(tx, [{"grant_id": g.record_id} | {name: getattr(g, name) for name in names} for g in given])
    tx.emit_all(given)


def new_grant(person_id: UUID, role: Role, unit_id: UUID, now: datetime) -> GrantChangedV1:
    """A grant that is valid from now on, without an end."""
    return GrantChangedV1(
        record_id=new_id(),
        change=Change.NEW,
        version=1,
        updated_at=now,
        person_id=person_id,
        role=role,
        unit_id=unit_id,
        valid_from=now,
        valid_to=None,
    )


def _require_appointer(tx: Tx, actor: Actor, unit_id: UUID, role: Role) -> None:
    if Role.ADMIN in APPOINTS[role] and _is_admin(tx, actor, unit_id):
        return
    require_cover(tx, actor, (Role.OPERATOR,), unit_id)


def _is_admin(tx: Tx, actor: Actor, unit_id: UUID) -> bool:
    return (actor.person_id, Role.ADMIN) in grants.roles_at(tx, unit_id, [actor.person_id], tx.now())


def _refuse_other_peoples_names(tx: Tx, members: tuple[NewStaff, ...], known: dict[str, UUID]) -> None:
    taken = accounts.taken_usernames(tx, [member.email for member in members])
    for member in members:
        if member.email in taken and taken[member.email] != known.get(member.code):
            raise PersonElsewhere(username=member.email, staff_code=member.code)


def _open_accounts(tx: Tx, members: list[NewStaff], ids: dict[str, UUID], unit_id: UUID) -> dict[str, str]:
    """People and accounts for the new ones; their activation codes by staff code, which nobody can read again."""
    codes = {member.code: new_code() for member in members}
    person: dict[str, Any] = {"kind": "STAFF", "unit_id": unit_id}
    people.insert_people(
        tx, [person | {"id": ids[m.code], "code": m.code, "name": m.name, "email": m.email} for m in members]
    )
    accounts.insert_accounts(
        tx,
        [
            {"id": new_id(), "person_id": ids[m.code], "username": m.email, "activation_hash": digest(codes[m.code])}
            for m in members
        ],
    )
    return codes


def _give_grants(tx: Tx, command: AddStaff, ids: dict[str, UUID]) -> None:
    """Grants that are not held yet, from now on, and the events that tell the other services."""
    held = grants.roles_at(tx, command.unit_id, ids.values(), tx.now())
    given = [
        new_grant(ids[member.code], member.role, command.unit_id, tx.now())
        for member in command.members
        if (ids[member.code], member.role) not in held
    ]
    give(tx, given)


def _role_of(row: StaffRow) -> Role | None:
    """The role by the ministry's words for a position: leaders are appointed by the department, not by a workbook."""
    position = row.position.casefold()
    if "hiệu trưởng" in position:
        return None
    return Role.CLERK if "văn thư" in position else Role.STAFF


def _member(member: NewStaff, person_id: UUID, activation_code: str | None) -> StaffMember:
    return StaffMember(
        person_id=person_id,
        code=member.code,
        name=member.name,
        username=member.email,
        role=member.role,
        activation_code=activation_code,
    )
