"""What a book is printed from: classes with their pupils, sheets, conduct and locked results, and people's names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.chassis.codec import digest, encode
from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnV1, Scale
from services.gradebook.domain import Cell
from services.gradebook.rules.regulation import Stage

TERM_PERIOD = {1: Period.TERM_1, 2: Period.TERM_2}
PERIOD_TERM = {period: term for term, period in TERM_PERIOD.items()}


NUMBERS = (Scale.MARK, Scale.TEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One subject of one class and term; `takers` study it, `with_cluster` also its study-topic cluster."""

    subject: str
    name: str
    kind: SubjectKind
    term: int
    teacher_ids: tuple[UUID, ...]  # the one who signs comes first
    columns: tuple[ColumnV1, ...]
    takers: tuple[UUID, ...]
    with_cluster: tuple[UUID, ...] = ()
    cells: Mapping[UUID, Mapping[UUID, Cell]] = field(default_factory=dict)  # by pupil, then column
    comments: Mapping[UUID, Mapping[str, str]] = field(default_factory=dict)  # by pupil, then "gk" or "ck"

    def cell(self, pupil_id: UUID, column: ColumnV1) -> Cell:
        return self.cells.get(pupil_id, {}).get(column.id, Cell())

    def columns_for(self, pupil_id: UUID) -> tuple[ColumnV1, ...]:
        """The columns that a pupil must have filled."""
        has_cluster = pupil_id in self.with_cluster
        return tuple(column for column in self.columns if has_cluster or not column.is_cluster)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A pupil on the class's list, with when and how the enrolment ended."""

    id: UUID
    code: str
    name: str = ""
    born_on: date | None = None
    gender: str | None = None
    ethnicity: str | None = None
    ended_on: date | None = None
    ended_as: str | None = None

    @property
    def has_left(self) -> bool:
        """Gone before the year's end; a year that has ended for the whole class does not count."""
        return self.ended_as in ("MOVED", "LEFT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A pupil's locked period: results by subject code, and what follows from them; the summer's stand apart."""

    subjects: Mapping[str, str | None] = field(default_factory=dict)
    retests: Mapping[str, str] = field(default_factory=dict)
    level: str | None = None
    conduct: str | None = None
    level_after: str | None = None
    conduct_after: str | None = None
    promotion: str | None = None
    completion: str | None = None
    title: str | None = None

    @property
    def final_level(self) -> str | None:
        """After another assessment in the summer, its level."""
        return self.level_after or self.level


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One mark that was corrected after it had been locked; `key` is its column's."""

    subject: str
    term: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRecord:
    """A class, with all its sheets or only a teacher's, in the order of the printed form."""

    id: UUID
    name: str
    grade: int
    stage: str
    school_year: int
    homeroom_id: UUID
    pupils: tuple[Pupil, ...]
    sheets: tuple[Sheet, ...]
    conduct: Mapping[UUID, Mapping[Period, ConductEntry]] = field(default_factory=dict)  # by pupil, then term
    results: Mapping[UUID, Mapping[Period, Result]] = field(default_factory=dict)  # by pupil, then period
    locked: tuple[Period, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def subjects(self) -> dict[str, Sheet]:
        """A sheet of each subject, by code, in the order of the printed form."""
        return {sheet.subject: sheet for sheet in self.sheets}

    @property
    def is_primary(self) -> bool:
        return self.stage == Stage.PRIMARY

    def sheets_of(self, term: int) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets if sheet.term == term)

    def takes(self, pupil_id: UUID, subject: str) -> bool:
        return any(pupil_id in sheet.takers for sheet in self.sheets if sheet.subject == subject)

    def conduct_of(self, pupil_id: UUID, term: int) -> ConductEntry | None:
        return self.conduct.get(pupil_id, {}).get(TERM_PERIOD[term])

    def result_of(self, pupil_id: UUID, period: Period) -> Result | None:
        """The locked result; None while the period is open, and for who was not judged."""
        return self.results.get(pupil_id, {}).get(period)

    def conduct_level(self, pupil_id: UUID, period: Period) -> str | None:
        """The term's as the homeroom teacher wrote it; the year's once it is locked."""
        if period is Period.YEAR:
            result = self.result_of(pupil_id, period)
            return result.conduct if result else None
        written = self.conduct_of(pupil_id, PERIOD_TERM[period])
        return written.conduct if written else None


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    name: str
    commune: str
    province: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Everything in a book but the moment of printing; `term` is None for the whole year."""

    school: School
    school_year: int
    term: int | None
    classes: tuple[ClassRecord, ...]
    names: Mapping[UUID, str]  # of teachers

    @property
    def terms(self) -> tuple[int, ...]:
        return (1, 2) if self.term is None else (self.term,)

    @property
    def periods(self) -> tuple[Period, ...]:
        return tuple(Period) if self.term is None else (TERM_PERIOD[self.term],)

    def name_of(self, person_id: UUID) -> str:
        return self.names.get(person_id, "")

    def teachers_of(self, sheet: Sheet) -> str:
        return ", ".join(filter(None, map(self.name_of, sheet.teacher_ids)))

    def digest(self) -> str:
        """SHA-256 of the data: two books with the same digest were printed from the same data."""
        return digest(encode(self))
