"""What pupils bring and choose: marks of an earlier school, electives, exemptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.contracts.gradebook.enrolment import (
    ChoicesKept,
    ChooseSubjects,
    EarlierMarksKept,
    EnterEarlierMarks,
    Exemption,
    ExemptPupil,
)
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.sheets import CellEntry, CellState, ColumnV1, SheetHead
from services.contracts.identity import Role
from services.gradebook import domain
from services.gradebook.domain import Cell, Place, Write
from services.gradebook.errors.school import ChoicesJudged, MarksStand, NotExempt
from services.gradebook.repository import conduct, enrolment, marks, results, school, sheets
from services.gradebook.repository.marks import Writer
from services.gradebook.usecases import guards
from services.gradebook.usecases.evidence import require_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column with the sheet that it stands in."""

    head: SheetHead
    column: ColumnV1


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A pupil who came into a class in the course of a year, placed there by an admin."""

    school_year: int
    pupil_id: UUID
    class_id: UUID
    placed_by: Actor


def carry_marks(tx: Tx, arrival: Arrival) -> int:
    """Write into the new class's sheets what the pupil's sheets of this year hold elsewhere; gives how many cells.

    A cell carried stays attributed: its history names the sheet that it comes from, where its teacher is on record.
    What the new class's sheets have no column for stays where it is. Conduct of an earlier term comes along.
    """
    attended = enrolment.classes_attended(tx, arrival.school_year, arrival.pupil_id)
    guards.require_unlocked(tx, arrival.school_year, arrival.class_id, Period.YEAR)
    written = 0
    for earlier in attended:
        if earlier != arrival.class_id:
            written += _carry_from(tx, arrival, earlier)
            _carry_conduct(tx, arrival, earlier)
    return written


def enter_earlier_marks(tx: Tx, command: EnterEarlierMarks, actor: Actor) -> EarlierMarksKept:
    """What a school outside of the platform certified of a newcomer, written by an admin on that evidence.

    It fills cells that are empty: an admin alone changes no mark that stands.
    """
    row = enrolment.active_enrolments(tx, [command.pupil_id]).get(command.pupil_id)
    if row is None or row.school_year != command.school_year or row.class_id is None:
        raise NotFound(pupil_id=command.pupil_id)
    authority.require(tx, actor, (Role.ADMIN,), row.unit_id)
    sheets.hold_class(tx, command.school_year, row.class_id)
    guards.require_unlocked(tx, command.school_year, row.class_id, Period.YEAR)
    if not command.from_school.strip():
        raise Invalid(reason="the marks name the school that certified them")
    require_kept(tx, row.unit_id, command.evidence)
    places = _places(sheets.sheets_of_classes(tx, command.school_year, [row.class_id]))
    wanted = [((one.subject, one.term, one.key), one.value) for one in command.marks]
    unknown = sorted("/".join(map(str, place)) for place, _ in wanted if place not in places)
    if unknown:
        raise Invalid(reason=f"the class has no column {', '.join(unknown)}")
    cells = [(places[place], Cell(state=CellState.VALUE, value=value)) for place, value in wanted]
    basis = f"school:{command.from_school}:{command.evidence}"
    return EarlierMarksKept(written=_write_all(tx, command.pupil_id, cells, Writer.of(actor, basis)))


def choose_subjects(tx: Tx, command: ChooseSubjects, actor: Actor) -> ChoicesKept:
    """Electives and clusters of the school's pupils, each a subject that the plan of their grade offers.

    They are kept for the year: results that are locked count the subjects chosen before.
    """
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    active = enrolment.active_enrolments(tx, [pupil.pupil_id for pupil in command.pupils])
    for pupil in command.pupils:
        row = active.get(pupil.pupil_id)
        if row is None or (row.school_year, row.unit_id) != (command.school_year, command.unit_id):
            raise NotFound(pupil_id=pupil.pupil_id)
    _refuse_not_offered(tx, command)
    _refuse_judged(tx, command, active)
    enrolment.keep_choices(tx, command.school_year, command.pupils)
    return ChoicesKept(pupils=len(command.pupils))


def exempt_pupil(tx: Tx, command: ExemptPupil, actor: Actor) -> Exemption:
    """The subject leaves the pupil's results (TT22/2021 Art. 11): every cell of it becomes exempt, marks included."""
    row = enrolment.active_enrolments(tx, [command.pupil_id]).get(command.pupil_id)
    if row is None or row.school_year != command.school_year or row.class_id is None:
        raise NotFound(pupil_id=command.pupil_id)
    authority.require(tx, actor, (Role.PRINCIPAL,), row.unit_id)
    heads = sheets.sheets_of_classes(tx, command.school_year, [row.class_id])
    mine = [head for head in heads if head.subject == command.subject]
    if not mine or not command.decision.strip():
        raise NotExempt
    sheets.hold_class(tx, command.school_year, row.class_id)
    for head in mine:
        guards.require_unlocked(tx, command.school_year, row.class_id, guards.TERM_PERIOD[head.term])
    exemption = Exemption(
        pupil_id=command.pupil_id, subject=command.subject, decision=command.decision, decided_on=command.decided_on
    )
    enrolment.keep_exemption(tx, command.school_year, exemption, recorded_by=actor.person_id)
    exempt = Cell(state=CellState.EXEMPT)
    cells = [(Column(head=head, column=column), exempt) for head in mine for column in head.columns]
    _write_all(tx, command.pupil_id, cells, Writer.of(actor, f"exemption:{command.decision}"), replaces=True)
    return exemption


def _refuse_not_offered(tx: Tx, command: ChooseSubjects) -> None:
    plan = school.plan_of(tx, command.school_year, command.unit_id)
    offered = {code: row.has_cluster for (_, _, code), row in plan.items()}
    for choice in (choice for pupil in command.pupils for choice in pupil.choices):
        if choice.has_cluster > offered.get(choice.subject, -1):
            raise Invalid(reason=f"the school's plan does not offer {choice.subject} in this way")


def _refuse_judged(tx: Tx, command: ChooseSubjects, active: Mapping[UUID, Row[Any]]) -> None:
    """ChoicesJudged for pupils whose class has locked results of theirs, where they would get other subjects."""
    known = enrolment.choices_of(tx, command.school_year, list(active))
    new = {pupil.pupil_id: {one.subject: one.has_cluster for one in pupil.choices} for pupil in command.pupils}
    changed = [active[pupil_id] for pupil_id, chosen in new.items() if chosen != known.get(pupil_id, {})]
    class_ids = {row.class_id for row in changed if row.class_id}
    sheets.hold(tx, command.school_year, terms={(one, term) for one in class_ids for term in (1, 2)})
    in_force = results.newest_results(tx, command.school_year, class_ids)
    judged = {pupil_id for of_class in in_force.values() for _, pupil_id in of_class}
    if codes := sorted(row.code for row in changed if row.pupil_id in judged):
        raise ChoicesJudged(codes=", ".join(codes))


def _carry_from(tx: Tx, arrival: Arrival, old_class: UUID) -> int:
    year, pupil_id = arrival.school_year, arrival.pupil_id
    before, after = (sheets.sheets_of_classes(tx, year, [one]) for one in (old_class, arrival.class_id))
    places = _places(after)
    known = marks.cells_of(tx, year, [head.id for head in (*before, *after)])
    written = 0
    for head in before:
        cells = [
            (places[place], cell)
            for column in head.columns
            if (place := (head.subject, head.term, column.key)) in places
            and (cell := known.get((column.id, pupil_id), Cell())).state is not CellState.EMPTY
            and known.get((places[place].column.id, pupil_id), Cell()).state is CellState.EMPTY
        ]
        written += _write_all(tx, pupil_id, cells, Writer.of(arrival.placed_by, f"sheet:{head.id}"))
    return written


def _carry_conduct(tx: Tx, arrival: Arrival, old_class: UUID) -> None:
    """Conduct of a term that the new class has not judged yet; absences are the pupil's and come along with it."""
    there, here = (conduct.conduct_of(tx, arrival.school_year, one) for one in (old_class, arrival.class_id))
    for (term, of), entry in there.items():
        if of == arrival.pupil_id and (term, of) not in here:
            conduct.write_conduct(
                tx,
                school_year=arrival.school_year,
                class_id=arrival.class_id,
                term=term,
                entries=[replace(entry, version=0)],
                person_id=arrival.placed_by.person_id,
            )


def _places(heads: Sequence[SheetHead]) -> Mapping[tuple[str, int, str], Column]:
    return {
        (head.subject, head.term, column.key): Column(head=head, column=column)
        for head in heads
        for column in head.columns
    }


def _write_all(
    tx: Tx, pupil_id: UUID, cells: Sequence[tuple[Column, Cell]], by: Writer, *, replaces: bool = False
) -> int:
    """Write one pupil's cells into their sheets, each held; a cell that is there already and says the same stays.

    MarksStand where one says something else, unless that is to be replaced.
    """
    written = 0
    for sheet_id in sorted({place.head.id for place, _ in cells}):
        mine = [(place, cell) for place, cell in cells if place.head.id == sheet_id]
        sheet = guards.hold_sheet(tx, mine[0][0].head.school_year, sheet_id)
        current = marks.cells_of(tx, sheet.head.school_year, [sheet_id])
        writes = [
            Write(
                column_id=place.column.id,
                entry=_entry(pupil_id, cell, current.get((place.column.id, pupil_id), Cell())),
            )
            for place, cell in mine
        ]
        good = domain.checked(writes, {one.id: one for one in sheet.head.columns}, enrolment.roster_of(tx, sheet.head))
        changed = domain.changed(good, current)
        if not replaces:
            _refuse_standing(sheet.head, changed, current)
        if changed:
            marks.write_cells(tx, sheet, changed, by)
        written += len(changed)
    return written


def _refuse_standing(head: SheetHead, changed: Sequence[Write], current: Mapping[Place, Cell]) -> None:
    keys = {column.id: column.key for column in head.columns}
    taken = [one for one in changed if current.get(one.place, Cell()).state is not CellState.EMPTY]
    if taken:
        places = sorted(f"{head.subject}/{head.term}/{keys[one.column_id]}" for one in taken)
        raise MarksStand(places=", ".join(places))


def _entry(pupil_id: UUID, cell: Cell, current: Cell) -> CellEntry:
    return CellEntry(pupil_id=pupil_id, state=cell.state, value=cell.value, version=current.version)
