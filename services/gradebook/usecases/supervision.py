"""Who may read a school's figures: its leaders, and the officers and inspectors of the units above it."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor, Basis
from services.chassis.database import Tx
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import Role, Viewed
from services.contracts.messages import Change

LEADERS = (Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY)
SUPERVISORS = (Role.OFFICER, Role.INSPECTOR)


def leads(tx: Tx, actor: Actor, unit_id: UUID) -> bool:
    """Whether the person leads this very school."""
    return authority.holds(tx, actor, LEADERS, unit_id)


def require_reader(tx: Tx, actor: Actor, unit_id: UUID) -> Basis | None:
    """Forbidden for all but the unit's leaders, and those who supervise it from above: the grant that lets them."""
    if leads(tx, actor, unit_id):
        return None
    basis = authority.find_basis(tx, actor, SUPERVISORS, unit_id)
    if basis is None:
        raise Forbidden
    return basis


def log_view(tx: Tx, actor: Actor, basis: Basis, *, unit_id: UUID, pupil_ids: Collection[UUID]) -> None:
    """Tell the access log that a supervisor saw what is known of these pupils' results."""
    tx.emit(
        RecordViewedV1(
            record_id=new_id(),
            change=Change.NEW,
            version=1,
            updated_at=tx.now(),
            account_id=actor.account_id,
            person_id=actor.person_id,
            grant_id=basis.grant_id,
            unit_id=unit_id,
            pupil_ids=tuple(pupil_ids),
            what=Viewed.RESULTS,
        )
    )


def require_reader_as_of(tx: Tx, actor: Actor, unit_id: UUID, on: date) -> None:
    """Likewise, in the tree of that day or of today: a unit that is gone is read by those who were above it."""
    if leads(tx, actor, unit_id) or authority.covers(tx, actor, SUPERVISORS, unit_id):
        return
    if not any(authority.holds(tx, actor, SUPERVISORS, above) for above in authority.units_above(tx, unit_id, on)):
        raise Forbidden
