"""What guardians see of their child: the transcripts that were issued, and every paper that was handed out of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query
from services.contracts.transcript import TranscriptState, TranscriptV1
from services.contracts.transcript.copies import CopyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildCopy:
    """A line of a school's register about the child: which paper, to whom, why, when.

    `codes` are the child's transcripts on it; a paper of the class says nothing of other pupils here.
    """

    id: UUID
    kind: CopyKind
    unit_id: UUID
    codes: tuple[str, ...]
    recipient: str
    reason: str
    handed_out_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildCopies:
    copies: tuple[ChildCopy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindChildCopies(Query[ChildCopies]):
    """What any school has handed out of the child, the newest first; 1,000 at most. For its guardians."""

    operation: ClassVar[str] = "transcript.find_child_copies"
    pupil_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildTranscript:
    """A transcript that was issued, ISSUED or REVOKED now; `school_name` as it was frozen."""

    id: UUID
    school_year: int
    version: int
    state: TranscriptState
    code: str
    school_name: str
    issued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildTranscripts:
    transcripts: tuple[ChildTranscript, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindChildTranscripts(Query[ChildTranscripts]):
    """The child's transcripts that were issued, by any school, the newest year first. For its guardians."""

    operation: ClassVar[str] = "transcript.find_child_transcripts"
    pupil_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadChildTranscript(Query[TranscriptV1]):
    """One that was issued, with its files; the look is told to the access log."""

    operation: ClassVar[str] = "transcript.read_child_transcript"
    pupil_id: UUID
    transcript_id: UUID
