"""Digitised copies of paper transcripts (bản sao điện tử, NĐ 88/2026 Art. 8): scanned, compared, signed."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Moment, Query
from services.contracts.transcript import PupilsTranscript, TranscriptV1


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitisedCopyV1:
    """A copy and what it is of: the school years from first to last, the school's name as printed, the scan (SHA-256).

    `document` has the id, state and files; its `class_id` is the school's own id, under which its copies are signed.
    """

    document: TranscriptV1
    first_year: int
    last_year: int
    printed_school: str
    scan: str
    scan_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digitise(Command[DigitisedCopyV1]):
    """Make a copy of a paper transcript that the school keeps, to be signed by its principal and sealed.

    `scan` is a PDF, JPEG or PNG that the school keeps as evidence; `compared_by` has laid it beside the paper, leaf by
    leaf. `school_year` is the year in which this is done; the paper covers those from `first_year` to `last_year`.
    """

    operation: ClassVar[str] = "transcript.digitise"
    school_year: int
    unit_id: UUID
    pupil_id: UUID
    scan: str
    first_year: int
    last_year: int
    grades: tuple[int, ...]
    printed_school: str
    compared_by: UUID
    compared_at: Moment
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitisedCopies:
    copies: tuple[DigitisedCopyV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDigitisedCopies(Query[DigitisedCopies]):
    """The copies that a school made in a year, the newest first."""

    operation: ClassVar[str] = "transcript.find_digitised_copies"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDigitisedCopy(Query[DigitisedCopyV1]):
    operation: ClassVar[str] = "transcript.read_digitised_copy"
    school_year: int
    transcript_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitisedCopyIssuedV1(PupilsTranscript):
    """A digitised copy of a pupil's paper transcript is signed and sealed; it is no original."""

    type: ClassVar[str] = "vn.hocba.transcript.digitised_copy_issued.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitisedCopyRevokedV1(PupilsTranscript):
    """A digitised copy is no longer in force."""

    type: ClassVar[str] = "vn.hocba.transcript.digitised_copy_revoked.v1"
