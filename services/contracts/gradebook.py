"""What gradebook answers and tells: years, classes, sheets, marks, windows, conduct, results.

`school_year` is the year in which it starts: 2025 for 2025–2026.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.identity import Change
from services.contracts.messages import Command, Event, Query


class SubjectKind(StrEnum):
    """How a subject is assessed (TT22/2021 Art. 5): by comments, or by comments and marks."""

    SCORED = "SCORED"
    COMMENT = "COMMENT"


class ColumnKind(StrEnum):
    """Kinds of assessment: regular (ĐĐGtx), mid-term (ĐĐGgk), final (ĐĐGck)."""

    REGULAR = "REGULAR"
    MIDTERM = "MIDTERM"
    FINAL = "FINAL"


class CellState(StrEnum):
    EMPTY = "EMPTY"
    VALUE = "VALUE"
    MISSED_EXCUSED = "MISSED_EXCUSED"
    MISSED_UNEXCUSED = "MISSED_UNEXCUSED"
    EXEMPT = "EXEMPT"


class WindowKind(StrEnum):
    """What an entry window lets people write: marks (with subject comments), or conduct and homeroom remarks."""

    MARKS = "MARKS"
    COMMENTS = "COMMENTS"


class Period(StrEnum):
    """What is locked: a term's results or the year's."""

    TERM_1 = "TERM_1"
    TERM_2 = "TERM_2"
    YEAR = "YEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePeriods:
    grade: int
    periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPlan:
    """A subject of the school's plan, with its periods a year in each grade where it is taught."""

    code: str
    name: str
    kind: SubjectKind
    grades: tuple[GradePeriods, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOpened:
    school_year: int
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSchoolYear(Command[YearOpened]):
    operation: ClassVar[str] = "gradebook.open_school_year"
    school_year: int
    unit_id: UUID
    stage: str
    subjects: tuple[SubjectPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClass:
    name: str
    grade: int
    homeroom_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassV1:
    id: UUID
    school_year: int
    unit_id: UUID
    name: str
    grade: int
    homeroom_id: UUID
    pupils: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    classes: tuple[ClassV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateClasses(Command[Classes]):
    operation: ClassVar[str] = "gradebook.create_classes"
    school_year: int
    unit_id: UUID
    classes: tuple[NewClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindClasses(Query[Classes]):
    operation: ClassVar[str] = "gradebook.find_classes"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsImported:
    pupils: int
    enrolled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPupils(Command[PupilsImported]):
    """Register and enrol the pupils of a C1-HocSinh workbook; `file` is the SHA-256 of the uploaded object."""

    operation: ClassVar[str] = "gradebook.import_pupils"
    school_year: int
    unit_id: UUID
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    class_id: UUID
    subject: str
    teacher_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnV1:
    """A column of a sheet; `key` is tx1…, gk or ck."""

    id: UUID
    key: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHead:
    """A sheet: one class, one subject, one term."""

    id: UUID
    school_year: int
    unit_id: UUID
    class_id: UUID
    class_name: str
    subject: str
    subject_name: str
    kind: SubjectKind
    term: int
    teacher_id: UUID
    columns: tuple[ColumnV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    sheets: tuple[SheetHead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTeachers(Command[Sheets]):
    """Say who teaches what to whom; makes the two sheets of each class and subject."""

    operation: ClassVar[str] = "gradebook.assign_teachers"
    school_year: int
    unit_id: UUID
    assignments: tuple[NewAssignment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSheets(Query[Sheets]):
    """The unit's sheets that the person may read: all for admins and principals, else one's own and one's class's."""

    operation: ClassVar[str] = "gradebook.find_sheets"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowV1:
    id: UUID
    school_year: int
    unit_id: UUID
    term: int
    kind: WindowKind
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWindow(Command[WindowV1]):
    """Let the unit's teachers write from now until `closes_at`."""

    operation: ClassVar[str] = "gradebook.open_window"
    school_year: int
    unit_id: UUID
    term: int
    kind: WindowKind
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWindow(Command[WindowV1]):
    """Close a window now, whatever its planned time."""

    operation: ClassVar[str] = "gradebook.close_window"
    school_year: int
    window_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEntry:
    """One cell to write. `value` is "7.5" or "Đ"/"CĐ" with VALUE, else null; `version` is its base, 0: none."""

    pupil_id: UUID
    state: CellState
    value: str | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellVersion:
    pupil_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSaved:
    written: int
    cells: tuple[CellVersion, ...]
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveColumn(Command[ColumnSaved]):
    """Write one column of a class sheet: all cells or none."""

    operation: ClassVar[str] = "gradebook.save_column"
    school_year: int
    sheet_id: UUID
    column_id: UUID
    cells: tuple[CellEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksImported:
    written: int
    unchanged: int
    comments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMarks(Command[MarksImported]):
    """Write a sheet from a workbook in mark template 1; `file` is the SHA-256 of the uploaded object."""

    operation: ClassVar[str] = "gradebook.import_marks"
    school_year: int
    sheet_id: UUID
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectComment:
    pupil_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsSaved:
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveComments(Command[CommentsSaved]):
    """Write the subject teacher's comments of a sheet."""

    operation: ClassVar[str] = "gradebook.save_comments"
    school_year: int
    sheet_id: UUID
    comments: tuple[SubjectComment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductEntry:
    """Conduct (Tốt, Khá, Đạt, Chưa đạt), half-days absent and the homeroom teacher's remark for one pupil and term."""

    pupil_id: UUID
    conduct: str
    absences: int
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductSaved:
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveConduct(Command[ConductSaved]):
    operation: ClassVar[str] = "gradebook.save_conduct"
    school_year: int
    class_id: UUID
    term: int
    entries: tuple[ConductEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellV1:
    column_id: UUID
    state: CellState
    value: str | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A pupil's row; one who has left the class keeps it, but it is written no more."""

    pupil_id: UUID
    code: str
    cells: tuple[CellV1, ...]
    comment: str
    is_enrolled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetV1:
    """A sheet as it is now; `chain_head` is the hash of its newest history row.

    `closes_at` is when its newest entry window closes or has closed, null where none was opened; `is_open` is true
    while its teacher may write.
    """

    head: SheetHead
    rows: tuple[SheetRow, ...]
    history_rows: int
    chain_head: str
    closes_at: datetime | None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSheet(Query[SheetV1]):
    operation: ClassVar[str] = "gradebook.read_sheet"
    school_year: int
    sheet_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAudit:
    """What recomputing a sheet's chain found; `broken_at` is the first history row that does not fit, or null."""

    intact: bool
    history_rows: int
    broken_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSheet(Query[SheetAudit]):
    operation: ClassVar[str] = "gradebook.audit_sheet"
    school_year: int
    sheet_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLocked:
    class_id: UUID
    period: Period
    pupils: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockResults(Command[PeriodLocked]):
    """Compute and lock a class's results of a period; term 1, then term 2, then the year."""

    operation: ClassVar[str] = "gradebook.lock_results"
    school_year: int
    class_id: UUID
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResult:
    code: str
    name: str
    kind: SubjectKind
    term1: str | None
    term2: str | None
    year: str | None
    comment: str
    teacher_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSummary:
    term: int
    level: str | None
    conduct: str | None
    absences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonV1:
    """Why a result is what it is, with the clause that says so."""

    code: str
    clause: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilResult:
    """A pupil's locked year. `promotion` is PROMOTED, RETEST, SUMMER_TRAINING or NOT_PROMOTED."""

    pupil_id: UUID
    regulation: str
    subjects: tuple[SubjectResult, ...]
    terms: tuple[TermSummary, ...]
    level: str | None
    conduct: str | None
    absences: int
    promotion: str
    title: str | None
    reasons: tuple[ReasonV1, ...]
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResults:
    school_year: int
    unit_id: UUID
    class_id: UUID
    class_name: str
    stage: str
    grade: int
    homeroom_id: UUID
    results: tuple[PupilResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClassResults(Query[ClassResults]):
    """A class's locked year results; refused until they are locked."""

    operation: ClassVar[str] = "gradebook.read_class_results"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentV1:
    """Where a pupil is enrolled; `ended_on` is null while it is active."""

    pupil_id: UUID
    school_year: int
    unit_id: UUID
    class_id: UUID | None
    began_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindEnrolment(Query[EnrolmentV1]):
    """The pupil's active enrolment; not found where there is none."""

    operation: ClassVar[str] = "gradebook.find_enrolment"
    pupil_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePupil(Command[EnrolmentV1]):
    """End the pupil's enrolment at one school and begin it at another, in one step; the class comes later."""

    operation: ClassVar[str] = "gradebook.move_pupil"
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsLockedV1(Event):
    """A class's results of a period are final."""

    type: ClassVar[str] = "vn.hocba.gradebook.results_locked.v1"
    aggregate: ClassVar[str] = "record_id"
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime
    school_year: int
    unit_id: UUID
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilMovedV1(Event):
    """A pupil's active enrolment is now at another school."""

    type: ClassVar[str] = "vn.hocba.gradebook.pupil_moved.v1"
    aggregate: ClassVar[str] = "record_id"
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime
    school_year: int
    from_unit_id: UUID
    to_unit_id: UUID
