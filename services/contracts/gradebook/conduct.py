"""Conduct, absences and remarks of a class."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductEntry:
    """Conduct, half-days absent and the homeroom teacher's remark for one pupil and term.

    `conduct` is Tốt, Khá, Đạt or Chưa đạt, null in primary; `unexcused` counts those of the absences without leave;
    `version` is the base that is written on, 0: none.
    """

    pupil_id: UUID
    conduct: str | None
    absences: int
    remark: str
    version: int
    unexcused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassConduct:
    """Every pupil of the class, each with the version that stands."""

    class_id: UUID
    term: int
    entries: tuple[ConductEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveConduct(Command[ClassConduct]):
    """Write conduct, absences and remarks of a class in one request: all or none."""

    operation: ClassVar[str] = "gradebook.save_conduct"
    school_year: int
    class_id: UUID
    term: int
    entries: tuple[ConductEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConduct(Query[ClassConduct]):
    operation: ClassVar[str] = "gradebook.read_conduct"
    school_year: int
    class_id: UUID
    term: int
