"""Who teaches what to whom."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.sheets import Sheets
from services.contracts.messages import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    class_id: UUID
    subject: str
    teacher_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignTeachers(Command[Sheets]):
    """Say who teaches what to whom; makes the two sheets of each class and subject."""

    operation: ClassVar[str] = "gradebook.assign_teachers"
    school_year: int
    unit_id: UUID
    assignments: tuple[NewAssignment, ...]
