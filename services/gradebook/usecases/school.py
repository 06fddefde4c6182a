"""Years, classes, assignments and windows: what a school's admin sets up before marks come."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment
from services.contracts.gradebook.school import (
    Classes,
    ClassV1,
    CreateClasses,
    FindClasses,
    OpenSchoolYear,
    SubjectKind,
    YearOpened,
)
from services.contracts.gradebook.sheets import ColumnKind, FindSheets, Sheets
from services.contracts.gradebook.windows import CloseWindow, OpenWindow, WindowV1
from services.contracts.identity import Role
from services.gradebook.errors import (
    SheetHasMarks,
    SubjectNotTaught,
    UnknownClass,
    YearNotOpen,
    YearOpenedAlready,
)
from services.gradebook.ledger import genesis
from services.gradebook.repository import marks, school
from services.gradebook.rules import tt22_2021
from services.gradebook.rules.regulation import Stage

ANYONE_AT_SCHOOL = tuple(Role)
LEADERS = (Role.ADMIN, Role.PRINCIPAL)


def open_school_year(tx: Tx, command: OpenSchoolYear, actor: Actor) -> YearOpened:
    """Begin a school year with its plan of subjects, and make room for its marks."""
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    if command.stage not in set(Stage):
        raise Invalid(reason=f"a stage is one of {', '.join(Stage)}")
    if school.find_stage(tx, command.school_year, command.unit_id):
        raise YearOpenedAlready(school_year=command.school_year)
    school.make_partitions(tx, command.school_year)
    plan = [
        {
            "school_year": command.school_year,
            "unit_id": command.unit_id,
            "grade": taught.grade,
            "code": subject.code,
            "name": subject.name,
            "kind": subject.kind,
            "periods": taught.periods,
            "position": position,
        }
        for position, subject in enumerate(command.subjects)
        for taught in subject.grades
    ]
    school.insert_year(tx, school_year=command.school_year, unit_id=command.unit_id, stage=command.stage, plan=plan)
    return YearOpened(school_year=command.school_year, subjects=len(command.subjects))


def create_classes(tx: Tx, command: CreateClasses, actor: Actor) -> Classes:
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    if not school.find_stage(tx, command.school_year, command.unit_id):
        raise YearNotOpen(school_year=command.school_year)
    place = {"school_year": command.school_year, "unit_id": command.unit_id}
    school.insert_classes(
        tx,
        [
            place | {"id": new_id(), "name": new.name, "grade": new.grade, "homeroom_id": new.homeroom_id}
            for new in command.classes
        ],
    )
    return Classes(classes=tuple(school.classes_of(tx, command.school_year, command.unit_id)))


def find_classes(tx: Tx, query: FindClasses, actor: Actor) -> Classes:
    authority.require(tx, actor, ANYONE_AT_SCHOOL, query.unit_id)
    return Classes(classes=tuple(school.classes_of(tx, query.school_year, query.unit_id)))


def assign_teachers(tx: Tx, command: AssignTeachers, actor: Actor) -> Sheets:
    """Say who teaches what; a class and subject new to us gets a sheet a term with the columns the law requires."""
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    known = {one.id: one for one in school.classes_of(tx, command.school_year, command.unit_id)}
    _refuse_unknown(command.assignments, known)
    plan = school.plan_of(tx, command.school_year, command.unit_id)
    existing = marks.history_counts(tx, command.school_year, known)
    sheet_rows: list[dict[str, Any]] = []
    column_rows: list[dict[str, Any]] = []
    for assignment in command.assignments:
        present = existing.get((assignment.class_id, assignment.subject))
        if present:
            _change_teacher(tx, command.school_year, assignment, present)
        else:
            taught = plan.get((known[assignment.class_id].grade, assignment.subject))
            if taught is None:
                raise SubjectNotTaught(subject=assignment.subject, grade=known[assignment.class_id].grade)
            for term in (1, 2):
                sheet = _sheet_row(command, assignment, term)
                sheet_rows.append(sheet)
                column_rows.extend(_column_rows(sheet, SubjectKind(taught.kind), taught.periods))
    marks.insert_sheets(tx, sheet_rows, column_rows)
    return Sheets(sheets=tuple(marks.sheets_of_unit(tx, command.school_year, command.unit_id)))


def find_sheets(tx: Tx, query: FindSheets, actor: Actor) -> Sheets:
    """All the unit's sheets for its leaders; for others those they teach and those of their homeroom class."""
    authority.require(tx, actor, ANYONE_AT_SCHOOL, query.unit_id)
    found = marks.sheets_of_unit(tx, query.school_year, query.unit_id)
    if not authority.holds(tx, actor, LEADERS, query.unit_id):
        homerooms = {
            one.id
            for one in school.classes_of(tx, query.school_year, query.unit_id)
            if one.homeroom_id == actor.person_id
        }
        found = [head for head in found if head.teacher_id == actor.person_id or head.class_id in homerooms]
    return Sheets(sheets=tuple(found))


def open_window(tx: Tx, command: OpenWindow, actor: Actor) -> WindowV1:
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    if command.closes_at <= tx.now():
        raise Invalid(reason="a window closes in the future")
    window = WindowV1(
        id=new_id(),
        school_year=command.school_year,
        unit_id=command.unit_id,
        term=command.term,
        kind=command.kind,
        opens_at=tx.now(),
        closes_at=command.closes_at,
    )
    school.insert_window(tx, window, actor.person_id)
    return window


def close_window(tx: Tx, command: CloseWindow, actor: Actor) -> WindowV1:
    """Close a window now; saves under way in it end first."""
    window = school.lock_window(tx, command.school_year, command.window_id)
    if window is None:
        raise NotFound(window_id=command.window_id)
    authority.require(tx, actor, (Role.ADMIN,), window.unit_id)
    closed = replace(window, closes_at=min(window.closes_at, tx.now()))
    school.set_closing(tx, closed)
    return closed


def _refuse_unknown(assignments: Sequence[NewAssignment], known: dict[UUID, ClassV1]) -> None:
    unknown = sorted({str(one.class_id) for one in assignments if one.class_id not in known})
    if unknown:
        raise UnknownClass(names=", ".join(unknown))


def _change_teacher(tx: Tx, school_year: int, assignment: NewAssignment, present: tuple[UUID, int, list[UUID]]) -> None:
    """Another teacher takes over only sheets without marks: what is written stays its writer's."""
    teacher_id, history_rows, sheet_ids = present
    if teacher_id == assignment.teacher_id:
        return
    if history_rows:
        raise SheetHasMarks(subject=assignment.subject)
    marks.set_teacher(tx, school_year, sheet_ids, assignment.teacher_id)


def _sheet_row(command: AssignTeachers, assignment: NewAssignment, term: int) -> dict[str, Any]:
    sheet_id = new_id()
    return {
        "school_year": command.school_year,
        "id": sheet_id,
        "unit_id": command.unit_id,
        "class_id": assignment.class_id,
        "subject": assignment.subject,
        "term": term,
        "teacher_id": assignment.teacher_id,
        "chain_head": genesis(command.school_year, sheet_id),
    }


def _column_rows(sheet: dict[str, Any], kind: SubjectKind, periods: int) -> list[dict[str, Any]]:
    """tx1… as many as TT22/2021 Art. 6 asks of the subject, then gk, then ck."""
    regular = tt22_2021.regular_assessments(tt22_2021.SubjectKind(kind.lower()), periods)
    keys = [(f"tx{number}", ColumnKind.REGULAR) for number in range(1, regular + 1)]
    place = {"school_year": sheet["school_year"], "sheet_id": sheet["id"]}
    return [
        place | {"id": new_id(), "key": key, "kind": column_kind, "position": position}
        for position, (key, column_kind) in enumerate([*keys, ("gk", ColumnKind.MIDTERM), ("ck", ColumnKind.FINAL)])
    ]
