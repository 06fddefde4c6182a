"""Scanned papers on which changes of marks rest: minutes, certificates of former schools, signed reports."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceV1:
    """A scan that the school keeps; `file` is its SHA-256, by which corrections, earlier marks and reports name it."""

    unit_id: UUID
    file: str
    content_type: str
    sent_by: UUID
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepEvidence(Command[EvidenceV1]):
    """Keep a scanned paper, PDF, JPEG or PNG; `file` is the SHA-256 of the uploaded object."""

    operation: ClassVar[str] = "gradebook.keep_evidence"
    school_year: int
    unit_id: UUID
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvidence(Query[EvidenceV1]):
    """The scan, for who sent it, leaders of the school, and who verifies a correction that rests on it."""

    operation: ClassVar[str] = "gradebook.read_evidence"
    unit_id: UUID
    file: str
