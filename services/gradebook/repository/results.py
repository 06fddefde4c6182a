"""Locks and results; a result is only ever followed by a newer version of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import bindparam, insert, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.codec import decode
from services.chassis.database import Tx
from services.contracts.gradebook.results import Period, PupilResult
from services.gradebook.judging.judged import Judged
from services.gradebook.models.results import document_states, locks, results

ResultsInForce = dict[tuple[Period, UUID], Judged]
"""The newest versions by (period, pupil)."""


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


def add_results(
    tx: Tx, school_year: int, period: Period, judged: Mapping[UUID, Sequence[Judged]], *, basis: str | None = None
) -> None:
    """Keep these results, given by class, as the newest versions."""
    given = {"school_year": school_year, "period": period, "basis": basis, "judged": judged}
    tx.conn.execute(_ADD_RESULTS, given)


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


def promotions(tx: Tx, school_year: int, class_ids: Collection[UUID]) -> dict[tuple[UUID | None, UUID], str]:
    """What the year in force decides, by class and pupil."""
    key = (results.c.class_id, results.c.pupil_id)
    mine = (results.c.school_year == school_year) & results.c.class_id.in_(list(class_ids))
    query = select(*key, results.c.result["promotion"].astext).distinct(*key).where(mine)
    newest = query.where(results.c.period == Period.YEAR).order_by(*key, results.c.version.desc())
    return {(class_id, pupil_id): promotion for class_id, pupil_id, promotion in tx.conn.execute(newest)}


def newest_results(tx: Tx, school_year: int, class_ids: Collection[UUID]) -> dict[UUID, ResultsInForce]:
    """The results in force by class."""
    of = results.c
    key = (of.class_id, of.period, of.pupil_id)
    query = select(*key, of.regulation, of.inputs_digest, of.result).distinct(*key)
    mine = query.where(of.school_year == school_year, of.class_id.in_(list(class_ids)))
    found: dict[UUID, ResultsInForce] = {class_id: {} for class_id in class_ids}
    for class_id, period, pupil_id, *rest in tx.conn.execute(mine.order_by(*key, of.version.desc())).all():
        regulation, inputs_digest, result = rest
        found[class_id][Period(period), pupil_id] = Judged(
            pupil_id=pupil_id, regulation=regulation, inputs_digest=inputs_digest, result=result
        )
    return found


def document_state(tx: Tx, school_year: int, pupil_id: UUID) -> str | None:
    """FROZEN, ISSUED or REVOKED, of the pupil's newest transcript; None before."""
    mine = (document_states.c.school_year == school_year) & (document_states.c.pupil_id == pupil_id)
    return tx.conn.execute(select(document_states.c.state).where(mine)).scalar()


def note_documents(tx: Tx, school_year: int, told: Sequence[tuple[UUID, int, str]]) -> None:
    """Keep (pupil, version, state); a later version wins, and of one version what comes later in its life."""
    columns = ("pupil_id", "version", "state")
    rows = [{"school_year": school_year, **dict(zip(columns, one, strict=True))} for one in sorted(told)]
    new = upsert(document_states)
    newer = tuple_(new.excluded.version, new.excluded.state)  # FROZEN, ISSUED, REVOKED: the alphabet's order
    later = tuple_(document_states.c.version, document_states.c.state) < newer
    values = {"version": new.excluded.version, "state": new.excluded.state}
    if rows:
        keys = ["school_year", "pupil_id"]
        tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=values, where=later), rows)


# Results of many classes go in one statement: several times faster than a statement a row.
_ADD_RESULTS = text("""
    INSERT INTO results (school_year, class_id, period, pupil_id, version, regulation, inputs_digest, result, basis)
    SELECT :school_year, CAST(c.id AS uuid), :period, one.pupil_id,
           1 + coalesce((
               SELECT max(r.version) FROM results r
               WHERE r.school_year = :school_year AND r.class_id = CAST(c.id AS uuid)
                   AND r.period = CAST(:period AS varchar) AND r.pupil_id = one.pupil_id
           ), 0),
           one.regulation, one.inputs_digest, one.result, :basis
    FROM jsonb_each(:judged) AS c (id, judged)
    CROSS JOIN LATERAL jsonb_to_recordset(c.judged)
        AS one (pupil_id uuid, regulation text, inputs_digest text, result jsonb)
""").bindparams(bindparam("judged", type_=JSONB))
