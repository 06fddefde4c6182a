"""Handing out copies and extracts: who may, what is printed, and the line of the register that stays of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import LOCAL_TIME, Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.gradebook.given import FindGivenYears, GivenYearV1
from services.contracts.transcript.copies import (
    Copies,
    CopyKind,
    CopyV1,
    FindCopies,
    HandOutClass,
    HandOutExtract,
    HandOutRecord,
    ReadCopy,
)
from services.transcript import repository, views
from services.transcript.canonical import from_canonical
from services.transcript.errors import CopyUnsaid, NothingIssued, NotPrintable
from services.transcript.freezing import LEADERS
from services.transcript.printing import Printout, print_out
from services.transcript.render import NotPrintableError
from services.transcript.repository import Kept

HandOut = HandOutRecord | HandOutExtract | HandOutClass
NOTE = "Bản in không có chữ ký số; sổ cấp bản sao số {id}, ngày {day}, cấp cho {recipient}"
LONGEST_RECIPIENT = 100  # letters that fit below every page


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What will be printed at which school; who asked for it may have it."""

    id: UUID
    kind: CopyKind
    unit_id: UUID
    kept: tuple[Kept, ...]
    ordered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """The printout is stored under its SHA-256."""

    order: Order
    file: str


def press_record(command: HandOutRecord, outside: Outside) -> Pressed:
    """Print what the school keeps of a pupil, and the earlier years that gradebook was given."""
    with outside.db.transaction() as tx:
        _require_leader(tx, outside.actor, command.unit_id)
        kept = repository.kept_of_pupil(tx, command.pupil_id, command.unit_id)
        order = _order(tx, CopyKind.RECORD, command.unit_id, kept)
    pupils = replace(outside, actor=None).ask(FindGivenYears(pupil_ids=(command.pupil_id,))).pupils
    ours = {one.school_year for one in kept}
    given = [year for one in pupils for year in reversed(one.years) if year.school_year not in ours]
    return _press(command, order, outside, given)


def press_extract(command: HandOutExtract, outside: Outside) -> Pressed:
    """Print one year of a pupil on one page."""
    with outside.db.transaction() as tx:
        _require_leader(tx, outside.actor, command.unit_id)
        kept = repository.kept_of_pupil(tx, command.pupil_id, command.unit_id)
        year = [one for one in kept if one.school_year == command.school_year]
        order = _order(tx, CopyKind.EXTRACT, command.unit_id, year)
    return _press(command, order, outside)


def press_class(command: HandOutClass, outside: Outside) -> Pressed:
    """Print all issued transcripts of a class."""
    with outside.db.transaction() as tx:
        unit_id = repository.find_unit_of_class(tx, command.school_year, command.class_id)
        if unit_id is None:
            raise NotFound(class_id=command.class_id)
        _require_leader(tx, outside.actor, unit_id)
        kept = repository.kept_of_class(tx, command.school_year, command.class_id)
        order = _order(tx, CopyKind.CLASS, unit_id, kept)
    return _press(command, order, outside)


def hand_out(tx: Tx, command: HandOut, actor: Actor, pressed: Pressed) -> CopyV1:
    """Write the line of the register; the access log is told, where the guardians see it."""
    order = pressed.order
    copy = CopyV1(
        id=order.id,
        kind=order.kind,
        unit_id=order.unit_id,
        pupil_ids=tuple(dict.fromkeys(one.pupil_id for one in order.kept)),
        codes=tuple(one.code for one in order.kept),
        recipient=command.recipient.strip(),
        reason=command.reason.strip(),
        handed_out_by=actor.person_id,
        handed_out_at=tx.now(),
        file=pressed.file,
    )
    repository.add_copy(tx, copy, actor.account_id)
    basis = authority.find_basis(tx, actor, LEADERS, copy.unit_id)
    views.tell(tx, actor, basis, record_id=copy.id, unit_id=copy.unit_id, pupil_ids=copy.pupil_ids)
    return copy


def find_copies(tx: Tx, query: FindCopies, actor: Actor) -> Copies:
    """The register of a school, for its leaders."""
    _require_leader(tx, actor, query.unit_id)
    return Copies(copies=tuple(repository.copies_of(tx, query.unit_id, query.pupil_id)))


def read_copy(tx: Tx, query: ReadCopy, actor: Actor) -> CopyV1:
    found = repository.find_copy(tx, query.copy_id)
    if found is None or not authority.holds(tx, actor, LEADERS, found.unit_id):
        raise NotFound(copy_id=query.copy_id)
    return found


def _require_leader(tx: Tx, actor: Actor | None, unit_id: UUID) -> None:
    if actor is None or not authority.holds(tx, actor, LEADERS, unit_id):
        raise NotFound(unit_id=unit_id)


def _order(tx: Tx, kind: CopyKind, unit_id: UUID, kept: Sequence[Kept]) -> Order:
    if not kept:
        raise NothingIssued
    return Order(id=new_id(), kind=kind, unit_id=unit_id, kept=tuple(kept), ordered_at=tx.now().replace(microsecond=0))


def _press(command: HandOut, order: Order, outside: Outside, given: Sequence[GivenYearV1] = ()) -> Pressed:
    recipient = command.recipient.strip()
    if not 0 < len(recipient) <= LONGEST_RECIPIENT or not command.reason.strip():
        raise CopyUnsaid
    day = order.ordered_at.astimezone(LOCAL_TIME).strftime("%d/%m/%Y")
    printout = Printout(
        kind=order.kind,
        note=NOTE.format(recipient=recipient, day=day, id=order.id),
        years=tuple(from_canonical(outside.objects.get(one.canonical)) for one in order.kept),
        given=tuple(given),
        printed_at=order.ordered_at,
    )
    try:
        pdf = outside.run(print_out, printout)
    except NotPrintableError as error:
        raise NotPrintable(why=str(error)) from error
    return Pressed(order=order, file=outside.objects.put(pdf))
