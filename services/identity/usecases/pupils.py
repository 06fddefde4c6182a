"""Single pupils: looked up within one's scope, given a personal ID later, and where their health record is kept."""

import re
from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from services.chassis.authority import Actor, find_basis, holds, local_day, units_above
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, NotFound
from services.contracts.identity import (
    AddPersonalId,
    FindPupils,
    HealthLink,
    PersonV1,
    PupilFound,
    PupilsFound,
    ReadHealthLink,
    Role,
    SetHealthLink,
    Viewed,
)
from services.identity.errors import (
    LinkUnsafe,
    LookUpUnclear,
    PersonalIdKnown,
    PersonalIdMalformed,
    PersonalIdTaken,
    ReasonMissing,
)
from services.identity.naming import name_key
from services.identity.repository import people
from services.identity.usecases.accesses import Look, log_look

LOOK_UP = (Role.PRINCIPAL, Role.ADMIN, Role.OFFICER, Role.INSPECTOR)
LEAST_REASON = 5  # characters


def find_pupils(tx: Tx, query: FindPupils, actor: Actor) -> PupilsFound:
    """Pupils whose school is the unit or below it now; each look-up is logged with its reason, a vain one too."""
    basis = find_basis(tx, actor, LOOK_UP, query.unit_id)
    if basis is None:
        raise Forbidden
    if len(query.reason.strip()) < LEAST_REASON:
        raise ReasonMissing
    found = _in_scope(tx, _candidates(tx, query), query.unit_id)
    schools: dict[UUID | None, UUID] = {pupil.person_id: pupil.unit_id for pupil in found}
    look = Look(seen=schools or {None: query.unit_id}, what=Viewed.PERSON, reason=query.reason.strip())
    log_look(tx, actor, basis, look=look)
    return PupilsFound(pupils=tuple(found))


def add_personal_id(tx: Tx, command: AddPersonalId, actor: Actor) -> PersonV1:
    """The 12 digits of a pupil who had none, by an admin of the school; the same digits again change nothing."""
    pupil = _pupil_for(tx, actor, (Role.ADMIN,), command.pupil_id)
    told = {pupil.code: command.personal_id}
    require_digits(told)
    if pupil.personal_id is None:
        require_free(tx, told)
    if not people.set_personal_id(tx, pupil.id, command.personal_id):
        raise PersonalIdKnown
    return people.get_pupil(tx, pupil.id)[0]


def require_digits(told: Mapping[str, str]) -> None:
    """Invalid where a personal ID, by the pupil's code, is none."""
    wrong = sorted(code for code, personal_id in told.items() if not re.fullmatch("[0-9]{12}", personal_id))
    if wrong:
        raise PersonalIdMalformed(codes=", ".join(wrong))


def require_free(tx: Tx, told: Mapping[str, str]) -> None:
    """Refused where a personal ID, by the pupil's code, is another pupil's already or is told of two."""
    taken, times = people.taken_ids(tx, told.values()), Counter(told.values())
    doubled = sorted(code for code, personal_id in told.items() if personal_id in taken or times[personal_id] > 1)
    if doubled:
        raise PersonalIdTaken(codes=", ".join(doubled))


def set_health_link(tx: Tx, command: SetHealthLink, actor: Actor) -> HealthLink:
    pupil = _pupil_for(tx, actor, (Role.CLERK,), command.pupil_id)
    if command.url is not None and not command.url.startswith("https://"):
        raise LinkUnsafe
    people.set_health_link(tx, pupil.id, command.url)
    return HealthLink(pupil_id=pupil.id, url=command.url)


def read_health_link(tx: Tx, query: ReadHealthLink, actor: Actor) -> HealthLink:
    """Where the health record is, for the clerk and the principal of the pupil's school; logged."""
    pupil, school_id = people.get_pupil(tx, query.pupil_id)
    basis = find_basis(tx, actor, (Role.CLERK, Role.PRINCIPAL), school_id)
    if basis is None or basis.unit_id != school_id:
        raise NotFound(pupil_id=query.pupil_id)
    log_look(tx, actor, basis, look=Look(seen={pupil.id: school_id}, what=Viewed.HEALTH_LINK))
    return HealthLink(pupil_id=pupil.id, url=people.find_health_link(tx, pupil.id))


def _candidates(tx: Tx, query: FindPupils) -> list[PupilFound]:
    """Pupils by the one way that the query gives, wherever they are."""
    by_name = query.name is not None or query.born_on is not None
    if [query.code is not None, query.personal_id is not None, by_name].count(True) != 1:
        raise LookUpUnclear
    if not by_name:
        return people.find_pupils(tx, people.look_up(code=query.code, personal_id=query.personal_id))
    if query.name is None or query.born_on is None:
        raise LookUpUnclear
    return people.find_pupils(tx, people.look_up(key=name_key(query.name), born_on=query.born_on))


def _in_scope(tx: Tx, pupils: list[PupilFound], scope: UUID) -> list[PupilFound]:
    today = local_day(tx.now())
    inside = {unit for unit in {pupil.unit_id for pupil in pupils} if scope in units_above(tx, unit, today)}
    return [pupil for pupil in pupils if pupil.unit_id in inside]


def _pupil_for(tx: Tx, actor: Actor, roles: tuple[Role, ...], pupil_id: UUID) -> PersonV1:
    """The pupil; NotFound for who holds none of the roles at the pupil's school, as for a pupil who is not there."""
    pupil, school_id = people.get_pupil(tx, pupil_id)
    if not holds(tx, actor, roles, school_id):
        raise NotFound(pupil_id=pupil_id)
    return pupil
