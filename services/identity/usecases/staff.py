"""Appointing staff: accounts with activation codes, grants, and who may give which role."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.chassis.authority import Actor, require
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_code, new_id
from services.chassis.service import Outside
from services.chassis.workbook import bounded
from services.contracts.identity import (
    AddStaff,
    FindStaff,
    FindStaffContacts,
    ImportStaff,
    NewStaff,
    ReissueActivation,
    Role,
    Staff,
    StaffContacts,
    StaffMember,
)
from services.identity.credentials import digest
from services.identity.domain import require_term
from services.identity.errors import AccountActive, AccountReachesFurther, PersonElsewhere
from services.identity.naming import composed, name_key
from services.identity.repository import accounts, grants, people
from services.identity.spreadsheets import StaffRow, read_staff
from services.identity.usecases.roles import give_grants, may_appoint, require_appointer

LEFT = ("chuyển đi", "nghỉ hưu", "thôi việc")
"""How the states begin of those who are in a staff list and at the school no more."""


def add_staff(tx: Tx, command: AddStaff, actor: Actor) -> Staff:
    """Appoint people; who is new gets an account and a one-time code, so that nobody else ever knows the password."""
    for member in command.members:
        require_term(member, tx.now())
    for role in {member.role for member in command.members}:
        require_appointer(tx, actor, command.unit_id, role)
    members = tuple(replace(composed(one), email=one.email.strip().lower()) for one in command.members)
    known = {code: row.id for code, row in people.find_codes(tx, "STAFF", [one.code for one in members]).items()}
    new = {member.code: member for member in members if member.code not in known}  # once, whatever their roles
    ids = known | {code: new_id() for code in new}
    _refuse_other_peoples_names(tx, members, ids)
    codes = _open_accounts(tx, list(new.values()), ids, command.unit_id)
    give_grants(tx, replace(command, members=members), ids)
    usernames = accounts.usernames_of(tx, ids.values())
    return Staff(members=tuple(_member(one, ids[one.code], usernames, codes) for one in members))


def read_staff_file(command: ImportStaff, outside: Outside) -> tuple[StaffRow, ...]:
    rows: tuple[StaffRow, ...] = outside.run(bounded, read_staff, outside.objects.get(command.file))
    return rows


def import_staff(tx: Tx, command: ImportStaff, actor: Actor, rows: tuple[StaffRow, ...]) -> Staff:
    """Appoint the teachers and clerks of a workbook who work there; its leaders are the department's to appoint."""
    roles = [(row, _role_of(row)) for row in rows]
    members = tuple(
        NewStaff(code=row.staff_code, name=row.full_name, email=row.email, role=role) for row, role in roles if role
    )
    return add_staff(tx, AddStaff(unit_id=command.unit_id, members=members), actor)


def reissue_activation(tx: Tx, command: ReissueActivation, actor: Actor) -> StaffMember:
    """A lost activation code is replaced, by who may give every role of the account; one in use is opened by nobody."""
    require_appointer(tx, actor, command.unit_id, Role.STAFF)
    held = [one for one in grants.staff_of(tx, command.unit_id, tx.now()) if one.person_id == command.person_id]
    if not held:
        raise NotFound(person_id=command.person_id)
    opened = grants.not_ended(tx, [command.person_id], tx.now())
    if not all(may_appoint(tx, actor, grant.unit_id, grant.role) for grant in opened):
        raise AccountReachesFurther
    code = new_code()
    if not accounts.replace_activation(tx, command.person_id, digest(code)):
        raise AccountActive
    return replace(held[0], activation_code=code)


def find_staff(tx: Tx, query: FindStaff, actor: Actor) -> Staff:
    require(tx, actor, tuple(Role), query.unit_id)
    return Staff(members=tuple(grants.staff_of(tx, query.unit_id, tx.now())))


def find_contacts(tx: Tx, query: FindStaffContacts, _actor: Actor) -> StaffContacts:
    return StaffContacts(contacts=tuple(grants.contacts_of(tx, query.person_ids, tx.now())))


def _refuse_other_peoples_names(tx: Tx, members: tuple[NewStaff, ...], ids: dict[str, UUID]) -> None:
    taken = accounts.taken_usernames(tx, [member.email for member in members])
    for member in members:
        if taken.setdefault(member.email, ids[member.code]) != ids[member.code]:
            raise PersonElsewhere(username=member.email, staff_code=member.code)


def _open_accounts(tx: Tx, members: list[NewStaff], ids: dict[str, UUID], unit_id: UUID) -> dict[str, str]:
    """People and accounts for the new ones; their activation codes by staff code, which nobody can read again."""
    codes = {member.code: new_code() for member in members}
    person: dict[str, Any] = {"kind": "STAFF", "unit_id": unit_id}
    people.insert_people(
        tx,
        [
            person | {"id": ids[m.code], "code": m.code, "name": m.name, "name_key": name_key(m.name), "email": m.email}
            for m in members
        ],
    )
    accounts.insert_accounts(
        tx,
        [
            {"id": new_id(), "person_id": ids[m.code], "username": m.email, "activation_hash": digest(codes[m.code])}
            for m in members
        ],
    )
    return codes


def _role_of(row: StaffRow) -> Role | None:
    """The role by the ministry's words for state and position; none for a leader and for who has left."""
    position = row.position.casefold()
    if "hiệu trưởng" in position or row.state.casefold().startswith(LEFT):
        return None
    return Role.CLERK if "văn thư" in position else Role.STAFF


def _member(member: NewStaff, person_id: UUID, usernames: dict[UUID, str], codes: dict[str, str]) -> StaffMember:
    return StaffMember(
        person_id=person_id,
        code=member.code,
        name=member.name,
        username=usernames[person_id],
        role=member.role,
        activation_code=codes.get(member.code),
    )
