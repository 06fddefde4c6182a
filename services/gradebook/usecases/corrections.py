"""Corrections of marks that are closed: one asks, the homeroom teacher verifies, the principal approves."""

from dataclasses import replace
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, Invalid, NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.corrections import (
    Corrections,
    CorrectionState,
    CorrectionV1,
    DecideCorrection,
    FindCorrections,
    RequestCorrection,
    VerifyCorrection,
)
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import CellEntry, ColumnV1, SheetHead
from services.contracts.identity import Role
from services.gradebook import domain
from services.gradebook.domain import Cell, OpenSheet, Write
from services.gradebook.errors.results import (
    CorrectionUnderWay,
    NothingToCorrect,
    SamePerson,
    StillOpen,
    TranscriptFrozen,
    TranscriptIssued,
    WrongStep,
)
from services.gradebook.repository import corrections, enrolment, marks, results, sheets
from services.gradebook.repository.marks import Writer
from services.gradebook.roles import ANYONE_AT_SCHOOL, APPROVERS, LEADERS
from services.gradebook.usecases import guards
from services.gradebook.usecases.evidence import require_kept
from services.gradebook.usecases.results import judge_again
from services.gradebook.windows import for_column, is_open

AS_ASKED = ("school_year", "sheet_id", "column_id", "pupil_id", "reason", "evidence")
ENOUGH = 3  # people: with so many at the school, a correction goes through three different hands


def request_correction(tx: Tx, command: RequestCorrection, actor: Actor) -> CorrectionV1:
    """Ask for a closed cell to be changed, with the reason and the scanned minutes; nothing changes yet."""
    sheet = guards.hold_sheet(tx, command.school_year, command.sheet_id)
    column = _column(sheet.head, command.column_id)
    guards.require_writer(tx, sheet.head, [column], actor)
    _check_grounds(tx, command, sheet.head, column)
    entry, cell = _checked(tx, sheet, column, command)
    if corrections.is_under_way(tx, command.school_year, command.sheet_id, command.column_id, command.pupil_id):
        raise CorrectionUnderWay
    asked = CorrectionV1(
        id=new_id(),
        **{name: getattr(command, name) for name in AS_ASKED},
        unit_id=sheet.head.unit_id,
        old_state=cell.state,
        old_value=cell.value,
        new_state=entry.state,
        new_value=entry.value,
        state=CorrectionState.REQUESTED,
        requested_by=actor.person_id,
        requested_at=tx.now(),
    )
    corrections.insert_correction(tx, asked, base_version=cell.version)
    return asked


def verify_correction(tx: Tx, command: VerifyCorrection, actor: Actor) -> CorrectionV1:
    """The homeroom teacher vouches for the request; where that is who asked, an admin of the school does."""
    found, _ = _hold(tx, command.school_year, command.correction_id, actor)
    of_class = _class_of(tx, found)
    _require_verifier(tx, found, of_class, actor)
    _require_step(found, CorrectionState.REQUESTED)
    verified = replace(found, state=CorrectionState.VERIFIED, verified_by=actor.person_id, verified_at=tx.now())
    corrections.save_step(tx, verified)
    return verified


def decide_correction(tx: Tx, command: DecideCorrection, actor: Actor) -> CorrectionV1:
    """The principal or a deputy approves what was verified, and the cell changes at once; or refuses, saying why."""
    found, base_version = _hold(tx, command.school_year, command.correction_id, actor)
    authority.require(tx, actor, APPROVERS, found.unit_id)
    decided = replace(found, decided_by=actor.person_id, decided_at=tx.now())
    if not command.is_approved:
        return _refuse(tx, decided, command.refusal)
    _require_step(found, CorrectionState.VERIFIED)
    _require_third(tx, found, actor)
    sheets.hold_class(tx, found.school_year, _class_of(tx, found).id)  # all that decides the results made again
    _apply(tx, found, base_version, actor)
    applied = replace(decided, state=CorrectionState.APPLIED)
    corrections.save_step(tx, applied)
    _judge_again(tx, applied)
    return applied


def find_corrections(tx: Tx, query: FindCorrections, actor: Actor) -> Corrections:
    """All of the school for its leaders and admins; for others those that they had or have a part in."""
    authority.require(tx, actor, ANYONE_AT_SCHOOL, query.unit_id)
    found = corrections.corrections_of_unit(tx, query.school_year, query.unit_id)
    if not authority.holds(tx, actor, LEADERS, query.unit_id):
        found = [one for one in found if actor.person_id in _parts(tx, one)]
    return Corrections(corrections=tuple(found))


def refuse_sealed(tx: Tx, school_year: int, pupil_id: UUID) -> None:
    """TranscriptIssued or TranscriptFrozen where a document already rests on the pupil's results.

    Who is about to change them holds the class's sheets before asking.
    """
    state = results.document_state(tx, school_year, pupil_id)
    if state == "ISSUED":
        raise TranscriptIssued
    if state == "FROZEN":
        raise TranscriptFrozen


def _check_grounds(tx: Tx, command: RequestCorrection, head: SheetHead, column: ColumnV1) -> None:
    """There are a reason and its minutes, the column is closed, and no document rests on it."""
    if not command.reason.strip():
        raise Invalid(reason="a correction needs a reason")
    require_kept(tx, head.unit_id, command.evidence)
    _refuse_open(tx, head, column)
    refuse_sealed(tx, command.school_year, command.pupil_id)


def _column(head: SheetHead, column_id: UUID) -> ColumnV1:
    found = next((column for column in head.columns if column.id == column_id), None)
    if found is None:
        raise NotFound(column_id=column_id)
    return found


def _refuse_open(tx: Tx, head: SheetHead, column: ColumnV1) -> None:
    windows = for_column(guards.windows_over(tx, head), column.key)
    if any(is_open(window, tx.now()) for window in windows) and not guards.is_locked(tx, head):
        raise StillOpen


def _checked(tx: Tx, sheet: OpenSheet, column: ColumnV1, command: RequestCorrection) -> tuple[CellEntry, Cell]:
    """The new content in stored form, and the cell that it would change."""
    entry = CellEntry(pupil_id=command.pupil_id, state=command.state, value=command.value, version=command.version)
    return _write_of(tx, sheet, Write(column_id=column.id, entry=entry))


def _write_of(tx: Tx, sheet: OpenSheet, write: Write) -> tuple[CellEntry, Cell]:
    columns = {column.id: column for column in sheet.head.columns}
    good = domain.checked([write], columns, enrolment.roster_of(tx, sheet.head))
    current = marks.cells_of(tx, sheet.head.school_year, [sheet.head.id], [write.column_id])
    if not domain.changed(good, current):
        raise NothingToCorrect
    return good[0].entry, current.get(write.place, Cell())


def _hold(tx: Tx, school_year: int, correction_id: UUID, actor: Actor) -> tuple[CorrectionV1, int]:
    held = corrections.hold_correction(tx, school_year, correction_id)
    if held is None or not authority.holds(tx, actor, ANYONE_AT_SCHOOL, held[0].unit_id):
        raise NotFound(correction_id=correction_id)
    return held


def _class_of(tx: Tx, correction: CorrectionV1) -> ClassV1:
    sheet = guards.find_sheet(tx, correction.school_year, correction.sheet_id)
    return guards.get_class(tx, correction.school_year, sheet.head.class_id)


def _require_verifier(tx: Tx, correction: CorrectionV1, of_class: ClassV1, actor: Actor) -> None:
    if actor.person_id == correction.requested_by:
        raise SamePerson
    if correction.requested_by == of_class.homeroom_id:
        authority.require(tx, actor, (Role.ADMIN,), correction.unit_id)
    elif actor.person_id != of_class.homeroom_id:
        raise Forbidden


def _require_third(tx: Tx, correction: CorrectionV1, actor: Actor) -> None:
    """Who approves neither asked nor, where the school has three people, verified."""
    if actor.person_id == correction.requested_by:
        raise SamePerson
    if actor.person_id == correction.verified_by and authority.count_people(tx, correction.unit_id) >= ENOUGH:
        raise SamePerson


def _require_step(correction: CorrectionV1, *states: CorrectionState) -> None:
    if correction.state not in states:
        raise WrongStep(state=correction.state)


def _apply(tx: Tx, correction: CorrectionV1, base_version: int, actor: Actor) -> None:
    """A new row of the cell's history; refused where a document came to rest on it, or the cell moved on, meanwhile."""
    sheet = guards.hold_sheet(tx, correction.school_year, correction.sheet_id)
    refuse_sealed(tx, correction.school_year, correction.pupil_id)
    entry = CellEntry(
        pupil_id=correction.pupil_id,
        state=correction.new_state,
        value=correction.new_value,
        version=base_version,
    )
    write = Write(column_id=correction.column_id, entry=entry)
    _write_of(tx, sheet, write)
    marks.write_cells(tx, sheet, [write], Writer.of(actor, f"correction:{correction.id}"))


def _refuse(tx: Tx, decided: CorrectionV1, refusal: str | None) -> CorrectionV1:
    _require_step(decided, CorrectionState.REQUESTED, CorrectionState.VERIFIED)
    if not (refusal or "").strip():
        raise Invalid(reason="a refusal says why")
    refused = replace(decided, state=CorrectionState.REFUSED, refusal=refusal)
    corrections.save_step(tx, refused)
    return refused


def _judge_again(tx: Tx, applied: CorrectionV1) -> None:
    judge_again(tx, _class_of(tx, applied), [applied.pupil_id], basis=f"correction:{applied.id}")


def _parts(tx: Tx, correction: CorrectionV1) -> set[UUID | None]:
    homeroom = _class_of(tx, correction).homeroom_id
    return {correction.requested_by, correction.verified_by, correction.decided_by, homeroom}
