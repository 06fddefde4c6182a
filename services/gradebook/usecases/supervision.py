"""Who may read a school's figures: its leaders, and the officers and inspectors of the units above it."""

from datetime import date
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Forbidden
from services.contracts.identity import Role

LEADERS = (Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY)
SUPERVISORS = (Role.OFFICER, Role.INSPECTOR)


def leads(tx: Tx, actor: Actor, unit_id: UUID) -> bool:
    """Whether the person leads this very school."""
    return authority.holds(tx, actor, LEADERS, unit_id)


def require_reader(tx: Tx, actor: Actor, unit_id: UUID) -> None:
    """Forbidden for all but the unit's leaders and those who supervise it from above."""
    if not leads(tx, actor, unit_id):
        authority.require_cover(tx, actor, SUPERVISORS, unit_id)


def require_reader_as_of(tx: Tx, actor: Actor, unit_id: UUID, on: date) -> None:
    """Likewise, in the tree of that day or of today: a unit that is gone is read by those who were above it."""
    if leads(tx, actor, unit_id) or authority.covers(tx, actor, SUPERVISORS, unit_id):
        return
    if not any(authority.holds(tx, actor, SUPERVISORS, above) for above in authority.units_above(tx, unit_id, on)):
        raise Forbidden
