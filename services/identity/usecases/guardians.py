"""Guardians' own accounts, and whose guardians they are."""

from uuid import UUID

from services.chassis.authority import Actor, covers, holds
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_code, new_id
from services.contracts.identity import Children, FindChildren, GuardianAccount, OpenGuardianAccount, Role
from services.identity.credentials import digest
from services.identity.errors import AccountActive, GuardianElsewhere, UsernameTaken
from services.identity.repository import accounts, guardians


def open_account(tx: Tx, command: OpenGuardianAccount, actor: Actor) -> GuardianAccount:
    """An account with a one-time code, or another code for one that nobody has used yet.

    Whoever has the code may enter as the guardian: so it is for those who answer for every school of the children.
    """
    schools = guardians.schools_of(tx, command.guardian_id, tx.now())
    mine = [_answers_for(tx, actor, unit_id) for unit_id in schools]
    if not any(mine):
        raise NotFound(guardian_id=command.guardian_id)
    if not all(mine):
        raise GuardianElsewhere
    code = new_code()
    known = accounts.usernames_of(tx, [command.guardian_id]).get(command.guardian_id)
    if known is None:
        known = _add_account(tx, command, code)
    elif not accounts.replace_activation(tx, command.guardian_id, digest(code)):
        raise AccountActive
    return GuardianAccount(guardian_id=command.guardian_id, username=known, activation_code=code)


def find_children(tx: Tx, _query: FindChildren, actor: Actor) -> Children:
    return Children(children=tuple(guardians.children_of(tx, actor.person_id, tx.now())))


def _answers_for(tx: Tx, actor: Actor, unit_id: UUID) -> bool:
    return holds(tx, actor, (Role.ADMIN,), unit_id) or covers(tx, actor, (Role.OPERATOR,), unit_id)


def _add_account(tx: Tx, command: OpenGuardianAccount, code: str) -> str:
    """The user name of the new account."""
    username = (command.username or guardians.address_of(tx, command.guardian_id)).strip().lower()
    if accounts.taken_usernames(tx, [username]):
        raise UsernameTaken(username=username)
    row = {"id": new_id(), "person_id": command.guardian_id, "username": username, "activation_hash": digest(code)}
    accounts.insert_accounts(tx, [row])
    return username
