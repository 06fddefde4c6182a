"""What transcript answers and tells: frozen documents, their life cycle, public verification."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.identity.accesses import RecordViewed
from services.contracts.messages import Command, Event, Query, Request
from services.contracts.transcript.class_sheets import ClassSheetV1
from services.contracts.verdicts import Verdict


class TranscriptState(StrEnum):
    """The life cycle: parked with a reason, or frozen, signing, issued, revoked (thu hồi)."""

    PARKED = "PARKED"
    FROZEN = "FROZEN"
    SIGNING = "SIGNING"
    ISSUED = "ISSUED"
    REVOKED = "REVOKED"


class Origin(StrEnum):
    """Whether a document is the original (bản gốc) or a signed copy of paper (bản sao điện tử): NĐ 88/2026 Art. 8."""

    BORN_DIGITAL = "BORN_DIGITAL"
    DIGITISED_COPY = "DIGITISED_COPY"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeAccepted:
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeClass(Command[FreezeAccepted]):
    """Begin freezing a class's transcripts; progress is seen by reading the class's transcripts."""

    operation: ClassVar[str] = "transcript.freeze_class"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptV1:
    """A transcript's state; `xml` and `pdf` name the newest files (SHA-256), `reason` why it is parked or revoked."""

    id: UUID
    school_year: int
    class_id: UUID
    unit_id: UUID
    pupil_id: UUID
    version: int
    state: TranscriptState
    reason: str | None
    code: str | None
    xml: str | None
    pdf: str | None
    signatures: int
    slots: int
    origin: Origin = Origin.BORN_DIGITAL


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTranscripts:
    """`expected` is how many the class will have; fewer transcripts mean that freezing goes on."""

    expected: int
    transcripts: tuple[TranscriptV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindClassTranscripts(Query[ClassTranscripts]):
    operation: ClassVar[str] = "transcript.find_class_transcripts"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTranscript(Query[TranscriptV1]):
    operation: ClassVar[str] = "transcript.read_transcript"
    school_year: int
    transcript_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotV1:
    """A place for one signature: on the XML it covers `reference`; `on_pdf` where the PDF has a field for it."""

    slot: str
    role: str
    reference: str
    holder: UUID
    name: str
    on_pdf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxV1:
    """Where a slot's field stands on the PDF: page from 0, PDF points from the bottom left."""

    slot: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentV1:
    """A frozen document to be signed: files by SHA-256, slots in order of signing, and where they stand on the page.

    `canonical` is the digest of its data, which the transparency log commits to.
    """

    transcript_id: UUID
    version: int
    code: str
    canonical: str
    xml: str
    pdf: str
    slots: tuple[SlotV1, ...]
    boxes: tuple[BoxV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    school_year: int
    class_id: UUID
    unit_id: UUID
    documents: tuple[DocumentV1, ...]
    class_sheets: tuple[ClassSheetV1, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocuments(Query[Documents]):
    """A class's frozen documents that are not yet issued, and all its class sheets."""

    operation: ClassVar[str] = "transcript.read_documents"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeTranscript(Command[TranscriptV1]):
    """Take an issued transcript back; its bytes stay, and verification says revoked."""

    operation: ClassVar[str] = "transcript.revoke_transcript"
    school_year: int
    transcript_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictReason:
    code: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicVerdict:
    """What a stranger with the code is told: the verdict and why, no names and no marks.

    A digitised copy is of a paper from `school_year` to `last_year`, of the school that it names; `scan` is the SHA-256
    of what it was made from.
    """

    code: str
    verdict: Verdict
    reasons: tuple[VerdictReason, ...]
    school: str | None
    school_year: int | None
    pupil_initials: str | None
    version: int | None
    issued_at: datetime | None
    pdf: str | None
    xml: str | None
    origin: Origin | None = None
    last_year: int | None = None
    printed_school: str | None = None
    scan: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyCode(Request[PublicVerdict]):
    """Ask whether the transcript of this public code is genuine and in force."""

    operation: ClassVar[str] = "transcript.verify_code"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedFile:
    """An issued transcript's files by SHA-256."""

    transcript_id: UUID
    school_year: int
    version: int
    code: str
    xml: str
    pdf: str
    origin: Origin = Origin.BORN_DIGITAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilTranscripts:
    pupil_id: UUID
    unit_id: UUID
    files: tuple[IssuedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPupilTranscripts(Query[PupilTranscripts]):
    """All issued transcripts of a pupil, which the school `unit_id` keeps."""

    operation: ClassVar[str] = "transcript.find_pupil_transcripts"
    pupil_id: UUID
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedTranscripts:
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTranscripts(Command[ReceivedTranscripts]):
    """Record that the checked files of a bundle are now kept by the receiving school too, read-only."""

    operation: ClassVar[str] = "transcript.receive_transcripts"
    pupil_id: UUID
    unit_id: UUID
    transfer_id: UUID
    files: tuple[IssuedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptsFrozenV1(Event):
    """A class's transcripts are frozen and can be signed."""

    type: ClassVar[str] = "vn.hocba.transcript.transcripts_frozen.v1"
    aggregate: ClassVar[str] = "record_id"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsTranscript(Event):
    """News of one transcript, `record_id`; of a pupil's transcripts it comes in order."""

    aggregate: ClassVar[str] = "pupil_id"
    school_year: int
    pupil_id: UUID
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptIssuedV1(PupilsTranscript):
    """A pupil's transcript of a year is issued: signed by all and sealed."""

    type: ClassVar[str] = "vn.hocba.transcript.transcript_issued.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptRevokedV1(PupilsTranscript):
    """An issued transcript is no longer in force."""

    type: ClassVar[str] = "vn.hocba.transcript.transcript_revoked.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordViewedV1(RecordViewed):
    """A person looked at pupils' records at a unit, under the grant that let them: it says the role and the case."""

    type: ClassVar[str] = "vn.hocba.transcript.record_viewed.v1"
