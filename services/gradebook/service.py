"""Gradebook's entrypoints: which use case serves which message."""

from pathlib import Path

from services.chassis import authority
from services.chassis.service import Service
from services.contracts.gradebook.assignments import AssignTeachers, ReplaceTeacher
from services.contracts.gradebook.books import PrintClassBook, PrintTeacherBook
from services.contracts.gradebook.conduct import ReadConduct, SaveConduct
from services.contracts.gradebook.corrections import (
    DecideCorrection,
    FindCorrections,
    RequestCorrection,
    VerifyCorrection,
)
from services.contracts.gradebook.enrolment import (
    ChooseSubjects,
    EnterEarlierMarks,
    ExemptPupil,
    FindEnrolment,
    FindLastEnrolment,
    MovePupil,
    WithdrawPupil,
)
from services.contracts.gradebook.evidence import KeepEvidence, ReadEvidence
from services.contracts.gradebook.exams import (
    CopyExamMarks,
    FindExamMarks,
    FindExams,
    ImportExamMarks,
    OpenExam,
    ReadExamImport,
    RegisterCandidates,
)
from services.contracts.gradebook.exchange import ExportResults, FindExchange, FindExchanges, RecordAnswers
from services.contracts.gradebook.exports import ExportClass, ExportPupils, ExportSheet
from services.contracts.gradebook.given import FindGivenYears, KeepGivenYear
from services.contracts.gradebook.history import AuditSheet, CompareSheet, ReadCellHistory, ReadLedgerKeys
from services.contracts.gradebook.imports import (
    ApplyImport,
    ApplyPupils,
    PreviewImport,
    PreviewPupils,
    ReadImport,
)
from services.contracts.gradebook.phrases import AddPhrases, FindPhrases, RemovePhrase
from services.contracts.gradebook.progress import (
    ComparePlan,
    FindMissing,
    PlanColumns,
    ReadProgress,
    ReadUnitProgress,
)
from services.contracts.gradebook.record import ReadPupilRecord
from services.contracts.gradebook.results import (
    CheckResults,
    FindPromotions,
    LockResults,
    ReadClassResults,
    TakeResults,
)
from services.contracts.gradebook.school import CreateClasses, EndSchoolYear, FindClasses, OpenSchoolYear
from services.contracts.gradebook.sheets import (
    CentraliseColumns,
    FindSheets,
    MergeDraft,
    ReadSheet,
    SaveColumn,
    SaveComments,
)
from services.contracts.gradebook.signals import FindSignals
from services.contracts.gradebook.statistics import (
    ReadReadiness,
    ReadStatistics,
    ReadWarnings,
    RebuildReadiness,
    RebuildStatistics,
)
from services.contracts.gradebook.summer import DecideSecondChance, FindSecondChances, ProposeSecondChance
from services.contracts.gradebook.windows import CloseWindow, FindWindows, OpenWindow
from services.contracts.identity import GrantChangedV1, UnitChangedV1
from services.contracts.transcript import TranscriptIssuedV1, TranscriptRevokedV1
from services.gradebook.ledger.seals import ledger_key
from services.gradebook.usecases import (
    arrivals,
    assignments,
    books,
    comments,
    conduct,
    corrections,
    documents,
    enrolment,
    evidence,
    exam_copies,
    exams,
    exchange,
    exports,
    given,
    heads,
    history,
    imports,
    marks,
    progress,
    promotions,
    readiness,
    rechecking,
    results,
    school,
    signals,
    statistics,
    summer,
    views,
    windows,
)


def build() -> Service:
    ledger_key()  # without it nothing may be written, so it stops the start
    service = Service("gradebook", Path(__file__).parent / "migrations")
    _add_school(service)
    _add_pupils(service)
    _add_marks(service)
    _add_history(service)
    _add_files(service)
    _add_exams(service)
    _add_exchange(service)
    _add_results(service)
    _add_books(service)
    _add_progress(service)
    _add_statistics(service)
    _add_events(service)
    return service


def _add_school(service: Service) -> None:
    service.command(OpenSchoolYear, school.open_school_year)
    service.command(EndSchoolYear, school.end_school_year)
    service.command(CreateClasses, school.create_classes)
    service.query(FindClasses, school.find_classes)
    service.command(AssignTeachers, assignments.assign_teachers)
    service.command(ReplaceTeacher, assignments.replace_teacher)
    service.command(OpenWindow, windows.open_window)
    service.command(CloseWindow, windows.close_window)
    service.query(FindWindows, windows.find_windows)


def _add_pupils(service: Service) -> None:
    service.query(FindEnrolment, enrolment.find_enrolment, systems=("transfer",))
    service.internal(FindLastEnrolment, enrolment.find_last_enrolment, systems=("transcript",))
    service.internal(MovePupil, enrolment.move_pupil, systems=("transfer",))
    service.command(WithdrawPupil, enrolment.withdraw_pupil)
    service.command(ChooseSubjects, arrivals.choose_subjects)
    service.command(ExemptPupil, arrivals.exempt_pupil)
    service.command(EnterEarlierMarks, arrivals.enter_earlier_marks)


def _add_history(service: Service) -> None:
    service.query(AuditSheet, history.audit_sheet)
    service.query(ReadCellHistory, history.read_cell_history)
    service.query(CompareSheet, history.compare_sheet)
    service.query(FindSignals, signals.find_signals)
    service.open(ReadLedgerKeys, history.read_ledger_keys)
    service.every(heads.ROUND_SECONDS, heads.publish_heads, before=heads.gather_heads)


def _add_marks(service: Service) -> None:
    service.query(FindSheets, marks.find_sheets)
    service.query(ReadSheet, marks.read_sheet)
    service.command(SaveColumn, marks.save_column)
    service.command(MergeDraft, marks.merge_draft)
    service.command(CentraliseColumns, marks.centralise_columns)
    service.command(SaveComments, comments.save_comments)
    service.command(AddPhrases, comments.add_phrases)
    service.command(RemovePhrase, comments.remove_phrase)
    service.query(FindPhrases, comments.find_phrases)
    service.command(SaveConduct, conduct.save_conduct)
    service.query(ReadConduct, conduct.read_conduct)


def _add_files(service: Service) -> None:
    service.command(PreviewImport, imports.preview_import, before=imports.read_marks_file)
    service.command(ApplyImport, imports.apply_import)
    service.command(PreviewPupils, imports.preview_pupils, before=imports.read_list)
    service.command(ApplyPupils, imports.apply_pupils, before=imports.register_new)
    service.query(ReadImport, imports.read_import)
    service.query(ExportSheet, exports.export_sheet, before=exports.write_sheet)
    service.query(ExportClass, exports.export_class, before=exports.write_class)
    service.query(ExportPupils, exports.export_pupils, before=exports.write_pupils)


def _add_exams(service: Service) -> None:
    service.command(OpenExam, exams.open_exam)
    service.query(FindExams, exams.find_exams)
    service.command(RegisterCandidates, exams.register_candidates, before=exams.read_candidate_file)
    service.command(ImportExamMarks, exams.import_exam_marks, before=exams.read_exam_file)
    service.query(ReadExamImport, exams.read_exam_import)
    service.query(FindExamMarks, exams.find_exam_marks)
    service.command(CopyExamMarks, exam_copies.copy_exam_marks)


def _add_exchange(service: Service) -> None:
    service.command(ExportResults, exchange.export_results, before=exchange.write_records)
    service.command(RecordAnswers, exchange.record_answers)
    service.query(FindExchange, exchange.find_exchange)
    service.query(FindExchanges, exchange.find_exchanges)


def _add_results(service: Service) -> None:
    service.command(LockResults, results.lock_results)
    service.internal(FindGivenYears, given.find_given_years, systems=("transcript",))
    service.query(ReadClassResults, results.read_class_results, systems=("transcript",))
    service.internal(TakeResults, results.take_results, systems=("transcript",))
    service.query(FindPromotions, promotions.find_promotions)
    service.command(KeepGivenYear, given.keep_given_year)
    service.command(KeepEvidence, evidence.keep_evidence, before=evidence.recognise)
    service.query(ReadEvidence, evidence.read_evidence)
    service.query(ReadPupilRecord, views.read_pupil_record)
    service.query(CheckResults, rechecking.check_results, before=rechecking.check_again)
    service.command(RequestCorrection, corrections.request_correction)
    service.command(VerifyCorrection, corrections.verify_correction)
    service.command(DecideCorrection, corrections.decide_correction)
    service.query(FindCorrections, corrections.find_corrections)
    service.command(ProposeSecondChance, summer.propose_second_chance)
    service.command(DecideSecondChance, summer.decide_second_chance)
    service.query(FindSecondChances, summer.find_second_chances)


def _add_books(service: Service) -> None:
    service.query(PrintClassBook, books.hand_over, before=books.press_class_book)
    service.query(PrintTeacherBook, books.hand_over, before=books.press_teacher_book)


def _add_events(service: Service) -> None:
    service.consumes(GrantChangedV1, authority.copy_grants)
    service.consumes(UnitChangedV1, authority.copy_units)
    service.consumes(TranscriptIssuedV1, documents.follow_issued)
    service.consumes(TranscriptRevokedV1, documents.follow_revoked)


def _add_progress(service: Service) -> None:
    service.query(ReadProgress, progress.read_progress)
    service.query(FindMissing, progress.find_missing)
    service.query(ComparePlan, progress.compare_plan)
    service.command(PlanColumns, progress.plan_columns)
    service.query(ReadUnitProgress, progress.read_unit_progress)
    service.task(progress.CountProgressTask, progress.count_progress)


def _add_statistics(service: Service) -> None:
    service.query(ReadStatistics, statistics.read_statistics)
    service.command(RebuildStatistics, statistics.rebuild_statistics)
    service.task(statistics.CountClassTask, statistics.count_class, before=statistics.ask_people)
    service.task(statistics.RebuildSchoolTask, statistics.rebuild_school)
    service.query(ReadReadiness, readiness.read_readiness)
    service.command(RebuildReadiness, readiness.rebuild_readiness)
    service.task(readiness.CountReadinessTask, readiness.count_readiness, before=readiness.ask_ids)
    service.query(ReadWarnings, readiness.read_warnings)
