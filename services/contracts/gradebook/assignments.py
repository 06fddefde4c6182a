"""Who teaches what to whom."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.sheets import Sheets
from services.contracts.messages import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """`teacher_id` signs for the subject; the co-teachers write its marks as well."""

    class_id: UUID
    subject: str
    teacher_id: UUID
    co_teacher_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTeachers(Command[Sheets]):
    """Say who teaches what to whom; makes the two sheets of each class and subject."""

    operation: ClassVar[str] = "gradebook.assign_teachers"
    school_year: int
    unit_id: UUID
    assignments: tuple[NewAssignment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceTeacher(Command[Sheets]):
    """Give a subject of a class to another teacher though it has marks; what is written stays its writer's."""

    operation: ClassVar[str] = "gradebook.replace_teacher"
    school_year: int
    class_id: UUID
    subject: str
    teacher_id: UUID
    reason: str
