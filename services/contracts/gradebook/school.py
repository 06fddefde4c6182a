"""Years, plans, classes and who teaches what.

`school_year` is the year in which it starts: 2025 for 2025–2026.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


class SubjectKind(StrEnum):
    """How a subject is assessed (TT22/2021 Art. 5): by comments, or by comments and marks."""

    SCORED = "SCORED"
    COMMENT = "COMMENT"


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
