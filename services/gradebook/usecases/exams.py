"""Centralised exams: opened by those who answer for them, marked by file, copied into sheets by each school's admin."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor, local_day
from services.chassis.database import Tx
from services.chassis.errors import Forbidden, Invalid, NotFound, Unauthenticated
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.chassis.workbook import bounded
from services.contracts.gradebook.exams import (
    ExamImportV1,
    ExamMarks,
    ExamRow,
    ExamRows,
    ExamRowState,
    Exams,
    ExamV1,
    FindExamMarks,
    FindExams,
    ImportExamMarks,
    OpenExam,
    ReadExamImport,
    RegisterCandidates,
)
from services.contracts.identity import Role, Viewed
from services.gradebook.repository import exams, school
from services.gradebook.roles import ANYONE_AT_SCHOOL
from services.gradebook.spreadsheets.candidates import CandidateRow, read_candidates
from services.gradebook.spreadsheets.exams import EXAM_LIMITS, ExamResults, read_exam_results
from services.gradebook.usecases.supervision import leads
from services.gradebook.usecases.views import tell

OVER = (Role.OFFICER, Role.OPERATOR)
MOST_ROWS = 500  # of one page
UNKNOWN = {
    ExamRowState.UNKNOWN_CANDIDATE: (
        "Số báo danh chưa đăng ký và cũng không phải mã của học sinh dự thi chưa có điểm",
        "The code is not registered, nor is it the code of a pupil under this exam who has no marks yet",
    ),
    ExamRowState.UNKNOWN_PUPIL: (
        "Phạm vi kỳ thi không có học sinh mang mã này, hoặc số báo danh hay học sinh đã có điểm với mã khác",
        "No pupil under this exam is enrolled by this code, or code or pupil have marks with another one",
    ),
}


def open_exam(tx: Tx, command: OpenExam, actor: Actor) -> ExamV1:
    if not _manages(tx, actor, command.unit_id):
        raise Forbidden
    subjects = tuple(dict.fromkeys(" ".join(subject.split()) for subject in command.subjects))
    if not command.name.strip() or not all(subjects) or not subjects:
        raise Invalid(reason="an exam has a name and at least one subject")
    school.make_partitions(tx, command.school_year)
    exam = ExamV1(
        id=new_id(),
        school_year=command.school_year,
        unit_id=command.unit_id,
        name=command.name.strip(),
        subjects=subjects,
        opened_by=actor.person_id,
        opened_at=tx.now(),
    )
    exams.insert_exam(tx, exam)
    return exam


def find_exams(tx: Tx, query: FindExams, actor: Actor) -> Exams:
    """For whoever holds a role at the unit, and those over it."""
    if not authority.holds(tx, actor, ANYONE_AT_SCHOOL, query.unit_id):
        authority.require_cover(tx, actor, OVER, query.unit_id)
    above = authority.units_above(tx, query.unit_id, local_day(tx.now()))
    return Exams(exams=tuple(exams.exams_of(tx, query.school_year, above)))


def read_candidate_file(command: RegisterCandidates, outside: Outside) -> Sequence[CandidateRow]:
    _require_manager(command.school_year, command.exam_id, outside)
    rows: Sequence[CandidateRow] = outside.run(bounded, read_candidates, outside.objects.get(command.file))
    return rows


def register_candidates(
    tx: Tx, command: RegisterCandidates, actor: Actor, rows: Sequence[CandidateRow]
) -> ExamImportV1:
    """Each row for itself: a pupil's code that nobody in the exam's schools has, or who has marks, is told."""
    exam = _held(tx, command.school_year, command.exam_id)
    found = exams.register(tx, exam, _units(tx, exam), {row.code: row.pupil_code for row in rows})
    answers = [
        _answer(row.row, row.code, ExamRowState.WRITTEN if row.code in found else ExamRowState.UNKNOWN_PUPIL)
        for row in rows
    ]
    return _keep(tx, exam, command.file, actor, answers=answers, marks=len(found))


def read_exam_file(command: ImportExamMarks, outside: Outside) -> ExamResults:
    """The results file read in a process of its own; one row's fault leaves the others."""
    exam = _require_manager(command.school_year, command.exam_id, outside)
    read = partial(bounded, limits=EXAM_LIMITS, subjects=list(exam.subjects))
    results: ExamResults = outside.run(read, read_exam_results, outside.objects.get(command.file))
    return results


def import_exam_marks(tx: Tx, command: ImportExamMarks, actor: Actor, read: ExamResults) -> ExamImportV1:
    """Write what is new, in a few statements for the whole file, and keep what became of each row."""
    exam = _held(tx, command.school_year, command.exam_id)
    codes = [result.code for result in read.results]
    known = exams.candidates_among(tx, exam, codes)
    known |= exams.register(tx, exam, _units(tx, exam), {code: code for code in codes if code not in known})
    marks = [
        (result.code, subject, value)
        for result in read.results
        if result.code in known
        for subject, value in result.marks.items()
    ]
    written = exams.write_marks(tx, exam, marks, actor)
    answers = _answers(read, known, set(written))
    return _keep(tx, exam, command.file, actor, answers=answers, marks=len(written))


def read_exam_import(tx: Tx, query: ReadExamImport, actor: Actor) -> ExamRows:
    summary = exams.find_import(tx, query.school_year, query.import_id)
    exam = exams.find_exam(tx, query.school_year, summary.exam_id) if summary else None
    if summary is None or exam is None or not _manages(tx, actor, exam.unit_id):
        raise NotFound(import_id=query.import_id)
    limit = max(1, min(query.limit, MOST_ROWS))
    rows = exams.rows_after(tx, summary, query.state, after=query.after, limit=limit)
    return ExamRows(summary=summary, rows=tuple(rows), next_after=rows[-1].row if len(rows) == limit else None)


def find_exam_marks(tx: Tx, query: FindExamMarks, actor: Actor) -> ExamMarks:
    """The marks of a school's own pupils, for its leaders and those over the exam, whose look is logged."""
    exam, is_own = exams.find_exam(tx, query.school_year, query.exam_id), leads(tx, actor, query.unit_id)
    if exam is None or not (is_own or _manages(tx, actor, exam.unit_id)):
        raise NotFound(exam_id=query.exam_id)
    marks = exams.marks_of(tx, exam, query.unit_id, query.subject)
    basis = None if is_own else authority.find_basis(tx, actor, (*OVER, Role.ADMIN), exam.unit_id)
    if basis and marks:
        pupil_ids = sorted({mark.pupil_id for mark in marks})
        tell(tx, actor, basis, unit_id=query.unit_id, pupil_ids=pupil_ids, what=Viewed.MARKS)
    return ExamMarks(marks=tuple(marks))


def _manages(tx: Tx, actor: Actor, unit_id: UUID) -> bool:
    """An admin of the unit, or an officer or operator of it or of a unit above it."""
    return authority.holds(tx, actor, (Role.ADMIN,), unit_id) or authority.covers(tx, actor, OVER, unit_id)


def _require_manager(school_year: int, exam_id: UUID, outside: Outside) -> ExamV1:
    """The exam, before a file is parsed for it; for others there is none."""
    if outside.actor is None:
        raise Unauthenticated
    with outside.db.transaction() as tx:
        exam = exams.find_exam(tx, school_year, exam_id)
        if exam is None or not _manages(tx, outside.actor, exam.unit_id):
            raise NotFound(exam_id=exam_id)
    return exam


def _held(tx: Tx, school_year: int, exam_id: UUID) -> ExamV1:
    exam = exams.find_exam(tx, school_year, exam_id, to_write=True)
    if exam is None:
        raise NotFound(exam_id=exam_id)
    return exam


def _units(tx: Tx, exam: ExamV1) -> list[UUID]:
    """The exam's unit and all below it today: whose pupils may sit it."""
    below = authority.units_below(tx, exam.unit_id, local_day(tx.now()))
    return [exam.unit_id, *(unit.unit_id for unit in below)]


def _answers(read: ExamResults, known: Collection[str], written: Collection[str]) -> list[ExamRow]:
    answers = {}
    for result in read.results:
        state = ExamRowState.WRITTEN if result.code in written else ExamRowState.UNCHANGED
        state = state if result.code in known else ExamRowState.UNKNOWN_CANDIDATE
        answers[result.row] = _answer(result.row, result.code, state)
    for one in read.problems:
        where = f"{one.column}{one.row} “{one.value}”"
        told = {"vi": f"{where}: {one.reason_vi}", "en": f"{where}: {one.reason_en}"}
        answers[one.row or 0] = ExamRow(row=one.row or 0, code="", state=ExamRowState.BAD_VALUE, **told)
    return [answers[row] for row in sorted(answers)]


def _answer(row: int, code: str, state: ExamRowState) -> ExamRow:
    vi, en = UNKNOWN.get(state, (None, None))
    return ExamRow(row=row, code=code, state=state, vi=vi, en=en)


def _keep(tx: Tx, exam: ExamV1, file: str, actor: Actor, *, answers: Sequence[ExamRow], marks: int) -> ExamImportV1:
    count = Counter(answer.state.value for answer in answers)
    summary = ExamImportV1(
        id=new_id(),
        school_year=exam.school_year,
        exam_id=exam.id,
        file=file,
        imported_by=actor.person_id,
        imported_at=tx.now(),
        rows=dict(count),
        marks=marks,
    )
    exams.insert_import(tx, summary, answers)
    return summary
