"""Who teaches what: a class and subject gets its sheets with the first assignment."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment, ReplaceTeacher
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import Sheets
from services.contracts.identity import Role
from services.gradebook.errors.school import PaperOnly, SheetHasMarks, SubjectNotTaught, UnknownClass
from services.gradebook.ledger import genesis
from services.gradebook.repository import school, sheets
from services.gradebook.sheet_columns import columns_for
from services.gradebook.usecases import guards


def assign_teachers(tx: Tx, command: AssignTeachers, actor: Actor) -> Sheets:
    """Say who teaches what; a class and subject new to us gets a sheet a term with the columns the law requires."""
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    known = {one.id: one for one in school.classes_of(tx, command.school_year, command.unit_id)}
    _refuse_unknown(command.assignments, known)
    _refuse_paper(tx, command, known)
    plan = school.plan_of(tx, command.school_year, command.unit_id)
    existing = sheets.taught(tx, command.school_year, known)
    for assignment in command.assignments:
        of_class = known[assignment.class_id]
        present = existing.get((assignment.class_id, assignment.subject))
        if present:
            _change_teacher(tx, assignment, present)
        else:
            present_plan = plan.get((of_class.stage, of_class.grade, assignment.subject))
            if present_plan is None:
                raise SubjectNotTaught(subject=assignment.subject, grade=of_class.grade)
            _make_sheets(tx, of_class, assignment, present_plan)
    return Sheets(sheets=tuple(sheets.sheets_of_unit(tx, command.school_year, command.unit_id)))


def replace_teacher(tx: Tx, command: ReplaceTeacher, actor: Actor) -> Sheets:
    """Another teacher signs and writes from now on, by the principal's decision; what is written stays its writer's."""
    of_class = guards.get_class(tx, command.school_year, command.class_id)
    authority.require(tx, actor, (Role.PRINCIPAL,), of_class.unit_id)
    rows = sheets.taught(tx, command.school_year, [command.class_id]).get((command.class_id, command.subject))
    if not rows:
        raise NotFound(subject=command.subject)
    ids = [row.id for row in rows]
    for before in {row.teacher_id for row in rows}:
        sheets.end_teacher(tx, command.school_year, ids, before)
    sheets.set_teacher(tx, command.school_year, ids, command.teacher_id)
    sheets.add_teachers(tx, command.school_year, ids, [command.teacher_id], command.reason)
    found = sheets.sheets_of_classes(tx, command.school_year, [command.class_id])
    return Sheets(sheets=tuple(head for head in found if head.subject == command.subject))


def _refuse_unknown(assignments: Sequence[NewAssignment], known: Mapping[UUID, ClassV1]) -> None:
    unknown = sorted({str(one.class_id) for one in assignments if one.class_id not in known})
    if unknown:
        raise UnknownClass(names=", ".join(unknown))


def _refuse_paper(tx: Tx, command: AssignTeachers, known: Mapping[UUID, ClassV1]) -> None:
    years = school.years_of(tx, command.school_year, command.unit_id)
    for assignment in command.assignments:
        of_class = known[assignment.class_id]
        if of_class.grade in years[of_class.stage].paper_grades:
            raise PaperOnly(grade=of_class.grade)


def _change_teacher(tx: Tx, assignment: NewAssignment, present: Sequence[Row[Any]]) -> None:
    """Another teacher takes over only sheets without marks; co-teachers may join at any time."""
    year, ids = present[0].school_year, [row.id for row in present]
    if any(row.teacher_id != assignment.teacher_id for row in present):
        if any(row.history_rows for row in present):
            raise SheetHasMarks(subject=assignment.subject)
        sheets.set_teacher(tx, year, ids, assignment.teacher_id)
    sheets.add_teachers(tx, year, ids, assignment.co_teacher_ids)


def _make_sheets(tx: Tx, of_class: ClassV1, assignment: NewAssignment, taught: Row[Any]) -> None:
    rows = [_sheet_row(of_class, assignment, term) for term in taught.terms]
    specs = columns_for(of_class.grade, taught)
    columns = [
        {"school_year": of_class.school_year, "sheet_id": row["id"], "id": new_id(), "position": position} | spec
        for row in rows
        for position, spec in enumerate(specs)
    ]
    sheets.insert_sheets(tx, rows, columns)
    sheets.add_teachers(tx, of_class.school_year, [row["id"] for row in rows], assignment.co_teacher_ids)


def _sheet_row(of_class: ClassV1, assignment: NewAssignment, term: int) -> dict[str, Any]:
    sheet_id = new_id()
    return {
        "school_year": of_class.school_year,
        "id": sheet_id,
        "unit_id": of_class.unit_id,
        "class_id": of_class.id,
        "subject": assignment.subject,
        "term": term,
        "teacher_id": assignment.teacher_id,
        "chain_head": genesis(of_class.school_year, sheet_id),
    }
