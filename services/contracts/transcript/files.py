"""An issued transcript as files for other programs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query, Request


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


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlSchema:
    """`text` is an XML Schema (XSD 1.0)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadXmlSchema(Request[XmlSchema]):
    """The shape of every transcript's XML, for whoever reads them by program."""

    operation: ClassVar[str] = "transcript.read_xml_schema"
