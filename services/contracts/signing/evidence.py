"""How far the proof in signed files has come, for those who look after it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesAtLevel:
    """Files of one form (XML, PDF, SHEET for class sheets), whose signatures have all reached a level (B_B to B_LTA).

    `why` says what the last try for the next level failed of (a stable code), None where nothing failed; `due_at` is
    when the next step is tried.
    """

    form: str
    level: str
    why: str | None
    files: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceProgress:
    """`pending_since`: since when the oldest file of the whole installation waits for its first timestamp."""

    files: tuple[FilesAtLevel, ...]
    pending_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvidenceProgress(Query[EvidenceProgress]):
    """For leaders of a school, and for officers and inspectors of the unit or one above it."""

    operation: ClassVar[str] = "signing.read_evidence_progress"
    school_year: int
    unit_id: UUID
