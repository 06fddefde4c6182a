"""Gradebook's entrypoints: which use case serves which message."""

from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.contracts.gradebook.assignments import AssignTeachers
from services.contracts.gradebook.conduct import SaveConduct
from services.contracts.gradebook.enrolment import FindEnrolment, ImportPupils, MovePupil
from services.contracts.gradebook.history import AuditSheet
from services.contracts.gradebook.results import LockResults, ReadClassResults
from services.contracts.gradebook.school import CreateClasses, FindClasses, OpenSchoolYear
from services.contracts.gradebook.sheets import FindSheets, ImportMarks, ReadSheet, SaveColumn, SaveComments
from services.contracts.gradebook.windows import CloseWindow, OpenWindow
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.gradebook.usecases import conduct, enrolment, marks, results, school


def build() -> Service:
    service = Service("gradebook", Path(__file__).parent / "migrations")
    _add_school(service)
    _add_marks(service)
    _add_results(service)
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    return service


def _add_school(service: Service) -> None:
    service.command(OpenSchoolYear, school.open_school_year)
    service.command(CreateClasses, school.create_classes)
    service.query(FindClasses, school.find_classes)
    service.command(ImportPupils, enrolment.import_pupils, before=enrolment.register_listed)
    service.command(AssignTeachers, school.assign_teachers)
    service.query(FindSheets, school.find_sheets)
    service.command(OpenWindow, school.open_window)
    service.command(CloseWindow, school.close_window)
    service.query(FindEnrolment, enrolment.find_enrolment, systems=("transfer",))
    service.internal(MovePupil, enrolment.move_pupil, systems=("transfer",))


def _add_marks(service: Service) -> None:
    service.command(SaveColumn, marks.save_column)
    service.command(ImportMarks, marks.import_marks, before=marks.read_mark_file)
    service.command(SaveComments, marks.save_comments)
    service.query(ReadSheet, marks.read_sheet)
    service.query(AuditSheet, marks.audit_sheet)


def _add_results(service: Service) -> None:
    service.command(SaveConduct, conduct.save_conduct)
    service.command(LockResults, results.lock_results)
    service.query(ReadClassResults, results.read_class_results, systems=("transcript",))
