"""A pupil's earlier years as the papers of that time give them: kept, never judged anew."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.results import ReasonV1
from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSubject:
    """A subject's results as they are written there: "7.5", "Đ", "T", or null where nothing is."""

    code: str
    name: str
    term1: str | None
    term2: str | None
    year: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenYearV1:
    """An earlier year in the words of its own time; `regulation` is null where none is on record for it.

    `warnings` say where the law of that time, as it is in code, comes to something else; they change nothing.
    """

    school_year: int
    version: int
    stage: str
    grade: int
    school_name: str
    class_name: str
    regulation: str | None
    subjects: tuple[GivenSubject, ...]
    level: str | None
    conduct: str | None
    absences: int
    promotion: str | None
    title: str | None
    remark: str
    evidence: str
    warnings: tuple[ReasonV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepGivenYear(Command[GivenYearV1]):
    """Keep a year that the pupil spent before the platform knew the school; `evidence` is its file's SHA-256.

    What was kept for the year before stays as an older version.
    """

    operation: ClassVar[str] = "gradebook.keep_given_year"
    school_year: int
    pupil_id: UUID
    stage: str
    grade: int
    school_name: str
    class_name: str
    subjects: tuple[GivenSubject, ...]
    level: str | None
    conduct: str | None
    absences: int
    promotion: str | None
    title: str | None
    remark: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilGivenYears:
    """A pupil's earlier years, the newest first."""

    pupil_id: UUID
    years: tuple[GivenYearV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenYears:
    pupils: tuple[PupilGivenYears, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindGivenYears(Query[GivenYears]):
    """The earlier years that were given of these pupils; who has none is left out."""

    operation: ClassVar[str] = "gradebook.find_given_years"
    pupil_ids: tuple[UUID, ...]
