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


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateHeld:
    """A certificate of the register; `ends_within_days` is 30, 7 or 1 when it soon ends, 0 when it has, else None."""

    certificate: CertificateV1
    ends_within_days: int | None
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRegister:
    """Who can sign and until when, the first to end first; `lacking` are staff and leaders without a valid one."""

    certificates: tuple[CertificateHeld, ...]
    lacking: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCertificates(Query[CertificateRegister]):
    """The certificates of staff, leaders and seals at or below a unit."""

    operation: ClassVar[str] = "signing.find_certificates"
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingClass:
    """What waits for somebody in a class: `ready` of the `waiting` slots are those whose turn has come."""

    class_id: UUID
    unit_id: UUID
    role: SlotRole
    waiting: int
    ready: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    classes: tuple[WaitingClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindWaiting(Query[Waiting]):
    """What waits for the own signature, and for the seals whose clerk one is."""

    operation: ClassVar[str] = "signing.find_waiting"
    school_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassProgress:
    """Signed slots of all slots of a role in a class."""

    class_id: UUID
    role: SlotRole
    slots: int
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerProgress:
    """Signed slots of all slots that are somebody's in a role; `name` is as the documents have it."""

    holder: UUID
    name: str
    role: SlotRole
    slots: int
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """A school's documents: registered, complete, and their slots."""

    unit_id: UUID
    documents: int
    complete: int
    slots: int
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningProgress:
    """`schools` are those at or below the unit with documents; `classes` and `signers` are the unit's own."""

    schools: tuple[UnitProgress, ...]
    classes: tuple[ClassProgress, ...]
    signers: tuple[SignerProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSigningProgress(Query[SigningProgress]):
    """How far signing is, for a school's leaders and for those above it."""

    operation: ClassVar[str] = "signing.read_signing_progress"
    school_year: int
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
class NewAgent:
    """A program at the school that was let in: `token` is shown this once; its key signs `challenge` (hex) first."""

    agent_id: UUID
    token: str
    challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAgent(Command[NewAgent]):
    """Let a program at the school sign with a token plugged in there, whose certificates (PEM, own first) these are.

    With `unit_id` it is the seal of a unit whose clerk one is.
    """

    operation: ClassVar[str] = "signing.create_agent"
    certificates: str
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveAgent(Request[CertificateV1]):
    """Bind the agent's certificate to its holder: `value` (hex) is its key's raw signature over the challenge."""

    operation: ClassVar[str] = "signing.prove_agent"
    token: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentItem:
    """A digest (hex) to be signed, of a document's XML or PDF."""

    digest: str
    code: str
    slot: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentJob:
    """What waits of one session in one class, until `expires_at`."""

    session_id: UUID
    school_year: int
    class_id: UUID
    role: SlotRole
    expires_at: datetime
    items: tuple[AgentItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentWork:
    """`certificate` (base64 of DER) names the key to sign with; `challenge` (hex) is there until it was answered."""

    holder: UUID
    name: str
    certificate: str
    challenge: str | None
    jobs: tuple[AgentJob, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAgentWork(Request[AgentWork]):
    operation: ClassVar[str] = "signing.find_agent_work"
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSignature:
    """A raw value over a digest, both hex."""

    digest: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTaken:
    """How many signatures were taken; the others were wrong, not asked for, or came too late."""

    taken: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveSignatures(Request[AgentTaken]):
    operation: ClassVar[str] = "signing.give_signatures"
    token: str
    session_id: UUID
    signatures: tuple[AgentSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """Where a document stands: signatures made of those needed, and the newest files; complete when sealed.

    `revision` counts what was added to its files since then, so that its signatures stay checkable; greater wins.
    """

    transcript_id: UUID
    version: int
    signatures: int
    complete: bool
    xml: str
    pdf: str
    revision: int = 0


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
