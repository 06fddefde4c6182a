"""Workbooks of marks and lists of pupils: shown first as what they would change, then applied whole or not at all."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


class ImportKind(StrEnum):
    MARKS = "MARKS"
    PUPILS = "PUPILS"


class ImportState(StrEnum):
    """A preview that nobody applied within its 24 hours has expired."""

    PREVIEWED = "PREVIEWED"
    APPLIED = "APPLIED"
    EXPIRED = "EXPIRED"


class ImportedPart(StrEnum):
    """What a cell of a file is about."""

    MARK = "MARK"
    COMMENT = "COMMENT"
    CONDUCT = "CONDUCT"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """Where a person sees it: the workbook's page, the row, and the column's letter where it is one cell."""

    page: str
    row: int
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Why, in both languages; `code` is for programs and never changes."""

    code: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCell:
    """A cell of the file beside the one that it is meant for; `key` is the column's, the comment's or the conduct's.

    `sheet_id` is null for conduct. `old` is what stands there, null for nothing; `new` is what the file says.
    """

    place: FilePlace
    part: ImportedPart
    key: str
    new: str
    old: str | None = None
    sheet_id: UUID | None = None
    pupil_id: UUID | None = None
    refused: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDoubt:
    """Something odd that stops nothing."""

    place: FilePlace
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilCandidate:
    pupil_id: UUID
    code: str
    name: str
    born_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilSuggestion:
    """A row whose pupil is known by name and birth date alone: a person says whether it is one of these."""

    place: FilePlace
    name: str
    candidates: tuple[PupilCandidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEcho:
    """What the file holds in a column, to compare with the paper: how many cells; of marks their sum and bounds."""

    key: str
    filled: int
    total: str | None = None
    lowest: str | None = None
    highest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPage:
    """A part of the file with the class and, where it is one subject's, the sheet that it is meant for."""

    page: str
    class_id: UUID
    class_name: str
    term: int
    rows: int
    subject: str | None = None
    sheet_id: UUID | None = None
    columns: tuple[ColumnEcho, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksReport:
    """Cell by cell what a workbook would change; what is unchanged is counted."""

    pages: tuple[ImportedPage, ...]
    changes: tuple[ImportedCell, ...]
    unchanged: int
    refused: tuple[ImportedCell, ...]
    warnings: tuple[ImportDoubt, ...]
    suggestions: tuple[PupilSuggestion, ...]


class PupilChange(StrEnum):
    """What a row of a list would do to its pupil."""

    ENROLS = "ENROLS"
    PLACES = "PLACES"
    LEAVES = "LEAVES"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """A row of a list of pupils; `since` is the day from which it counts."""

    place: FilePlace
    name: str
    class_name: str
    code: str | None
    change: PupilChange
    since: date | None = None
    refused: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsReport:
    """What a list of pupils would change; rows that change nothing are counted."""

    rows: tuple[ListedRow, ...]
    unchanged: int
    suggestions: tuple[PupilSuggestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportApplied:
    """What was written: marks, comments, conduct, or pupils enrolled, placed in a class, and gone."""

    marks: int = 0
    comments: int = 0
    conduct: int = 0
    enrolled: int = 0
    placed: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportV1:
    """A file that was sent to be imported; `file` is its SHA-256, the object stays."""

    id: UUID
    school_year: int
    unit_id: UUID
    kind: ImportKind
    state: ImportState
    layout: str
    file: str
    file_name: str
    previewed_by: UUID
    previewed_at: datetime
    expires_at: datetime
    applied_at: datetime | None = None
    marks: MarksReport | None = None
    pupils: PupilsReport | None = None
    applied: ImportApplied | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewImport(Command[ImportV1]):
    """Say what a workbook of marks would change; nothing is written. `file` is the SHA-256 of the uploaded object.

    `sheet_id`, or `class_id` and `term`, say what it is meant for where the file does not; where both do, they agree.
    `half` is gk or ck, for primary results that do not say of which half of the term they are.
    """

    operation: ClassVar[str] = "gradebook.preview_import"
    school_year: int
    unit_id: UUID
    file: str
    file_name: str = ""
    sheet_id: UUID | None = None
    class_id: UUID | None = None
    term: int | None = None
    half: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedMatch:
    """That the row of the file is this pupil, one of those suggested."""

    page: str
    row: int
    pupil_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyImport(Command[ImportV1]):
    """Write what the preview showed, on the versions that it saw: all or nothing, once.

    With `leave_out_refused` what the preview refused, and rows whose pupil nobody confirmed, are left out; without it
    they refuse the whole.
    """

    operation: ClassVar[str] = "gradebook.apply_import"
    school_year: int
    import_id: UUID
    matches: tuple[ConfirmedMatch, ...] = ()
    leave_out_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPupils(Command[ImportV1]):
    """Say whom a list of pupils would enrol, place in a class, and end; nothing is written."""

    operation: ClassVar[str] = "gradebook.preview_pupils"
    school_year: int
    unit_id: UUID
    file: str
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyPupils(Command[ImportV1]):
    """Enrol, place and end the pupils as the preview showed: all or nothing, once."""

    operation: ClassVar[str] = "gradebook.apply_pupils"
    school_year: int
    import_id: UUID
    matches: tuple[ConfirmedMatch, ...] = ()
    leave_out_refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadImport(Query[ImportV1]):
    """The report again, for who sent the file and the leaders of the school."""

    operation: ClassVar[str] = "gradebook.read_import"
    school_year: int
    import_id: UUID
