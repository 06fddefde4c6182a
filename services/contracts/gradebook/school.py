"""Years, plans and classes.

`school_year` is the year in which it starts: 2025 for 2025–2026.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


class SubjectKind(StrEnum):
    """How a subject is assessed: with marks or by comments alone (TT22/2021 Art. 5), or as in primary (TT27/2020).

    QUALITIES is the primary class's sheet of qualities and competences (phẩm chất, năng lực), kept like a subject.
    """

    SCORED = "SCORED"
    COMMENT = "COMMENT"
    PRIMARY = "PRIMARY"
    QUALITIES = "QUALITIES"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePeriods:
    grade: int
    periods: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPlan:
    """A subject of the school's plan, with its periods a year in each grade where it is taught.

    An elective is only for the pupils who chose it; with `has_cluster` pupils may take its study-topic cluster (cụm
    chuyên đề), which asks for one assessment more; `terms` says when it is taught.
    """

    code: str
    name: str
    kind: SubjectKind
    grades: tuple[GradePeriods, ...]
    is_elective: bool = False
    has_cluster: bool = False
    terms: tuple[int, ...] = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The year's days at the school: its first, the first of term 2, its last."""

    begins_on: date
    second_term_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOpened:
    school_year: int
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSchoolYear(Command[YearOpened]):
    """Begin a stage's school year with its plan; `paper_grades` still keep their books on paper."""

    operation: ClassVar[str] = "gradebook.open_school_year"
    school_year: int
    unit_id: UUID
    stage: str
    subjects: tuple[SubjectPlan, ...]
    calendar: Calendar | None = None
    paper_grades: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnded:
    school_year: int
    pupils: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSchoolYear(Command[YearEnded]):
    """End the enrolments of a school year whose every class is locked, so that the next year can be enrolled."""

    operation: ClassVar[str] = "gradebook.end_school_year"
    school_year: int
    unit_id: UUID


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
    stage: str
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
