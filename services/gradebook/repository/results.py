"""Locks and results; a result is only ever followed by a newer version of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.codec import decode
from services.chassis.database import Tx
from services.contracts.gradebook.results import Period, PupilResult
from services.gradebook.judging.judged import Judged
from services.gradebook.models.results import document_states, locks, results


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPeriod:
    """What is locked: a class's results of one period."""

    school_year: int
    class_id: UUID
    period: Period


def locked_periods(tx: Tx, school_year: int, class_id: UUID) -> set[Period]:
    mine = (locks.c.school_year == school_year) & (locks.c.class_id == class_id)
    return {Period(period) for period in tx.conn.scalars(select(locks.c.period).where(mine))}


def lock(tx: Tx, of: ClassPeriod, person_id: UUID) -> None:
    tx.conn.execute(insert(locks).values(asdict(of) | {"locked_by": person_id, "locked_at": tx.now()}))


def add_results(tx: Tx, of: ClassPeriod, judged: Sequence[Judged], *, basis: str | None = None) -> None:
    """Keep these results as the newest versions."""
    known = _versions(tx, of)
    rows = [
        asdict(of)
        | {
            "made_at": tx.now(),
            "basis": basis,
            "pupil_id": one.pupil_id,
            "version": known.get(one.pupil_id, 0) + 1,
            "regulation": one.regulation,
            "inputs_digest": one.inputs_digest,
            "result": one.result,
        }
        for one in judged
    ]
    if rows:
        tx.conn.execute(insert(results), rows)


def year_results(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, PupilResult]:
    """The newest year result of each pupil."""
    mine = (results.c.school_year == school_year) & (results.c.class_id == class_id) & (results.c.period == Period.YEAR)
    rows = tx.conn.execute(
        select(results.c.pupil_id, results.c.result, results.c.version).where(mine).order_by(results.c.version)
    )
    return {row.pupil_id: decode(PupilResult, row.result | {"version": row.version}) for row in rows}


def year_result_of(tx: Tx, school_year: int, class_id: UUID, pupil_id: UUID) -> PupilResult | None:
    """The newest year result of one pupil; None before the lock."""
    mine = (results.c.school_year == school_year) & (results.c.class_id == class_id) & (results.c.pupil_id == pupil_id)
    query = select(results.c.result, results.c.version).where(mine & (results.c.period == Period.YEAR))
    row = tx.conn.execute(query.order_by(results.c.version.desc()).limit(1)).first()
    return decode(PupilResult, row.result | {"version": row.version}) if row else None


def newest_results(tx: Tx, school_year: int, class_id: UUID) -> dict[tuple[Period, UUID], Judged]:
    """The results in force by (period, pupil)."""
    mine = (results.c.school_year == school_year) & (results.c.class_id == class_id)
    rows = tx.conn.execute(select(results).where(mine).order_by(results.c.version))
    names = ("pupil_id", "regulation", "inputs_digest", "result")
    return {(Period(row.period), row.pupil_id): Judged(**{n: getattr(row, n) for n in names}) for row in rows}


def document_state(tx: Tx, school_year: int, pupil_id: UUID) -> str | None:
    """ISSUED or REVOKED, as transcript told of the pupil's newest transcript; None before."""
    mine = (document_states.c.school_year == school_year) & (document_states.c.pupil_id == pupil_id)
    return tx.conn.execute(select(document_states.c.state).where(mine)).scalar()


def note_document(tx: Tx, row: Mapping[str, Any]) -> None:
    """Keep what transcript told; a later version wins, and of one version its revocation."""
    new = upsert(document_states).values(dict(row))
    told = tuple_(new.excluded.version, new.excluded.state)  # ISSUED comes before REVOKED
    later = tuple_(document_states.c.version, document_states.c.state) < told
    keys = ["school_year", "pupil_id"]
    tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=dict(row), where=later))


def _versions(tx: Tx, of: ClassPeriod) -> dict[UUID, int]:
    mine = [results.c[name] == value for name, value in asdict(of).items()]
    newest = select(results.c.pupil_id, func.max(results.c.version)).where(*mine).group_by(results.c.pupil_id)
    return {row[0]: row[1] for row in tx.conn.execute(newest)}
