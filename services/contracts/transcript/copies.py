"""Copies and extracts handed out: which papers, to whom, why and when. They are printouts, without signatures."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


class CopyKind(StrEnum):
    """All years of a pupil, one year on one page (trích sao), or one year of all pupils of a class."""

    RECORD = "RECORD"
    EXTRACT = "EXTRACT"
    CLASS = "CLASS"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyV1:
    """A line of the register; `codes` are those of the transcripts printed, `file` the SHA-256 of the printout."""

    id: UUID
    kind: CopyKind
    unit_id: UUID
    pupil_ids: tuple[UUID, ...]
    codes: tuple[str, ...]
    recipient: str
    reason: str
    handed_out_by: UUID
    handed_out_at: datetime
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOutRecord(Command[CopyV1]):
    """Print all years of a pupil that this school keeps, its own and those it received, and earlier ones as given."""

    operation: ClassVar[str] = "transcript.hand_out_record"
    unit_id: UUID
    pupil_id: UUID
    recipient: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOutExtract(Command[CopyV1]):
    """Print one issued year of a pupil on one page, for a leader of the school `unit_id` that keeps it."""

    operation: ClassVar[str] = "transcript.hand_out_extract"
    unit_id: UUID
    pupil_id: UUID
    school_year: int
    recipient: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOutClass(Command[CopyV1]):
    """Print the issued transcripts of a class in one file."""

    operation: ClassVar[str] = "transcript.hand_out_class"
    school_year: int
    class_id: UUID
    recipient: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    copies: tuple[CopyV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCopies(Query[Copies]):
    """What a school has handed out, of one pupil or of all, the newest first; 1,000 at most."""

    operation: ClassVar[str] = "transcript.find_copies"
    unit_id: UUID
    pupil_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCopy(Query[CopyV1]):
    operation: ClassVar[str] = "transcript.read_copy"
    copy_id: UUID
