"""From an exam into the sheets of a school: to one decimal, through the ledger, on the exam as basis."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.exams import CopyExamMarks, ExamMarksCopied
from services.contracts.gradebook.sheets import CellEntry, CellState, ColumnV1, SheetHead
from services.contracts.identity import Role
from services.gradebook import domain
from services.gradebook.domain import Cell, Write
from services.gradebook.errors.files import NotCentralised
from services.gradebook.repository import enrolment, exams, marks, sheets
from services.gradebook.repository.marks import Writer
from services.gradebook.rules.arithmetic import half_up
from services.gradebook.usecases.marks import open_for


def copy_exam_marks(tx: Tx, command: CopyExamMarks, actor: Actor) -> ExamMarksCopied:
    """All sheets of the grade or none; a pupil without a mark keeps the cell as it is."""
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    exam = exams.find_exam(tx, command.school_year, command.exam_id)
    if exam is None or exam.unit_id not in authority.units_above(tx, command.unit_id, authority.local_day(tx.now())):
        raise NotFound(exam_id=command.exam_id)
    known = {one.pupil_id: one.value for one in exams.marks_of(tx, exam, command.unit_id, command.exam_subject)}
    by = Writer.of(actor, f"exam:{exam.id}")
    columns = _columns(tx, command)
    counts = [_copy(tx, head, column, known=known, actor=actor, by=by) for head, column in columns]
    written, unchanged, without = (sum(count[place] for count in counts) for place in range(3))
    return ExamMarksCopied(sheets=len(columns), written=written, unchanged=unchanged, without_mark=without)


def _columns(tx: Tx, command: CopyExamMarks) -> list[tuple[SheetHead, ColumnV1]]:
    """The column of each sheet of the grade, in the order in which sheets are held."""
    found = [
        (head, column)
        for head in sheets.sheets_of_unit(tx, command.school_year, command.unit_id)
        if (head.grade, head.subject, head.term) == (command.grade, command.subject, command.term)
        for column in head.columns
        if column.key == command.key
    ]
    if not found:
        raise NotFound(subject=command.subject, key=command.key)
    if not all(column.is_centralised for _, column in found):
        raise NotCentralised(key=command.key)
    return sorted(found, key=lambda pair: str(pair[0].id))


def _copy(
    tx: Tx, head: SheetHead, column: ColumnV1, *, known: Mapping[UUID, Decimal], actor: Actor, by: Writer
) -> tuple[int, int, int]:
    """How many cells of a sheet were written, were so already, and have no mark."""
    sheet = open_for(tx, head.school_year, head.id, {column.id}, actor)
    roster = enrolment.roster_of(tx, head)
    current = marks.cells_of(tx, head.school_year, [head.id], {column.id})
    pupils = [pupil_id for pupil_id in roster.members if pupil_id in known and pupil_id not in roster.exempt]
    writes = list(_writes(column, pupils_marks={pupil_id: known[pupil_id] for pupil_id in pupils}, current=current))
    changed = domain.changed(domain.checked(writes, {column.id: column}, roster), current)
    if changed:
        marks.write_cells(tx, sheet, changed, by)
    return len(changed), len(writes) - len(changed), len(roster.members) - len(roster.exempt) - len(writes)


def _writes(
    column: ColumnV1, *, pupils_marks: Mapping[UUID, Decimal], current: Mapping[tuple[UUID, UUID], Cell]
) -> Iterator[Write]:
    for pupil_id, value in pupils_marks.items():
        version = current.get((column.id, pupil_id), Cell()).version
        rounded = str(half_up(value))
        entry = CellEntry(pupil_id=pupil_id, state=CellState.VALUE, value=rounded, version=version)
        yield Write(column_id=column.id, entry=entry)
