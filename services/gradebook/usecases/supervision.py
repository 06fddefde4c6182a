"""Who may read a school's figures: its leaders, and the officers and inspectors of the units above it."""

from datetime import date
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor, Basis
from services.chassis.database import Tx
from services.chassis.errors import Forbidden
from services.gradebook.roles import ABOVE, LEADERS
from services.gradebook.usecases.views import basis_above


def leads(tx: Tx, actor: Actor, unit_id: UUID) -> bool:
    """Whether the person leads this very school."""
    return authority.holds(tx, actor, LEADERS, unit_id)


def require_reader(tx: Tx, actor: Actor, unit_id: UUID) -> Basis | None:
    """Forbidden for all but the unit's leaders, and those who supervise it from above: the grant that lets them."""
    if leads(tx, actor, unit_id):
        return None
    basis = basis_above(tx, actor, unit_id)
    if basis is None:
        raise Forbidden
    return basis


def require_reader_as_of(tx: Tx, actor: Actor, unit_id: UUID, on: date) -> None:
    """Likewise, in the tree of that day or of today: a unit that is gone is read by those who were above it."""
    if leads(tx, actor, unit_id) or basis_above(tx, actor, unit_id):
        return
    if not any(authority.holds(tx, actor, ABOVE, above) for above in authority.units_above(tx, unit_id, on)):
        raise Forbidden
