"""Checks of files, and whom they rest on."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.contracts.messages import Request
from services.contracts.transcript import Origin, Verdict


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
    """The verdict on a file. `reasons` are stable codes; `code`, `version`, `origin` are of the document inside."""

    kind: str
    verdict: Verdict
    reasons: tuple[str, ...]
    code: str | None
    version: int | None
    signatures: tuple[SignatureReport, ...]
    origin: Origin | None = None


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
