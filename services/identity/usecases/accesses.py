"""The access log: who looked at whom, as other services tell and as identity sees itself; and who may read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.authority import Actor, Basis, holds, require
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.identity import Accesses, AccessV1, FindAccesses, Role, Viewed
from services.contracts.identity.accesses import RecordViewed
from services.identity.repository import accesses, people


def follow_views(tx: Tx, events: Sequence[RecordViewed]) -> None:
    """Keep what other services tell of views; role and case are those of the grant that let the person look."""
    bases = accesses.bases_of(tx, {event.grant_id for event in events if event.grant_id})
    accesses.insert_accesses(tx, [row for event in events for row in _rows_told(event, bases)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was looked at and why: each pupil with the school; for nobody (None), where they were looked for."""

    seen: Mapping[UUID | None, UUID]
    what: Viewed
    reason: str | None = None


def log_look(tx: Tx, actor: Actor, basis: Basis, *, look: Look) -> None:
    """Keep who looked, under which grant and for which case."""
    line = {
        "at": tx.now(),
        "account_id": actor.account_id,
        "person_id": actor.person_id,
        "role": basis.role,
        "what": look.what,
        "reason": look.reason,
        "case_no": accesses.bases_of(tx, [basis.grant_id])[basis.grant_id].case_no,
    }
    seen = [{"pupil_id": pupil_id, "unit_id": unit_id} for pupil_id, unit_id in look.seen.items()]
    accesses.insert_accesses(tx, [line | one for one in seen])


def find_accesses(tx: Tx, query: FindAccesses, actor: Actor) -> Accesses:
    """Looks at a pupil for the principal and the guardians, at a unit for its principal, one's own for everybody."""
    return Accesses(accesses=tuple(_found(tx, query, actor)))


def _found(tx: Tx, query: FindAccesses, actor: Actor) -> list[AccessV1]:
    if query.pupil_id is not None:
        _require_close(tx, actor, query.pupil_id)
        return accesses.of_pupil(tx, query.pupil_id, query.since, query.until)
    if query.unit_id is not None:
        require(tx, actor, (Role.PRINCIPAL,), query.unit_id)
        return accesses.of_unit(tx, query.unit_id, query.since, query.until)
    return accesses.by_person(tx, actor.person_id, query.since, query.until)


def _require_close(tx: Tx, actor: Actor, pupil_id: UUID) -> None:
    """NotFound unless the person is principal of the pupil's school or a guardian now."""
    _, school_id = people.get_pupil(tx, pupil_id)
    if people.is_guardian(tx, actor.person_id, pupil_id, tx.now()):
        return
    if not holds(tx, actor, (Role.PRINCIPAL,), school_id):
        raise NotFound(pupil_id=pupil_id)


def _rows_told(event: RecordViewed, bases: dict[UUID, Any]) -> list[dict[str, Any]]:
    basis = bases.get(event.grant_id) if event.grant_id else None
    look = {
        "at": event.updated_at,
        "account_id": event.account_id,
        "person_id": event.person_id,
        "role": basis.role if basis else None,
        "unit_id": event.unit_id,
        "what": event.what,
        "reason": None,
        "case_no": basis.case_no if basis else None,
    }
    return [look | {"pupil_id": pupil_id} for pupil_id in event.pupil_ids]
