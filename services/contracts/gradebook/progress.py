"""How far the entry of marks has come, what is still missing, and until when the school plans it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.results import Period
from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Cells: those expected, those entered, those missing (the difference), and those late.

    A cell is expected of a pupil who is in the class, takes the subject and is not exempt. An absence that may still be
    made up is missing. Late is what was first entered after its day, or is still missing after it.
    """

    expected: int
    entered: int
    missing: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProgress:
    """A column that at least one pupil must have; `last_entry_at` is null while nothing was entered."""

    key: str
    due_on: date | None
    tally: Tally
    last_entry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetProgress:
    sheet_id: UUID
    class_id: UUID
    class_name: str
    grade: int
    subject: str
    subject_name: str
    columns: tuple[ColumnProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`total` is the sum over the columns."""

    sheets: tuple[SheetProgress, ...]
    total: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProgress(Query[Progress]):
    """A school's entry in a term, recounted from the cells now; homeroom teachers ask for their class."""

    operation: ClassVar[str] = "gradebook.read_progress"
    school_year: int
    unit_id: UUID
    term: int
    grade: int | None = None
    class_id: UUID | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolProgress:
    """A school's entry as it was at `counted_at`; null: it is being counted for the first time."""

    unit_id: UUID
    tally: Tally
    counted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """The schools with an open year below a unit; `total` is their sum and `as_of` the oldest count in it."""

    schools: tuple[SchoolProgress, ...]
    total: Tally
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUnitProgress(Query[UnitProgress]):
    """The entry of every school of a department or commune; counts some minutes old are renewed behind the answer."""

    operation: ClassVar[str] = "gradebook.read_unit_progress"
    school_year: int
    unit_id: UUID
    term: int


class MissingKind(StrEnum):
    """What is missing: a mark, a conduct with its absences, a subject teacher's comment at the end of the term."""

    MARK = "MARK"
    CONDUCT = "CONDUCT"
    COMMENT = "COMMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingGroup:
    """The pupils, by code in the order of the class's list, who lack the same thing.

    `subject` is null for conduct, `column_key` for all but marks.
    """

    class_id: UUID
    class_name: str
    term: int
    kind: MissingKind
    subject: str | None
    column_key: str | None
    pupils: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """`count` is the number of single missing things."""

    count: int
    groups: tuple[MissingGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMissing(Query[Missing]):
    """What keeps a class, or all classes of a school, from being closed for a period."""

    operation: ClassVar[str] = "gradebook.find_missing"
    school_year: int
    unit_id: UUID
    period: Period
    class_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWeek:
    """Cells planned for, and cells first entered in, the week that begins on that Monday."""

    begins_on: date
    planned: int
    entered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparison:
    """`unplanned` counts the expected cells of columns without a day."""

    weeks: tuple[PlanWeek, ...]
    unplanned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePlan(Query[PlanComparison]):
    """A school's plan of entry beside what was entered, week by week."""

    operation: ClassVar[str] = "gradebook.compare_plan"
    school_year: int
    unit_id: UUID
    term: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedColumn:
    """Until which day a column of a grade's subject is to be filled in all its classes; null: no day."""

    grade: int
    subject: str
    key: str
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsPlanned:
    """How many columns of sheets have the day that was asked for."""

    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanColumns(Command[ColumnsPlanned]):
    """Set the days of the school's plan: all of them or none."""

    operation: ClassVar[str] = "gradebook.plan_columns"
    school_year: int
    unit_id: UUID
    term: int
    columns: tuple[PlannedColumn, ...]
