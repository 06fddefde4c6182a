"""A school with one class as gradebook knows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from deploy.demo import school as invented
from services.chassis.authority import Actor
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment
from services.contracts.gradebook.conduct import ClassConduct, ConductEntry, SaveConduct
from services.contracts.gradebook.evidence import KeepEvidence
from services.contracts.gradebook.results import LockResults, Period, PeriodLocked
from services.contracts.gradebook.school import (
    CreateClasses,
    GradePeriods,
    NewClass,
    OpenSchoolYear,
    SubjectKind,
    SubjectPlan,
)
from services.contracts.gradebook.sheets import (
    CellEntry,
    CellState,
    ColumnSaved,
    ReadSheet,
    SaveColumn,
    SheetHead,
    SheetV1,
)
from services.contracts.gradebook.windows import OpenWindow, WindowKind, WindowV1
from services.contracts.identity import PupilRef, PupilsRegistered, RegisterPupils, Role
from services.gradebook.usecases.enrolment import Listed, enrol_listed
from tests.integration.acting import Acting

YEAR = 2025
SCAN = sha256(A_SCAN := b"%PDF-1.7 scanned minutes").hexdigest()
"""A paper that the school keeps, for changes to rest on."""
MATHS, SPORT = "TOAN", "GDTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school with one class as gradebook knows it: people, pupils in order, sheets by subject and term."""

    gradebook: Acting
    paper: invented.School
    unit_id: UUID
    admin: UUID
    principal: UUID
    homeroom: UUID
    teacher: UUID
    class_id: UUID
    pupils: tuple[UUID, ...]
    sheets: dict[tuple[str, int], SheetHead]
    windows: dict[tuple[int, WindowKind], WindowV1]

    def sheet(self, subject: str = MATHS, term: int = 1) -> SheetV1:
        return self.gradebook.ask(ReadSheet(school_year=YEAR, sheet_id=self.sheets[subject, term].id), self.admin)

    def values(self, key: str = "tx1", subject: str = MATHS, term: int = 1) -> list[tuple[str | None, int]]:
        """A column as it stands: value and version of each pupil's cell."""
        sheet = self.sheet(subject, term)
        place = [column.key for column in sheet.head.columns].index(key)
        return [(row.cells[place].value, row.cells[place].version) for row in sheet.rows]

    def column(self, cells: Sequence[CellEntry], key: str = "tx1", subject: str = MATHS, term: int = 1) -> SaveColumn:
        head = self.sheets[subject, term]
        column_id = next(column.id for column in head.columns if column.key == key)
        return SaveColumn(school_year=YEAR, sheet_id=head.id, column_id=column_id, cells=tuple(cells))

    def save(
        self, values: Sequence[str | CellState], *, versions: Sequence[int] = (0, 0, 0), **where: Any
    ) -> ColumnSaved:
        """Write a column, one value for each pupil in order."""
        cells = [cell(*each) for each in zip(self.pupils, values, versions, strict=False)]
        return self.gradebook.ask(self.column(cells, **where), self.teacher)

    def save_conduct(self, term: int = 1, *, by: UUID | None = None, **changed: Any) -> ClassConduct:
        words: dict[str, Any] = {"conduct": "Tốt", "absences": 2, "remark": "Chăm ngoan.", "version": 0} | changed
        entries = tuple(ConductEntry(pupil_id=pupil_id, **words) for pupil_id in self.pupils)
        command = SaveConduct(school_year=YEAR, class_id=self.class_id, term=term, entries=entries)
        return self.gradebook.ask(command, by or self.homeroom)

    def fill(self, *terms: int) -> None:
        """Every mark and conduct of these terms."""
        for (subject, term), head in self.sheets.items():
            for column in head.columns if term in terms else ():
                self.save(["8.0" if subject == MATHS else "Đ"] * 3, key=column.key, subject=subject, term=term)
        for term in terms:
            self.save_conduct(term)

    def lock(self, period: Period, *, by: UUID | None = None) -> PeriodLocked:
        command = LockResults(school_year=YEAR, class_id=self.class_id, period=period)
        return self.gradebook.ask(command, by or self.principal)

    def history(self) -> list[Any]:
        """The rows of the first maths sheet's history, by seq."""
        statement = "SELECT * FROM mark_history WHERE sheet_id = :id ORDER BY seq"
        return self.gradebook.sql(statement, id=self.sheets[MATHS, 1].id)


def cell(pupil_id: UUID, value: str | CellState, version: int = 0) -> CellEntry:
    if isinstance(value, CellState):
        return CellEntry(pupil_id=pupil_id, state=value, value=None, version=version)
    return CellEntry(pupil_id=pupil_id, state=CellState.VALUE, value=value, version=version)


def open_school(gradebook: Acting, paper: invented.School, subjects: Sequence[invented.Subject]) -> School:
    """The invented school's year begun: its one class, pupils, teachers and windows."""
    unit_id = new_id()
    admin, principal = gradebook.grant(Role.ADMIN, unit_id), gradebook.grant(Role.PRINCIPAL, unit_id)
    homeroom, teacher = gradebook.grant(Role.STAFF, unit_id), gradebook.grant(Role.STAFF, unit_id)
    here: dict[str, Any] = {"school_year": YEAR, "unit_id": unit_id}
    gradebook.ask(OpenSchoolYear(**here, stage="THCS", subjects=tuple(map(_plan, subjects))), admin)
    new_class = NewClass(name=paper.classes[0].code, grade=paper.classes[0].grade, homeroom_id=homeroom)
    class_id = gradebook.ask(CreateClasses(**here, classes=(new_class,)), admin).classes[0].id
    pupils = enrol(gradebook, unit_id, class_id, [pupil.code for pupil in paper.pupils], admin=admin)
    keep_scan(gradebook, unit_id, admin)
    assignments = (NewAssignment(class_id=class_id, subject=one.code, teacher_id=teacher) for one in subjects)
    sheets = gradebook.ask(AssignTeachers(**here, assignments=tuple(assignments)), admin).sheets
    closes_at = datetime.now(UTC) + timedelta(days=1)
    windows = {
        (term, kind): gradebook.ask(OpenWindow(**here, term=term, kind=kind, closes_at=closes_at), admin)
        for term in (1, 2)
        for kind in WindowKind
    }
    return School(
        gradebook=gradebook, paper=paper, unit_id=unit_id, admin=admin, principal=principal, homeroom=homeroom,
        teacher=teacher, class_id=class_id, pupils=pupils,
        sheets={(head.subject, head.term): head for head in sheets}, windows=windows,
    )  # fmt: skip


def keep_scan(gradebook: Acting, unit_id: UUID, by: UUID) -> None:
    gradebook.ask(KeepEvidence(school_year=YEAR, unit_id=unit_id, file=gradebook.objects.put(A_SCAN)), by)


def enrol(
    gradebook: Acting, unit_id: UUID, class_id: UUID, codes: Sequence[str], *, admin: UUID, known: Sequence[UUID] = ()
) -> tuple[UUID, ...]:
    """Have these pupils in the class as an applied list would, and spare its reading; `known` are persons already."""
    pupils = known or tuple(new_id() for _ in codes)
    listed = [Listed(pupil_id=of, code=code, class_id=class_id) for of, code in zip(pupils, codes, strict=True)]
    with gradebook.db.transaction() as tx:
        enrol_listed(tx, YEAR, unit_id, listed, Actor(account_id=admin, person_id=admin, token=str(admin)))
    return tuple(pupils)


@cache
def small_school() -> invented.School:
    """The first class of the small invented school."""
    whole = invented.invent_schools()[1]
    return replace(whole, classes=whole.classes[:1], pupils=whole.pupils_of(whole.classes[0].code))


def open_small_school(gradebook: Acting) -> School:
    paper = replace(small_school(), pupils=small_school().pupils[:3])
    return open_school(gradebook, paper, [one for one in invented.SUBJECTS if one.code in (MATHS, SPORT)])


def _plan(subject: invented.Subject) -> SubjectPlan:
    grades = tuple(GradePeriods(grade=grade, periods=one) for grade, one in enumerate(subject.periods, start=6))
    return SubjectPlan(code=subject.code, name=subject.name, kind=SubjectKind[subject.kind.name], grades=grades)


def register(command: RegisterPupils) -> PupilsRegistered:
    return PupilsRegistered(pupils=tuple(PupilRef(code=pupil.code, person_id=new_id()) for pupil in command.pupils))
