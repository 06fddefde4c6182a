"""All years of one pupil."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.given import GivenYearV1
from services.contracts.gradebook.results import PupilResult
from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilYear:
    """One year of a pupil at a school; `result` is null until the year's results are locked."""

    school_year: int
    unit_id: UUID
    class_id: UUID
    class_name: str
    stage: str
    grade: int
    result: PupilResult | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRecord:
    """A pupil's years, the newest first: those on this platform, and earlier ones as they were given."""

    pupil_id: UUID
    years: tuple[PupilYear, ...]
    given: tuple[GivenYearV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPupilRecord(Query[PupilRecord]):
    """A pupil's years, for leaders of the school where the pupil is now or was last, officers and inspectors above it.

    Every look is logged.
    """

    operation: ClassVar[str] = "gradebook.read_pupil_record"
    pupil_id: UUID
