"""A school of any stage with one class of three, as gradebook knows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment
from services.contracts.gradebook.conduct import ConductEntry, SaveConduct
from services.contracts.gradebook.results import LockResults, Period, PupilResult, ReadClassResults
from services.contracts.gradebook.school import (
    Calendar,
    CreateClasses,
    GradePeriods,
    NewClass,
    OpenSchoolYear,
    SubjectKind,
    SubjectPlan,
)
from services.contracts.gradebook.sheets import CellEntry, CellState, ColumnSaved, SaveColumn, SheetHead
from services.contracts.gradebook.windows import OpenWindow, WindowKind
from services.contracts.identity import Role
from tests.integration.acting import Acting
from tests.integration.gradebook.small_school import YEAR, enrol, keep_scan, small_school

CALENDAR = Calendar(begins_on=date(2025, 9, 5), second_term_on=date(2026, 1, 12), ends_on=date(2026, 5, 31))


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSchool:
    """People, pupils in order, sheets by subject and term of a school's one class."""

    gradebook: Acting
    unit_id: UUID
    admin: UUID
    principal: UUID
    homeroom: UUID
    teacher: UUID
    class_id: UUID
    pupils: tuple[UUID, ...]
    sheets: dict[tuple[str, int], SheetHead]

    def keys(self, subject: str, term: int = 1) -> list[str]:
        return [column.key for column in self.sheets[subject, term].columns]

    def save(
        self, subject: str, key: str, values: Sequence[str | CellState | None], *, term: int = 1, by: UUID | None = None
    ) -> ColumnSaved:
        """Write a column for the first time, a value for each pupil in order; None leaves one out."""
        head = self.sheets[subject, term]
        column_id = next(column.id for column in head.columns if column.key == key)
        given = [(p, v) for p, v in zip(self.pupils, values, strict=False) if v is not None]
        cells = tuple(_entry(pupil_id, value) for pupil_id, value in given)
        command = SaveColumn(school_year=YEAR, sheet_id=head.id, column_id=column_id, cells=cells)
        return self.gradebook.ask(command, by or self.teacher)

    def fill(self, values: dict[str, str], *, terms: Sequence[int] = (1, 2)) -> None:
        """Every cell of these terms, by the scale of its column; conduct where the stage has it."""
        for (subject, term), head in self.sheets.items():
            for column in head.columns if term in terms else ():
                if not column.is_cluster:
                    self.save(subject, column.key, [values[column.scale]] * len(self.pupils), term=term)

    def say_conduct(self, term: int, level: str | None = "Tốt", absences: int = 1) -> None:
        entries = tuple(
            ConductEntry(pupil_id=pupil_id, conduct=level, absences=absences, remark="Chăm ngoan.", version=0)
            for pupil_id in self.pupils
        )
        self.gradebook.ask(
            SaveConduct(school_year=YEAR, class_id=self.class_id, term=term, entries=entries), self.homeroom
        )

    def lock(self, *periods: Period) -> None:
        for period in periods or tuple(Period):
            self.gradebook.ask(LockResults(school_year=YEAR, class_id=self.class_id, period=period), self.principal)

    def results(self) -> tuple[PupilResult, ...]:
        question = ReadClassResults(school_year=YEAR, class_id=self.class_id)
        return self.gradebook.ask_as("transcript", question).results


def plan(code: str, kind: SubjectKind, grade: int, *, periods: int = 70, **rest: Any) -> SubjectPlan:
    """A subject of the plan, taught in one grade."""
    return SubjectPlan(
        code=code, name=code.title(), kind=kind, grades=(GradePeriods(grade=grade, periods=periods),), **rest
    )


def open_stage(
    gradebook: Acting, stage: str, grade: int, subjects: Sequence[SubjectPlan], *, calendar: Calendar | None = CALENDAR
) -> StageSchool:
    """The year of a new school begun: its class, pupils, teachers, and windows that are open all day."""
    unit_id, name = new_id(), f"{grade}A"
    admin, principal = gradebook.grant(Role.ADMIN, unit_id), gradebook.grant(Role.PRINCIPAL, unit_id)
    homeroom, teacher = gradebook.grant(Role.STAFF, unit_id), gradebook.grant(Role.STAFF, unit_id)
    here: dict[str, Any] = {"school_year": YEAR, "unit_id": unit_id}
    opened = OpenSchoolYear(**here, stage=stage, subjects=tuple(subjects), calendar=calendar)
    gradebook.ask(opened, admin)
    new_class = NewClass(name=name, grade=grade, homeroom_id=homeroom)
    class_id = gradebook.ask(CreateClasses(**here, classes=(new_class,)), admin).classes[0].id
    codes = [pupil.code for pupil in small_school().pupils[:3]]
    pupils = enrol(gradebook, unit_id, class_id, codes, admin=admin)
    keep_scan(gradebook, unit_id, admin)
    assigned = tuple(NewAssignment(class_id=class_id, subject=one.code, teacher_id=teacher) for one in subjects)
    sheets = gradebook.ask(AssignTeachers(**here, assignments=assigned), admin).sheets
    closes_at = datetime.now(UTC) + timedelta(days=1)
    for term in (1, 2):
        for kind in WindowKind:
            gradebook.ask(OpenWindow(**here, term=term, kind=kind, closes_at=closes_at), admin)
    return StageSchool(
        gradebook=gradebook,
        unit_id=unit_id,
        admin=admin,
        principal=principal,
        homeroom=homeroom,
        teacher=teacher,
        class_id=class_id,
        pupils=pupils,
        sheets={(head.subject, head.term): head for head in sheets},
    )


def _entry(pupil_id: UUID, value: str | CellState) -> CellEntry:
    if isinstance(value, CellState):
        return CellEntry(pupil_id=pupil_id, state=value, value=None, version=0)
    return CellEntry(pupil_id=pupil_id, state=CellState.VALUE, value=value, version=0)
