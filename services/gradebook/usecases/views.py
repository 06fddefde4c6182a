"""Looks from above: what departments and inspectors read of a school's records; the access log is told of each."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis import authority
from services.chassis.authority import Actor, Basis
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.record import PupilRecord, PupilYear, ReadPupilRecord
from services.contracts.gradebook.views import RecordViewedV1
from services.contracts.identity import Viewed
from services.contracts.messages import Change
from services.gradebook.repository import enrolment, given, results, school
from services.gradebook.roles import ABOVE, LEADERS


def read_pupil_record(tx: Tx, query: ReadPupilRecord, actor: Actor) -> PupilRecord:
    """All years of a pupil, for who leads or watches over the school of the newest; for others there is none."""
    rows = [row for row in enrolment.enrolments_of(tx, query.pupil_id) if row.class_id]
    basis = _basis(tx, actor, rows[0].unit_id) if rows else None
    if basis is None:
        raise NotFound(pupil_id=query.pupil_id)
    tell(tx, actor, basis, unit_id=rows[0].unit_id, pupil_ids=[query.pupil_id], what=Viewed.RESULTS)
    earlier = given.given_years_of(tx, query.pupil_id).values()
    return PupilRecord(pupil_id=query.pupil_id, years=tuple(_year(tx, row) for row in rows), given=tuple(earlier))


def tell(tx: Tx, actor: Actor, basis: Basis, *, unit_id: UUID, pupil_ids: Collection[UUID], what: Viewed) -> None:
    """Have the look logged: who, whose records, under which grant."""
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
            what=what,
        )
    )


def basis_above(tx: Tx, actor: Actor, unit_id: UUID) -> Basis | None:
    """The grant under which an officer or inspector looks into a school; None for everybody else."""
    return authority.find_basis(tx, actor, ABOVE, unit_id)


def _basis(tx: Tx, actor: Actor, unit_id: UUID) -> Basis | None:
    if authority.holds(tx, actor, LEADERS, unit_id):
        return authority.find_basis(tx, actor, LEADERS, unit_id)
    return basis_above(tx, actor, unit_id)


def _year(tx: Tx, row: Row[Any]) -> PupilYear:
    of_class = school.get_class(tx, row.school_year, row.class_id)
    if of_class is None:
        raise NotFound(class_id=row.class_id)
    return PupilYear(
        school_year=row.school_year,
        unit_id=row.unit_id,
        class_id=row.class_id,
        class_name=of_class.name,
        stage=of_class.stage,
        grade=of_class.grade,
        result=results.year_result_of(tx, row.school_year, row.class_id, row.pupil_id),
    )
