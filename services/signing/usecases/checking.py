"""Checks of stored files, and whom they are judged by."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime

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
    SignatureReport,
    SummaryKeyV1,
    Trust,
)
from services.contracts.transcript import Origin, Verdict
from services.signing import keyring, validation
from services.signing.authority import Authority
from services.signing.revocation import Answer, Revocations, Status
from services.signing.revocation.lookup import Question
from services.signing.summary import Issuer, Summary
from services.signing.validation import Known, Readable, Report, read


class Checking:
    """What rests on the roots that this installation trusts, and on its own keys."""

    def __init__(self, roots: Sequence[x509.Certificate], issuer: Issuer, held: Authority) -> None:
        self._roots = roots
        self._issuer = issuer
        self._held = held
        self._revocations = Revocations()

    def read_trust(self, tx: Tx, _query: ReadTrust) -> Trust:
        return Trust(
            roots_pem=b"".join(root.public_bytes(Encoding.PEM) for root in self._roots).decode(),
            summary_keys=tuple(told_key(*one) for one in self._issuer.public_keys.items()),
            told_at=tx.now(),
        )

    def check(self, request: CheckFiles, outside: Outside) -> FileReports:
        """Validate stored files, each by what it is."""
        return FileReports(reports=tuple(_file_report(self.judge(name, outside)) for name in request.files))

    def judge(self, name: str, outside: Outside) -> Report:
        """The verdict on a stored file."""
        data = outside.objects.get(name)
        reading: Readable = outside.run(lambda: read(data, roots=self._roots, issuers=self._issuer.public_keys))
        known = self._known(reading, outside)
        report: Report = outside.run(lambda: reading.report(known))
        return report

    def _known(self, reading: Readable, outside: Outside) -> Known:
        """What the register tells of the certificates, and what issuers publish; of ours, what we know ourselves."""
        asked = reading.certificates()
        with outside.db.transaction() as tx:
            now, holders = tx.now(), keyring.registered_holders(tx, asked)
            answers = {der: _revoked(since) for der, since in keyring.compromised(tx, asked).items()}
        for certificate, issuer in asked.items():
            if _der(certificate) not in answers:
                answers[_der(certificate)] = self._answer(certificate, issuer, outside, now)
        return Known(at=now, holders=holders, answers=answers)

    def _answer(
        self, certificate: x509.Certificate, issuer: x509.Certificate, outside: Outside, now: datetime
    ) -> Answer:
        if issuer in (self._held.issuing, self._held.root):
            return Answer(status=Status.GOOD)
        return self._revocations.find(outside.db, Question(certificate=certificate, issuer=issuer, moment=now), now=now)


def answer_check(_tx: Tx, _request: CheckFiles, reports: FileReports) -> FileReports:
    return reports


def _revoked(since: datetime) -> Answer:
    return Answer(status=Status.REVOKED, revoked_at=since)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def told_key(key_id: bytes, public: EllipticCurvePublicKey) -> SummaryKeyV1:
    """A key as strangers are told it."""
    point = public.public_numbers()
    x, y = (urlsafe_b64encode(one.to_bytes(32)).decode().rstrip("=") for one in (point.x, point.y))
    return SummaryKeyV1(key_id=key_id.hex(), x=x, y=y)


def _file_report(report: Report) -> FileReport:
    return FileReport(
        kind=report.kind,
        verdict=Verdict[report.verdict.name],
        reasons=tuple(str(reason) for reason in report.reasons),
        code=report.code,
        version=report.version,
        signatures=tuple(map(_signature_report, report.signatures)),
        members=tuple(map(_member_report, report.members)),
        summary=_paper_summary(report.summary) if report.summary else None,
        origin=Origin(report.origin) if report.origin else None,
    )


def _member_report(report: Report) -> MemberReport:
    return MemberReport(
        name=report.name or report.kind,
        kind=report.kind,
        verdict=Verdict[report.verdict.name],
        reasons=tuple(str(reason) for reason in report.reasons),
        code=report.code,
        version=report.version,
        origin=Origin(report.origin) if report.origin else None,
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
        verdict=Verdict[one.verdict.name],
        reason=str(one.reason) if one.reason else None,
    )
