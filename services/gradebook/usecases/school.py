"""School years with their plans, and classes: what a school's admin sets up before marks come."""

from typing import Any

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid
from services.chassis.ids import new_id
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import (
    Classes,
    ClassV1,
    CreateClasses,
    EndSchoolYear,
    FindClasses,
    NewClass,
    OpenSchoolYear,
    SubjectKind,
    YearEnded,
    YearOpened,
)
from services.contracts.identity import Role
from services.gradebook.errors.school import NoCalendar, YearNotOpen, YearOpenedAlready, YearUnfinished
from services.gradebook.repository import enrolment, results, school
from services.gradebook.repository.school import OpenYear
from services.gradebook.roles import ANYONE_AT_SCHOOL, LEADERS
from services.gradebook.rules.regulation import GRADES, Stage

KINDS = {True: (SubjectKind.PRIMARY, SubjectKind.QUALITIES), False: (SubjectKind.SCORED, SubjectKind.COMMENT)}
"""The kinds of subject of primary school, and of all others."""


def open_school_year(tx: Tx, command: OpenSchoolYear, actor: Actor) -> YearOpened:
    """Begin a stage's school year with its plan of subjects, and make room for its marks."""
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    _check_plan(command)
    if command.stage in school.years_of(tx, command.school_year, command.unit_id):
        raise YearOpenedAlready(school_year=command.school_year)
    school.make_partitions(tx, command.school_year)
    here = {"school_year": command.school_year, "unit_id": command.unit_id, "stage": command.stage}
    plan = [
        here
        | {
            "grade": taught.grade,
            "code": subject.code,
            "name": subject.name,
            "kind": subject.kind,
            "periods": taught.periods,
            "position": position,
            "is_elective": subject.is_elective,
            "has_cluster": subject.has_cluster,
            "terms": list(subject.terms),
        }
        for position, subject in enumerate(command.subjects)
        for taught in subject.grades
    ]
    days = {name: getattr(command.calendar, name, None) for name in ("begins_on", "second_term_on", "ends_on")}
    school.insert_year(tx, here | days | {"paper_grades": list(command.paper_grades)}, plan)
    return YearOpened(school_year=command.school_year, subjects=len(command.subjects))


def end_school_year(tx: Tx, command: EndSchoolYear, actor: Actor) -> YearEnded:
    """End the year's enrolments; asked for once every class has its year's results, and once only."""
    authority.require(tx, actor, LEADERS, command.unit_id)
    years = school.years_of(tx, command.school_year, command.unit_id)
    if not years or any(year.ended_at for year in years.values()):
        raise YearNotOpen(school_year=command.school_year)
    ends_on = [year.ends_on for year in years.values()]
    if None in ends_on:
        raise NoCalendar
    _refuse_unfinished(tx, command)
    pupils = enrolment.end_year(tx, command.school_year, command.unit_id, max(filter(None, ends_on)))
    school.end_year(tx, command.school_year, command.unit_id)
    return YearEnded(school_year=command.school_year, pupils=pupils)


def create_classes(tx: Tx, command: CreateClasses, actor: Actor) -> Classes:
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    years = school.years_of(tx, command.school_year, command.unit_id)
    if not years:
        raise YearNotOpen(school_year=command.school_year)
    here = {"school_year": command.school_year, "unit_id": command.unit_id}
    school.insert_classes(tx, [here | _class_row(new, years) for new in command.classes])
    return Classes(classes=tuple(school.classes_of(tx, command.school_year, command.unit_id)))


def find_classes(tx: Tx, query: FindClasses, actor: Actor) -> Classes:
    authority.require(tx, actor, ANYONE_AT_SCHOOL, query.unit_id)
    return Classes(classes=tuple(school.classes_of(tx, query.school_year, query.unit_id)))


def _check_plan(command: OpenSchoolYear) -> None:
    if command.stage not in set(Stage):
        raise Invalid(reason=f"a stage is one of {', '.join(Stage)}")
    grades = GRADES[Stage(command.stage)]
    kinds = KINDS[command.stage == Stage.PRIMARY]
    for subject in command.subjects:
        if subject.kind not in kinds or not set(subject.terms) <= {1, 2} or not subject.terms:
            raise Invalid(reason=f"{subject.code}: a subject here is {' or '.join(kinds)}, taught in term 1, 2 or both")
        if any(taught.grade not in grades for taught in subject.grades):
            raise Invalid(reason=f"{subject.code}: {command.stage} has grades {grades[0]} to {grades[-1]}")


def _class_row(new: NewClass, years: dict[str, OpenYear]) -> dict[str, Any]:
    """The class under the one stage of the school that has its grade."""
    stage = next((stage for stage in years if new.grade in GRADES[Stage(stage)]), None)
    if stage is None:
        raise Invalid(reason=f"{new.name}: the school's year has no stage with grade {new.grade}")
    return {"id": new_id(), "stage": stage, "name": new.name, "grade": new.grade, "homeroom_id": new.homeroom_id}


def _refuse_unfinished(tx: Tx, command: EndSchoolYear) -> None:
    """Classes without pupils need no results; those on paper have none here."""
    paper = {
        g for year in school.years_of(tx, command.school_year, command.unit_id).values() for g in year.paper_grades
    }
    classes: list[ClassV1] = school.classes_of(tx, command.school_year, command.unit_id)
    unfinished = [
        one.name
        for one in classes
        if one.pupils
        and one.grade not in paper
        and Period.YEAR not in results.locked_periods(tx, command.school_year, one.id)
    ]
    if unfinished:
        raise YearUnfinished(classes=", ".join(unfinished))
