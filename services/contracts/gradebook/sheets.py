"""Mark sheets: one class, one subject, one term; columns and cells."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.school import SubjectKind
from services.contracts.messages import Command, Query


class ColumnKind(StrEnum):
    """Kinds of assessment: regular (ĐĐGtx), mid-term (ĐĐGgk), final (ĐĐGck)."""

    REGULAR = "REGULAR"
    MIDTERM = "MIDTERM"
    FINAL = "FINAL"


class Scale(StrEnum):
    """What a column's values are."""

    MARK = "MARK"  # 0 to 10, one decimal
    PASS = "PASS"  # noqa: S105 - Đ or CĐ, no secret
    TEST = "TEST"  # 0 to 10, whole
    LEVEL = "LEVEL"  # T, H or C
    QUALITY = "QUALITY"  # T, Đ or C


class CellState(StrEnum):
    EMPTY = "EMPTY"
    VALUE = "VALUE"
    MISSED_EXCUSED = "MISSED_EXCUSED"
    MISSED_UNEXCUSED = "MISSED_UNEXCUSED"
    EXEMPT = "EXEMPT"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnV1:
    """A column of a sheet; `key` is tx1…, gk or ck, in primary gk_muc, gk_kt and so on.

    A centralised one is written by admins only; one of a cluster is for the pupils who take the cluster.
    """

    id: UUID
    key: str
    kind: ColumnKind
    scale: Scale
    is_cluster: bool = False
    is_centralised: bool = False
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHead:
    """A sheet: one class, one subject, one term."""

    id: UUID
    school_year: int
    unit_id: UUID
    class_id: UUID
    class_name: str
    grade: int
    subject: str
    subject_name: str
    kind: SubjectKind
    is_elective: bool
    term: int
    teacher_id: UUID
    columns: tuple[ColumnV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    sheets: tuple[SheetHead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSheets(Query[Sheets]):
    """The unit's sheets that the person may read: all for admins and principals, else one's own and one's class's."""

    operation: ClassVar[str] = "gradebook.find_sheets"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEntry:
    """One cell to write. `value` goes by the column's scale with VALUE, else null; `version` is its base, 0: none."""

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
class CellV1:
    column_id: UUID
    state: CellState
    value: str | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCell:
    column_id: UUID
    entry: CellEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOn:
    """A cell of a draft that somebody else changed meanwhile: theirs stands; `yours` is what the draft holds."""

    column_id: UUID
    yours: CellEntry
    current: CellV1


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMerged:
    written: int
    unchanged: int
    moved_on: tuple[MovedOn, ...]
    cells: tuple[DraftCell, ...]
    """What was written, each entry with its new version."""
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeDraft(Command[DraftMerged]):
    """Write what was kept offline, cell by cell: what nobody touched meanwhile is written, the rest told with both."""

    operation: ClassVar[str] = "gradebook.merge_draft"
    school_year: int
    sheet_id: UUID
    cells: tuple[DraftCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsCentralised:
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CentraliseColumns(Command[ColumnsCentralised]):
    """Make a column of a grade's subject that of a centralised exam, written by admins only, or give it back."""

    operation: ClassVar[str] = "gradebook.centralise_columns"
    school_year: int
    unit_id: UUID
    grade: int
    subject: str
    term: int
    key: str
    is_centralised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectComment:
    """A comment to write; `key` is ck, or gk at a primary mid-term, `version` its base, 0: none."""

    pupil_id: UUID
    text: str
    version: int
    key: str = "ck"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsSaved:
    written: int
    comments: tuple[SubjectComment, ...]
    """Each with its version now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveComments(Command[CommentsSaved]):
    """Write the subject teacher's comments of a sheet."""

    operation: ClassVar[str] = "gradebook.save_comments"
    school_year: int
    sheet_id: UUID
    comments: tuple[SubjectComment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A pupil's row; one who has left the class keeps it, but it is written no more."""

    pupil_id: UUID
    code: str
    cells: tuple[CellV1, ...]
    comments: tuple[SubjectComment, ...]
    is_enrolled: bool = True
    has_cluster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetV1:
    """A sheet as it is now; `chain_head` is the hash of its newest history row.

    `closes_at` is when its newest entry window closes or has closed, null where none was opened; `is_open` is true
    while its teacher may write some column.
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
