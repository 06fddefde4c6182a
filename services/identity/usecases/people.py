"""Pupils and guardians: who they are, and who may be told."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.chassis.authority import Actor, require
from services.chassis.database import Tx
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import PupilMovedV1
from services.contracts.identity import (
    AddGuardians,
    FindGuardians,
    FindPeople,
    GuardianContacts,
    GuardianRef,
    GuardiansAdded,
    Me,
    NewGuardian,
    NewPupil,
    People,
    PupilDoubt,
    PupilRef,
    PupilsRegistered,
    ReadMe,
    RegisterPupils,
    Role,
)
from services.identity.errors import PupilElsewhere, PupilTwice, PupilUnknown
from services.identity.naming import composed, name_key
from services.identity.personal_ids import doubts_about
from services.identity.repository import grants, people
from services.identity.repository.guardians import known_at
from services.identity.usecases.pupils import require_digits, require_free


def read_me(tx: Tx, _query: ReadMe, actor: Actor) -> Me:
    person = people.find_people(tx, [actor.person_id], None)[0]
    return Me(person_id=person.id, name=person.name, grants=tuple(grants.grants_of(tx, person.id, tx.now())))


def register_pupils(tx: Tx, command: RegisterPupils, actor: Actor) -> PupilsRegistered:
    """The school's pupils by code: those known are found, the others registered."""
    require(tx, actor, (Role.ADMIN,), command.unit_id)
    pupils = [composed(pupil) for pupil in command.pupils]
    _refuse_twice(pupils)
    known = people.find_codes(tx, "PUPIL", [pupil.code for pupil in pupils])
    elsewhere = sorted(code for code, row in known.items() if row.unit_id != command.unit_id)
    if elsewhere:
        raise PupilElsewhere(codes=", ".join(elsewhere))
    new = [pupil for pupil in pupils if pupil.code not in known]
    told = {pupil.code: pupil.personal_id for pupil in new if pupil.personal_id}
    require_digits(told)
    require_free(tx, told)
    rows = [_pupil_row(pupil, command.unit_id) for pupil in new]
    people.insert_people(tx, rows)
    ids = {code: row.id for code, row in known.items()} | {row["code"]: row["id"] for row in rows}
    return PupilsRegistered(
        pupils=tuple(PupilRef(code=pupil.code, person_id=ids[pupil.code]) for pupil in pupils),
        doubts=tuple(PupilDoubt(code=one.code, doubt=doubt) for one in pupils for doubt in doubts_about(one)),
    )


def add_guardians(tx: Tx, command: AddGuardians, actor: Actor) -> GuardiansAdded:
    """Guardians of the school's pupils; one known there by name and address is not added again."""
    require(tx, actor, (Role.ADMIN,), command.unit_id)
    guardians = [composed(one) for one in command.guardians]
    pupil_ids = _pupils_of_school(tx, command.unit_id, {one.pupil_code for one in guardians})
    ties = [(pupil_ids[one.pupil_code], one.name, one.email) for one in guardians]
    contacts = people.guardians_of(tx, list(pupil_ids.values()), tx.now())
    known = {(one.pupil_id, one.name, one.email): one.guardian_id for one in contacts}
    new = {tie: one for tie, one in zip(ties, guardians, strict=True) if tie not in known}
    at_school = known_at(tx, command.unit_id, tx.now())
    newcomers = {(one.name, one.email): one for one in new.values() if (one.name, one.email) not in at_school}
    persons = at_school | {named: new_id() for named in newcomers}
    people.insert_people(tx, [_guardian_row(one, persons[named]) for named, one in newcomers.items()])
    ids = known | {tie: persons[tie[1:]] for tie in new}
    people.insert_guardianships(
        tx, [{"pupil_id": tie[0], "guardian_id": ids[tie], "relation": one.relation} for tie, one in new.items()]
    )
    refs = (
        GuardianRef(pupil_code=one.pupil_code, guardian_id=ids[tie]) for tie, one in zip(ties, guardians, strict=True)
    )
    return GuardiansAdded(guardians=tuple(refs))


def find_people(tx: Tx, query: FindPeople, actor: Actor) -> People:
    """People by id: services are told of all, a person only of those of the units where a grant of theirs is valid."""
    if actor.system:
        return People(people=tuple(people.find_people(tx, query.person_ids, None)))
    mine = {grant.unit_id for grant in grants.grants_of(tx, actor.person_id, tx.now())}
    return People(people=tuple(people.find_people(tx, query.person_ids, mine)))


def find_guardians(tx: Tx, query: FindGuardians, _actor: Actor) -> GuardianContacts:
    return GuardianContacts(contacts=tuple(people.guardians_of(tx, query.pupil_ids, tx.now())))


def follow_moves(tx: Tx, events: list[PupilMovedV1]) -> None:
    """A pupil belongs to the unit of the newest move that we were told of."""
    for event in events:
        people.move_person(tx, event.record_id, event.to_unit_id, event.version)


def _refuse_twice(pupils: Iterable[NewPupil]) -> None:
    twice = sorted(code for code, times in Counter(pupil.code for pupil in pupils).items() if times > 1)
    if twice:
        raise PupilTwice(codes=", ".join(twice))


def _pupils_of_school(tx: Tx, unit_id: UUID, codes: set[str]) -> dict[str, UUID]:
    """The pupils by code; Refused where one is no pupil of the school."""
    found = people.find_codes(tx, "PUPIL", codes)
    ids = {code: row.id for code, row in found.items() if row.unit_id == unit_id}
    unknown = sorted(codes - ids.keys())
    if unknown:
        raise PupilUnknown(codes=", ".join(unknown))
    return ids


def _pupil_row(pupil: NewPupil, unit_id: UUID) -> dict[str, Any]:
    told = ("code", "name", "born_on", "gender", "ethnicity", "personal_id", "nationality", "passport", "programme")
    row = {"id": new_id(), "kind": "PUPIL", "unit_id": unit_id, "name_key": name_key(pupil.name)}
    return row | {field: getattr(pupil, field) for field in told}


def _guardian_row(guardian: NewGuardian, guardian_id: UUID) -> dict[str, Any]:
    return {
        "id": guardian_id,
        "kind": "GUARDIAN",
        "code": str(guardian_id),
        "email": guardian.email,
        "name": guardian.name,
        "name_key": name_key(guardian.name),
    }
