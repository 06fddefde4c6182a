"""Centralised exams: candidates by code, marks to two decimals, and their way into the sheets of schools."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamV1:
    """An exam of a school, or of a department or commune for schools below it; `subjects` as its files head them."""

    id: UUID
    school_year: int
    unit_id: UUID
    name: str
    subjects: tuple[str, ...]
    opened_by: UUID
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenExam(Command[ExamV1]):
    """Begin an exam, by an admin of the unit or one of those who officiate over it."""

    operation: ClassVar[str] = "gradebook.open_exam"
    school_year: int
    unit_id: UUID
    name: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exams:
    exams: tuple[ExamV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindExams(Query[Exams]):
    """The unit's exams, and those of the units above it."""

    operation: ClassVar[str] = "gradebook.find_exams"
    school_year: int
    unit_id: UUID


class ExamRowState(StrEnum):
    """What became of a row of an exam's file; UNKNOWN_PUPIL is of a list of candidates."""

    WRITTEN = "WRITTEN"
    UNCHANGED = "UNCHANGED"
    UNKNOWN_CANDIDATE = "UNKNOWN_CANDIDATE"
    UNKNOWN_PUPIL = "UNKNOWN_PUPIL"
    BAD_VALUE = "BAD_VALUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamImportV1:
    """How many rows of a file came to what; each row's own answer is read page by page."""

    id: UUID
    school_year: int
    exam_id: UUID
    file: str
    imported_by: UUID
    imported_at: datetime
    rows: dict[str, int]
    """By ExamRowState."""
    marks: int
    """How many marks, or candidates, were written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCandidates(Command[ExamImportV1]):
    """Say which candidate code (số báo danh) is which pupil, from a list of both codes."""

    operation: ClassVar[str] = "gradebook.register_candidates"
    school_year: int
    exam_id: UUID
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportExamMarks(Command[ExamImportV1]):
    """Write the marks of a results file: each row for itself, a candidate's code being registered or a pupil's own."""

    operation: ClassVar[str] = "gradebook.import_exam_marks"
    school_year: int
    exam_id: UUID
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRow:
    """A row of the file; `reason` says in both languages what is wrong with it."""

    row: int
    code: str
    state: ExamRowState
    vi: str | None = None
    en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamRows:
    """A page; `next_after` is null on the last one."""

    summary: ExamImportV1
    rows: tuple[ExamRow, ...]
    next_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadExamImport(Query[ExamRows]):
    """What became of the rows of a file, those of one state or all, after a row and up to 500."""

    operation: ClassVar[str] = "gradebook.read_exam_import"
    school_year: int
    import_id: UUID
    state: ExamRowState | None = None
    after: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamMarkV1:
    code: str
    pupil_id: UUID
    subject: str
    value: Decimal
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamMarks:
    marks: tuple[ExamMarkV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindExamMarks(Query[ExamMarks]):
    """The marks in force of candidates who are pupils of the unit, for its leaders and those over it."""

    operation: ClassVar[str] = "gradebook.find_exam_marks"
    school_year: int
    exam_id: UUID
    unit_id: UUID
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamMarksCopied:
    """How many cells were written and were so already, and how many of the sheets' pupils have no mark."""

    sheets: int
    written: int
    unchanged: int
    without_mark: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyExamMarks(Command[ExamMarksCopied]):
    """Write an exam's marks into a centralised column of the school's sheets, rounded half up to one decimal."""

    operation: ClassVar[str] = "gradebook.copy_exam_marks"
    school_year: int
    exam_id: UUID
    unit_id: UUID
    exam_subject: str
    subject: str
    grade: int
    term: int
    key: str
