"""How many at the schools of a unit can sign."""

from services.chassis import authority
from services.chassis.authority import Actor, local_day
from services.chassis.database import Tx
from services.contracts.identity import Role
from services.contracts.signing import CertificateCounts, CountCertificates
from services.signing import repository

READERS = (Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY, Role.OFFICER, Role.INSPECTOR)


def count_certificates(tx: Tx, query: CountCertificates, actor: Actor) -> CertificateCounts:
    """For a school's leaders, and for officers and inspectors of the unit or one above it."""
    authority.require_cover(tx, actor, READERS, query.unit_id)
    below = authority.units_below(tx, query.unit_id, local_day(tx.now()))
    teachers, certified = repository.count_certified(tx, [query.unit_id, *(one.unit_id for one in below)])
    return CertificateCounts(teachers=teachers, certified=certified)
