"""What signing answers and tells: certificates, signing sessions, signed documents, verdicts on files."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Change, Command, Event, Query, Request
from services.contracts.transcript import Verdict


class SlotRole(StrEnum):
    """Who signs, in this order: subject teacher, homeroom teacher, principal, the school's seal."""

    SUBJECT_TEACHER = "GVBM"
    HOMEROOM = "GVCN"
    PRINCIPAL = "CBQL"
    SEAL = "KY_PHAT_HANH"


class KeyProvider(StrEnum):
    """How a key is kept: here in software, in a PKCS#11 device here, at a remote service (CSC), at the school."""

    SOFTWARE = "SOFTWARE"
    PKCS11 = "PKCS11"
    CSC = "CSC"
    AGENT = "AGENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateV1:
    """A certificate; `holder` is the person or unit that it stands for, `provider` how its key is kept."""

    serial: str
    holder: UUID
    name: str
    issuer: str
    provider: KeyProvider
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKey(Command[CertificateV1]):
    """Make the person's own development key under a PIN, or with `unit_id` the seal of a unit whose clerk one is."""

    operation: ClassVar[str] = "signing.create_key"
    secrets: ClassVar[frozenset[str]] = frozenset({"pin"})
    pin: str
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCertificate(Command[CertificateV1]):
    """Sign from now on with a key that an outside authority certified; a fresh challenge proves that it is at hand.

    `place` is a PKCS#11 URI (`pkcs11:token=…`) or `service/credential` of a remote service. `certificates` is PEM, the
    own certificate first, then those above it. With `unit_id` it is the seal of a unit whose clerk one is.
    """

    operation: ClassVar[str] = "signing.register_certificate"
    secrets: ClassVar[frozenset[str]] = frozenset({"pin", "otp"})
    provider: KeyProvider
    place: str
    certificates: str
    pin: str
    otp: str | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockKey(Command[CertificateV1]):
    """Retire a key that wrong PINs have blocked, so that its holder can make a new one; an admin of theirs may.

    The answer is the certificate of the key that is now out of use.
    """

    operation: ClassVar[str] = "signing.unblock_key"
    holder: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCounts:
    """Teachers and other staff of schools, and those of them with a certificate that is valid now."""

    teachers: int
    certified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCertificates(Query[CertificateCounts]):
    """How many at the schools at or below a unit can sign."""

    operation: ClassVar[str] = "signing.count_certificates"
    unit_id: UUID


class SessionState(StrEnum):
    RUNNING = "RUNNING"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionItem:
    """One slot of one document in a session: signed, or refused for a reason."""

    transcript_id: UUID
    slot: str
    signed: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSessionV1:
    """One authorisation for a counted list of items, until `expires_at`. `items` are those that have ended."""

    id: UUID
    state: SessionState
    role: SlotRole
    expected: int
    signed: int
    refused: int
    expires_at: datetime
    items: tuple[SessionItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSigningSession(Command[SigningSessionV1]):
    """Sign every slot of the role that is mine in these classes, with one PIN entry.

    `otp` is the one-time password that some remote services want beside the PIN.
    """

    operation: ClassVar[str] = "signing.open_signing_session"
    secrets: ClassVar[frozenset[str]] = frozenset({"pin", "otp"})
    school_year: int
    class_ids: tuple[UUID, ...]
    role: SlotRole
    pin: str
    otp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSigningSession(Query[SigningSessionV1]):
    operation: ClassVar[str] = "signing.read_signing_session"
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """Where a document stands: signatures made of those needed, and the newest files; complete when sealed."""

    transcript_id: UUID
    version: int
    signatures: int
    complete: bool
    xml: str
    pdf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocuments:
    documents: tuple[SignedDocument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSignedDocuments(Query[SignedDocuments]):
    operation: ClassVar[str] = "signing.read_signed_documents"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature as found: who, in what role, when it says it was made, and the verdict on it."""

    slot: str
    role: str
    holder: str | None
    name: str | None
    signed_at: datetime | None
    verdict: Verdict
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The verdict on a file. `reasons` are stable codes; `code` and `version` are those of the transcript inside."""

    kind: str
    verdict: Verdict
    reasons: tuple[str, ...]
    code: str | None
    version: int | None
    signatures: tuple[SignatureReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReports:
    reports: tuple[FileReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFiles(Request[FileReports]):
    """Check the signatures of stored files (SHA-256 each), PDF or XML."""

    operation: ClassVar[str] = "signing.check_files"
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryKeyV1:
    """A P-256 key that summaries on paper are signed with: its id in hexadecimal, its point as in a JWK."""

    key_id: str
    x: str
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What documents are judged by: the root certificates of signatures (PEM), the keys of summaries on paper."""

    roots_pem: str
    summary_keys: tuple[SummaryKeyV1, ...]
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTrust(Request[Trust]):
    operation: ClassVar[str] = "signing.read_trust"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsSignedV1(Event):
    """Slots of a class's documents were signed; with the seal they are complete."""

    type: ClassVar[str] = "vn.hocba.signing.documents_signed.v1"
    aggregate: ClassVar[str] = "record_id"
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime
    school_year: int
    role: SlotRole
