"""Keys and certificates: made, registered, unblocked, counted and listed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query
from services.contracts.signing.revocation import RevocationV1


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
    """A certificate in use; `ends_within_days` is 30, 7 or 1 when it soon ends, 0 when it has, else None.

    `blocked` is its key after too many wrong PINs; `lacks_agent`, that the program at the school was revoked.
    """

    certificate: CertificateV1
    ends_within_days: int | None
    blocked: bool
    lacks_agent: bool


class RetiredWhy(StrEnum):
    """Why a key is out of use: blocked by wrong PINs, replaced by another, or its certificate revoked."""

    BLOCKED = "BLOCKED"
    REPLACED = "REPLACED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRetired:
    """A certificate out of use; while `revocation` is None it can be revoked still, as what it signed stays."""

    certificate: CertificateV1
    retired_at: datetime
    why: RetiredWhy
    revocation: RevocationV1 | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRegister:
    """Who can sign and until when, the first to end first; `lacking` are staff and leaders who cannot.

    `retired` are the certificates out of use, the newest first, also of those who have left.
    """

    certificates: tuple[CertificateHeld, ...]
    lacking: tuple[UUID, ...]
    retired: tuple[CertificateRetired, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindCertificates(Query[CertificateRegister]):
    """The certificates of staff, leaders and seals at or below a unit; without one, one's own.

    One's own are those of the seals that one is clerk of, too.
    """

    operation: ClassVar[str] = "signing.find_certificates"
    unit_id: UUID | None = None
