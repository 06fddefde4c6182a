"""Conduct, locks and locked results."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.codec import decode, digest, encode
from services.chassis.database import Tx
from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import Period, PupilResult
from services.gradebook.models.results import locks, results
from services.gradebook.models.sheets import conduct


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pupil's result of a period, with what the rules were given for it."""

    pupil_id: UUID
    regulation: str
    inputs: Any
    result: Any


def write_conduct(
    tx: Tx, *, school_year: int, class_id: UUID, term: int, entries: Sequence[ConductEntry], person_id: UUID
) -> None:
    place = {
        "school_year": school_year,
        "class_id": class_id,
        "term": term,
        "person_id": person_id,
        "written_at": tx.now(),
    }
    rows = [
        place | {"pupil_id": e.pupil_id, "level": e.conduct, "absences": e.absences, "remark": e.remark}
        for e in entries
    ]
    new = upsert(conduct)
    changes = {name: new.excluded[name] for name in ("level", "absences", "remark", "person_id", "written_at")}
    keys = ["school_year", "class_id", "term", "pupil_id"]
    if rows:
        tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def conduct_of(tx: Tx, school_year: int, class_id: UUID) -> dict[tuple[int, UUID], ConductEntry]:
    """Conduct by (term, pupil)."""
    mine = (conduct.c.school_year == school_year) & (conduct.c.class_id == class_id)
    return {
        (row.term, row.pupil_id): ConductEntry(
            pupil_id=row.pupil_id, conduct=row.level, absences=row.absences, remark=row.remark
        )
        for row in tx.conn.execute(select(conduct).where(mine))
    }


def locked_periods(tx: Tx, school_year: int, class_id: UUID) -> set[Period]:
    mine = (locks.c.school_year == school_year) & (locks.c.class_id == class_id)
    return {Period(period) for period in tx.conn.scalars(select(locks.c.period).where(mine))}


def lock(
    tx: Tx, *, school_year: int, class_id: UUID, period: Period, person_id: UUID, judged: Sequence[Judged]
) -> None:
    """Lock the period with its results."""
    place = {"school_year": school_year, "class_id": class_id, "period": period}
    tx.conn.execute(insert(locks).values(place | {"locked_by": person_id, "locked_at": tx.now()}))
    rows = [
        place
        | {
            "pupil_id": one.pupil_id,
            "regulation": one.regulation,
            "inputs_digest": digest(encode(one.inputs)),
            "result": encode(one.result),
        }
        for one in judged
    ]
    if rows:
        tx.conn.execute(insert(results), rows)


def year_results(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, PupilResult]:
    mine = (results.c.school_year == school_year) & (results.c.class_id == class_id) & (results.c.period == Period.YEAR)
    rows = tx.conn.execute(select(results.c.pupil_id, results.c.result).where(mine))
    return {row.pupil_id: decode(PupilResult, row.result) for row in rows}
