"""An issued transcript as files for other programs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


class FileForm(StrEnum):
    """The signed data themselves (JSON by RFC 8785), a signed CLR 2.0 credential (VC-JWT), or ELMO (XML)."""

    JSON = "JSON"
    CLR = "CLR"
    ELMO = "ELMO"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFile:
    """`file` is the SHA-256 of the transcript's form."""

    code: str
    version: int
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTranscriptFile(Query[TranscriptFile]):
    """An issued transcript in a form for other programs, for the leaders of a school that keeps it."""

    operation: ClassVar[str] = "transcript.read_transcript_file"
    school_year: int
    transcript_id: UUID
    form: FileForm
