"""Which pupils sit in which class."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Event, Query


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
class FindLastEnrolment(Query[EnrolmentV1]):
    """The pupil's newest enrolment at this school, ended or not; not found for who was never enrolled there."""

    operation: ClassVar[str] = "gradebook.find_last_enrolment"
    pupil_id: UUID
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePupil(Command[EnrolmentV1]):
    """End the pupil's enrolment at one school and begin it at another, in one step; the class comes later.

    Who was there to the end of a year that has ended since, and nowhere after it, can be moved too.
    """

    operation: ClassVar[str] = "gradebook.move_pupil"
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPupil(Command[EnrolmentV1]):
    """End the enrolment of a pupil who stops school (thôi học)."""

    operation: ClassVar[str] = "gradebook.withdraw_pupil"
    school_year: int
    pupil_id: UUID
    left_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An elective subject that a pupil takes, with or without its study-topic cluster (cụm chuyên đề)."""

    subject: str
    has_cluster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilChoices:
    pupil_id: UUID
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesKept:
    pupils: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseSubjects(Command[ChoicesKept]):
    """Say which electives and clusters these pupils take this year, in place of what was said before."""

    operation: ClassVar[str] = "gradebook.choose_subjects"
    school_year: int
    unit_id: UUID
    pupils: tuple[PupilChoices, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    pupil_id: UUID
    subject: str
    decision: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptPupil(Command[Exemption]):
    """Exempt a disabled pupil from a subject for the year, by the principal's numbered decision (TT22/2021 Art. 11)."""

    operation: ClassVar[str] = "gradebook.exempt_pupil"
    school_year: int
    pupil_id: UUID
    subject: str
    decision: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMark:
    subject: str
    term: int
    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMarksKept:
    written: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterEarlierMarks(Command[EarlierMarksKept]):
    """Take over what a pupil's former school, outside of the platform, certified; `evidence` is its file's SHA-256."""

    operation: ClassVar[str] = "gradebook.enter_earlier_marks"
    school_year: int
    pupil_id: UUID
    from_school: str
    evidence: str
    marks: tuple[EarlierMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilMovedV1(Event):
    """A pupil's active enrolment is now at another school."""

    type: ClassVar[str] = "vn.hocba.gradebook.pupil_moved.v1"
    aggregate: ClassVar[str] = "record_id"
    school_year: int
    from_unit_id: UUID
    to_unit_id: UUID
