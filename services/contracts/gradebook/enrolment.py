"""Which pupils sit in which class."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.identity import Change
from services.contracts.messages import Command, Event, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsImported:
    pupils: int
    enrolled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPupils(Command[PupilsImported]):
    """Register and enrol the pupils of a C1-HocSinh workbook; `file` is the SHA-256 of the uploaded object."""

    operation: ClassVar[str] = "gradebook.import_pupils"
    school_year: int
    unit_id: UUID
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentV1:
    """Where a pupil is enrolled; `ended_on` is null while it is active."""

    pupil_id: UUID
    school_year: int
    unit_id: UUID
    class_id: UUID | None
    began_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindEnrolment(Query[EnrolmentV1]):
    """The pupil's active enrolment; not found where there is none."""

    operation: ClassVar[str] = "gradebook.find_enrolment"
    pupil_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePupil(Command[EnrolmentV1]):
    """End the pupil's enrolment at one school and begin it at another, in one step; the class comes later."""

    operation: ClassVar[str] = "gradebook.move_pupil"
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilMovedV1(Event):
    """A pupil's active enrolment is now at another school."""

    type: ClassVar[str] = "vn.hocba.gradebook.pupil_moved.v1"
    aggregate: ClassVar[str] = "record_id"
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime
    school_year: int
    from_unit_id: UUID
    to_unit_id: UUID
