"""Exchange with the national education database: what leaves, what it answered, what has to be sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.codec import encode, to_json
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, NotFound, Unauthenticated
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.gradebook.exchange import (
    ExchangeHead,
    Exchanges,
    ExchangeV1,
    ExportResults,
    FindExchange,
    FindExchanges,
    RecordAnswers,
)
from services.contracts.identity import FindUnits
from services.gradebook.errors.files import UnknownRecords
from services.gradebook.errors.results import NotLocked
from services.gradebook.exchanging import LockedResult, national_record
from services.gradebook.repository import exchange
from services.gradebook.roles import LEADERS
from services.gradebook.usecases.people import lacking_personal_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The records as a stored file, the results that they are of, and those whose pupils lack a personal ID."""

    file: str
    results: Sequence[LockedResult]
    parked: Sequence[LockedResult]


def write_records(command: ExportResults, outside: Outside) -> Written:
    """One JSON object a line, each checked against the published schema; the same results give the same file.

    Pupils without a personal ID are left out until they have one: the national database would refuse them.
    """
    if outside.actor is None:
        raise Unauthenticated
    with outside.db.transaction() as tx:
        if not authority.holds(tx, outside.actor, LEADERS, command.unit_id):
            raise Forbidden
        results = exchange.results_in_force(tx, command.school_year, command.unit_id, command.period)
    if not results:
        raise NotLocked
    code = _school_code(command.unit_id, outside)
    lacking = lacking_personal_id([one.pupil_id for one in results], outside)
    sent = [one for one in results if one.pupil_id not in lacking]
    data: bytes = outside.run(_lines, sent, code)
    parked = [one for one in results if one.pupil_id in lacking]
    return Written(file=outside.objects.put(data), results=sent, parked=parked)


def export_results(tx: Tx, command: ExportResults, actor: Actor, written: Written) -> ExchangeHead:
    head = ExchangeHead(
        id=new_id(),
        school_year=command.school_year,
        unit_id=command.unit_id,
        period=command.period,
        file=written.file,
        records=len(written.results),
        parked=len(written.parked),
        exported_by=actor.person_id,
        exported_at=tx.now(),
    )
    exchange.insert_exchange(tx, head, written.results, written.parked)
    return head


def record_answers(tx: Tx, command: RecordAnswers, actor: Actor) -> ExchangeV1:
    """Every answer belongs to a record of the sending, or none is kept; a later answer replaces an earlier one."""
    head = _readable(tx, command.school_year, command.export_id, actor)
    met = exchange.note_answers(tx, head, command.answers)
    if met < len(command.answers):
        raise UnknownRecords(count=len(command.answers) - met)
    return ExchangeV1(head=head, records=tuple(exchange.records_of(tx, head)))


def find_exchange(tx: Tx, query: FindExchange, actor: Actor) -> ExchangeV1:
    head = _readable(tx, query.school_year, query.export_id, actor)
    return ExchangeV1(head=head, records=tuple(exchange.records_of(tx, head)))


def find_exchanges(tx: Tx, query: FindExchanges, actor: Actor) -> Exchanges:
    authority.require(tx, actor, LEADERS, query.unit_id)
    return Exchanges(exchanges=tuple(exchange.heads_of(tx, query.school_year, query.unit_id)))


def _readable(tx: Tx, school_year: int, export_id: UUID, actor: Actor) -> ExchangeHead:
    """The sending, for the leaders of the school; for others there is none."""
    head = exchange.find_head(tx, school_year, export_id)
    if head is None or not authority.holds(tx, actor, LEADERS, head.unit_id):
        raise NotFound(export_id=export_id)
    return head


def _school_code(unit_id: UUID, outside: Outside) -> str:
    units = outside.ask(FindUnits(unit_ids=(unit_id,))).units
    if not units:
        raise NotFound(unit_id=unit_id)
    return units[0].code


def _lines(results: Sequence[LockedResult], school_code: str) -> bytes:
    return b"".join(to_json(encode(national_record(one, school_code))) + b"\n" for one in results)
