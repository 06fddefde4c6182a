"""Gradebook's entrypoints: which use case serves which message."""

from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.contracts import gradebook as contracts
from services.contracts.identity import GrantChangedV1
from services.gradebook.usecases import conduct, enrolment, marks, results, school


def build() -> Service:
    service = Service("gradebook", Path(__file__).parent / "migrations")
    _add_school(service)
    _add_marks(service)
    _add_results(service)
    service.consumes(GrantChangedV1, authority.copy_grants)
    return service


def _add_school(service: Service) -> None:
    service.command(contracts.OpenSchoolYear, school.open_school_year)
    service.command(contracts.CreateClasses, school.create_classes)
    service.query(contracts.FindClasses, school.find_classes)
    service.command(contracts.ImportPupils, enrolment.import_pupils, before=enrolment.register_listed)
    service.command(contracts.AssignTeachers, school.assign_teachers)
    service.query(contracts.FindSheets, school.find_sheets)
    service.command(contracts.OpenWindow, school.open_window)
    service.command(contracts.CloseWindow, school.close_window)
    service.query(contracts.FindEnrolment, enrolment.find_enrolment, systems=("transfer",))
    service.internal(contracts.MovePupil, enrolment.move_pupil, systems=("transfer",))


def _add_marks(service: Service) -> None:
    service.command(contracts.SaveColumn, marks.save_column)
    service.command(contracts.ImportMarks, marks.import_marks, before=marks.read_mark_file)
    service.command(contracts.SaveComments, marks.save_comments)
    service.query(contracts.ReadSheet, marks.read_sheet)
    service.query(contracts.AuditSheet, marks.audit_sheet)


def _add_results(service: Service) -> None:
    service.command(contracts.SaveConduct, conduct.save_conduct)
    service.command(contracts.LockResults, results.lock_results)
    service.query(contracts.ReadClassResults, results.read_class_results, systems=("transcript",))
