"""Conduct, absences and remarks of a class."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductEntry:
    """Conduct (Tốt, Khá, Đạt, Chưa đạt), half-days absent and the homeroom teacher's remark for one pupil and term."""

    pupil_id: UUID
    conduct: str
    absences: int
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductSaved:
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveConduct(Command[ConductSaved]):
    operation: ClassVar[str] = "gradebook.save_conduct"
    school_year: int
    class_id: UUID
    term: int
    entries: tuple[ConductEntry, ...]
