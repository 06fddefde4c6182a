"""Checks of stored files, and whom they are judged by."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.signing.checking import (
    CheckFiles,
    FileReport,
    FileReports,
    MemberReport,
    PaperSummary,
    ReadTrust,
    RowReport,
    SignatureReport,
    SummaryKeyV1,
    Trust,
)
from services.signing import validation
from services.signing.summary import Issuer, Summary
from services.signing.usecases.standings import Standings
from services.signing.validation import Readable, Report, read

LENT_SECONDS = 600.0  # nobody waits longer than half a minute for a check
TAKE_BACK_SECONDS = 60.0


class Checking:
    """What rests on the roots that this installation trusts, and on its own keys."""

    def __init__(self, roots: Sequence[x509.Certificate], issuer: Issuer, standings: Standings) -> None:
        self._roots = roots
        self._issuer = issuer
        self._standings = standings

    def read_trust(self, tx: Tx, _query: ReadTrust) -> Trust:
        return Trust(
            roots_pem=b"".join(root.public_bytes(Encoding.PEM) for root in self._roots).decode(),
            summary_keys=tuple(told_key(*one) for one in self._issuer.public_keys.items()),
            told_at=tx.now(),
        )

    def check(self, request: CheckFiles, outside: Outside) -> FileReports:
        """Validate files, kept or lent, each by what it is."""
        return FileReports(reports=tuple(_file_report(self.judge(name, outside)) for name in request.files))

    def judge(self, name: str, outside: Outside) -> Report:
        """The verdict on a file."""
        data = outside.objects.borrow(name)
        reading: Readable = outside.run(lambda: read(data, roots=self._roots, issuers=self._issuer.public_keys))
        known = self._standings.known(reading, outside)
        report: Report = outside.run(lambda: reading.report(known))
        return report


def answer_check(_tx: Tx, _request: CheckFiles, reports: FileReports) -> FileReports:
    return reports


def take_back(outside: Outside) -> None:
    """What strangers had checked is gone soon after."""
    outside.objects.take_back(after_seconds=LENT_SECONDS)


def taken_back(_tx: Tx, _nothing: None) -> bool:
    return False


def told_key(key_id: bytes, public: EllipticCurvePublicKey) -> SummaryKeyV1:
    """A key as strangers are told it."""
    point = public.public_numbers()
    x, y = (urlsafe_b64encode(one.to_bytes(32)).decode().rstrip("=") for one in (point.x, point.y))
    return SummaryKeyV1(key_id=key_id.hex(), x=x, y=y)


def _file_report(report: Report) -> FileReport:
    return FileReport(
        kind=report.kind,
        verdict=report.verdict,
        reasons=tuple(str(reason) for reason in report.reasons),
        code=report.code,
        version=report.version,
        signatures=tuple(map(_signature_report, report.signatures)),
        members=tuple(map(_member_report, report.members)),
        summary=_paper_summary(report.summary) if report.summary else None,
        origin=report.origin,
    )


def _member_report(report: Report) -> MemberReport:
    return MemberReport(
        name=report.name or report.kind,
        kind=report.kind,
        verdict=report.verdict,
        reasons=tuple(str(reason) for reason in report.reasons),
        code=report.code,
        version=report.version,
        origin=report.origin,
        rows=tuple(RowReport(subject=row.subject, sheet=row.sheet) for row in report.rows),
    )


def _paper_summary(told: Summary) -> PaperSummary:
    names = ("pupil", "born_on", "school", "school_year", "class_name", "results")
    return PaperSummary(**{name: getattr(told, name) for name in names})


def _signature_report(one: validation.SignatureReport) -> SignatureReport:
    return SignatureReport(
        slot=one.slot,
        role=one.role,
        holder=one.holder,
        name=one.name,
        signed_at=one.signed_at,
        proven_at=one.proven_at,
        level=one.level,
        verdict=one.verdict,
        reason=str(one.reason) if one.reason else None,
    )
