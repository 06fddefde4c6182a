"""Revoking certificates: orders, what a revocation touches, and what strangers are told of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Event, Moment, Query, Request


class RevocationReason(StrEnum):
    """Why a certificate is no longer good; the names of RFC 5280, 5.3.1."""

    KEY_COMPROMISE = "KEY_COMPROMISE"
    AFFILIATION_CHANGED = "AFFILIATION_CHANGED"
    SUPERSEDED = "SUPERSEDED"
    CESSATION = "CESSATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationV1:
    """A revoked certificate. Its signatures are not to be believed from `compromised_at` on."""

    id: UUID
    serial: str
    holder: UUID
    reason: RevocationReason
    compromised_at: datetime
    revoked_at: datetime
    sessions_stopped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCertificate(Command[RevocationV1]):
    """Revoke a certificate (serial in hex): by its holder, an admin of the school, or an operator.

    One that is out of use can be revoked too, as what it signed stays. `compromised_at` is the moment from which on its
    key was no longer safe, now if nothing is said.
    """

    operation: ClassVar[str] = "signing.revoke_certificate"
    serial: str
    reason: RevocationReason
    compromised_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedSlot:
    """A slot signed with a revoked certificate at or after the moment of compromise; or a class sheet, under its id."""

    school_year: int
    class_id: UUID
    transcript_id: UUID
    version: int
    slot: str
    signed_at: datetime
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationReach:
    """What a revocation touches, oldest first: documents that must be signed anew."""

    revocation: RevocationV1
    slots: tuple[TouchedSlot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRevocationReach(Query[RevocationReach]):
    """For those who may revoke the certificate."""

    operation: ClassVar[str] = "signing.read_revocation_reach"
    revocation_id: UUID


class Issuer(StrEnum):
    """The two certificates of the development authority."""

    ROOT = "root"
    ISSUING = "issuing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """SHA-256 of the file with the list (DER)."""

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRevocationList(Request[RevocationList]):
    """What the development authority has revoked (CRL, RFC 5280)."""

    operation: ClassVar[str] = "signing.read_revocation_list"
    issuer: Issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspAnswer:
    """An OCSP response (DER)."""

    response: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOcsp(Request[OcspAnswer]):
    """Whether a certificate of the development authority is revoked: an OCSP request (DER, RFC 6960)."""

    operation: ClassVar[str] = "signing.answer_ocsp"
    request: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRevokedV1(Event):
    """A certificate was revoked; signatures that it made at or after `compromised_at` are not to be believed."""

    type: ClassVar[str] = "vn.hocba.signing.certificate_revoked.v1"
    aggregate: ClassVar[str] = "record_id"
    holder: UUID
    reason: RevocationReason
    compromised_at: datetime
