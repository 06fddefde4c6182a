"""Checks of files, and whom they rest on."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from services.contracts.messages import Request
from services.contracts.transcript import Origin
from services.contracts.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature as found: who, in what role, when it says it was made, and the verdict on it.

    `proven_at` is the earliest time that a believed timestamp proves, `level` (B_B, B_T, B_LT, B_LTA) how far the file
    alone carries the proof; without `proven_at` the timestamp is still pending.
    """

    slot: str
    role: str
    holder: str | None
    name: str | None
    signed_at: datetime | None
    proven_at: datetime | None
    level: str | None
    verdict: Verdict
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSummary:
    """What the signed code on paper says, to be compared with what is printed beside it."""

    pupil: str
    born_on: date
    school: str
    school_year: int
    class_name: str
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """A subject's row of a transcript; `sheet` names the file of the signed class sheet that covers it, if one came."""

    subject: str
    sheet: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReport:
    """The verdict on one of several documents that came together, by its name among them.

    `rows` are told of a transcript that came with class sheets (bảng ký lớp).
    """

    name: str
    kind: str
    verdict: Verdict
    reasons: tuple[str, ...]
    code: str | None
    version: int | None
    origin: Origin | None = None
    rows: tuple[RowReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """The verdict on a file: PDF, XML, class sheet, package (zip), credential (clr), or the code on paper (qr).

    `reasons` are stable codes; `code`, `version` and `origin` are of the transcript inside. A package is as good as the
    worst of its `members`.
    """

    kind: str
    verdict: Verdict
    reasons: tuple[str, ...]
    code: str | None
    version: int | None
    signatures: tuple[SignatureReport, ...]
    members: tuple[MemberReport, ...] = ()
    summary: PaperSummary | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReports:
    reports: tuple[FileReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFiles(Request[FileReports]):
    """Check stored files (SHA-256 each): whatever form a transcript has."""

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
