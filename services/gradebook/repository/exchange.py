"""What was sent to the national database, what it answered, and the results that stand behind it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text

from services.chassis.codec import encode, to_json
from services.chassis.database import Tx
from services.contracts.gradebook.exchange import ExchangedRecord, ExchangeHead, HubAnswer, HubError, RecordState
from services.contracts.gradebook.results import Period
from services.gradebook.exchanging import LockedResult
from services.gradebook.models.exchange import exchange_records, exchanges

HEAD = ("id", "school_year", "unit_id", "period", "file", "records", "parked", "exported_by", "exported_at")


NO_PERSONAL_ID = HubError(code="NO_PERSONAL_ID", words="Học sinh chưa có số định danh cá nhân.")


def results_in_force(tx: Tx, school_year: int, unit_id: UUID, period: Period) -> list[LockedResult]:
    """The newest version of each locked result of the unit's classes, by class and pupil."""
    given = {"school_year": school_year, "unit_id": unit_id, "period": period}
    return [
        LockedResult(school_year=school_year, period=period, **row._mapping)  # noqa: SLF001 - SQLAlchemy's own name
        for row in tx.conn.execute(_IN_FORCE, given)
    ]


def insert_exchange(tx: Tx, head: ExchangeHead, sent: Sequence[LockedResult], parked: Sequence[LockedResult]) -> None:
    tx.conn.execute(insert(exchanges).values({name: getattr(head, name) for name in HEAD}))
    place = {"school_year": head.school_year, "exchange_id": head.id}
    names = ("record_id", "class_id", "pupil_id", "version")
    states = {RecordState.SENT: (sent, ()), RecordState.PARKED: (parked, (NO_PERSONAL_ID,))}
    rows = [
        place | {"state": state, "errors": encode(errors)} | {name: getattr(one, name) for name in names}
        for state, (results, errors) in states.items()
        for one in results
    ]
    if rows:
        tx.conn.execute(insert(exchange_records), rows)


def find_head(tx: Tx, school_year: int, export_id: UUID) -> ExchangeHead | None:
    mine = (exchanges.c.school_year == school_year) & (exchanges.c.id == export_id)
    row = tx.conn.execute(select(exchanges).where(mine)).first()
    return _head(row) if row else None


def heads_of(tx: Tx, school_year: int, unit_id: UUID) -> list[ExchangeHead]:
    mine = (exchanges.c.school_year == school_year) & (exchanges.c.unit_id == unit_id)
    return [
        _head(row) for row in tx.conn.execute(select(exchanges).where(mine).order_by(exchanges.c.exported_at.desc()))
    ]


def records_of(tx: Tx, head: ExchangeHead) -> list[ExchangedRecord]:
    """Each record beside the newest version of its result."""
    given = {"school_year": head.school_year, "exchange_id": head.id, "period": head.period}
    return [_record(dict(row._mapping)) for row in tx.conn.execute(_RECORDS, given)]  # noqa: SLF001 - SQLAlchemy's own name


def note_answers(tx: Tx, head: ExchangeHead, answers: Sequence[HubAnswer]) -> int:
    """Keep the answers; gives how many records they met."""
    lists = {
        "record_ids": [one.record_id for one in answers],
        "states": [RecordState.REFUSED if one.errors else RecordState.ACCEPTED for one in answers],
        "errors": [_json(one.errors) for one in answers],
    }
    given = {"school_year": head.school_year, "exchange_id": head.id, "answered_at": tx.now()}
    return tx.conn.execute(_ANSWER, given | lists).rowcount


def _head(row: Row[Any]) -> ExchangeHead:
    return ExchangeHead(**{name: getattr(row, name) for name in HEAD} | {"period": Period(row.period)})


def _record(row: Mapping[str, Any]) -> ExchangedRecord:
    errors = tuple(HubError(**one) for one in row["errors"])
    return ExchangedRecord(**{**row, "state": RecordState(row["state"]), "errors": errors})


def _json(errors: Sequence[HubError]) -> str:
    return to_json(encode(errors)).decode()


_IN_FORCE = text("""
    SELECT DISTINCT ON (r.class_id, r.pupil_id)
           c.stage, r.class_id, r.pupil_id, e.code AS pupil_code, r.version, r.made_at, r.result
    FROM results r
    JOIN classes c ON c.school_year = r.school_year AND c.id = r.class_id
    JOIN enrolments e ON e.school_year = r.school_year AND e.class_id = r.class_id AND e.pupil_id = r.pupil_id
    WHERE r.school_year = :school_year AND c.unit_id = :unit_id AND r.period = :period
    ORDER BY r.class_id, r.pupil_id, r.version DESC, e.version DESC
""")
_RECORDS = text("""
    SELECT x.record_id, x.class_id, x.pupil_id, x.version, x.state, x.errors, x.answered_at,
           max(r.version) AS newest_version
    FROM exchange_records x
    JOIN results r ON r.school_year = x.school_year AND r.class_id = x.class_id AND r.pupil_id = x.pupil_id
                  AND r.period = :period
    WHERE x.school_year = :school_year AND x.exchange_id = :exchange_id
    GROUP BY x.school_year, x.exchange_id, x.record_id
    ORDER BY x.record_id
""")
_ANSWER = text("""
    UPDATE exchange_records x SET state = given.state, errors = given.errors, answered_at = :answered_at
    FROM unnest(CAST(:record_ids AS uuid[]), CAST(:states AS text[]), CAST(:errors AS jsonb[]))
         AS given (record_id, state, errors)
    WHERE x.school_year = :school_year AND x.exchange_id = :exchange_id AND x.record_id = given.record_id
      AND x.state <> 'PARKED'
""")
