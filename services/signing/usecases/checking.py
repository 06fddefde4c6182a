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
    ReadTrust,
    SignatureReport,
    SummaryKeyV1,
    Trust,
)
from services.contracts.transcript import Origin, Verdict
from services.signing import keyring
from services.signing.summary import Issuer
from services.signing.validation import Reason, Report, validate


class Checking:
    """What rests on the roots that this installation trusts, and on its own keys."""

    def __init__(self, roots: Sequence[x509.Certificate], issuer: Issuer) -> None:
        self._roots = roots
        self._issuer = issuer

    def read_trust(self, tx: Tx, _query: ReadTrust) -> Trust:
        return Trust(
            roots_pem=b"".join(root.public_bytes(Encoding.PEM) for root in self._roots).decode(),
            summary_keys=tuple(_summary_key(*one) for one in self._issuer.public_keys.items()),
            told_at=tx.now(),
        )

    def check(self, request: CheckFiles, outside: Outside) -> FileReports:
        """Validate stored files, each by what it is."""
        with outside.db.transaction() as tx:
            now = tx.now()
        return FileReports(reports=tuple(self._report(name, outside, now) for name in request.files))

    def _report(self, name: str, outside: Outside, now: datetime) -> FileReport:
        """Judged again with what the register knows, where a certificate does not tell by itself whose it is."""
        data = outside.objects.get(name)
        kind, report = outside.run(lambda: validate(data, trust=self._roots, at=now))
        unknown = {one.certificate for one in report.signatures if one.reason is Reason.HOLDER_UNREGISTERED}
        if unknown:
            with outside.db.transaction() as tx:
                holders = keyring.registered_holders(tx, unknown)
            kind, report = outside.run(lambda: validate(data, trust=self._roots, at=now, holders=holders))
        return _file_report(kind, report)


def answer_check(_tx: Tx, _request: CheckFiles, reports: FileReports) -> FileReports:
    return reports


def _summary_key(key_id: bytes, public: EllipticCurvePublicKey) -> SummaryKeyV1:
    point = public.public_numbers()
    x, y = (urlsafe_b64encode(one.to_bytes(32)).decode().rstrip("=") for one in (point.x, point.y))
    return SummaryKeyV1(key_id=key_id.hex(), x=x, y=y)


def _file_report(kind: str, report: Report) -> FileReport:
    return FileReport(
        kind=kind,
        verdict=Verdict[report.verdict.name],
        reasons=tuple(str(reason) for reason in report.reasons),
        code=report.code,
        version=report.version,
        signatures=tuple(
            SignatureReport(
                slot=one.slot,
                role=one.role,
                holder=one.holder,
                name=one.name,
                signed_at=one.signed_at,
                verdict=Verdict[one.verdict.name],
                reason=str(one.reason) if one.reason else None,
            )
            for one in report.signatures
        ),
        origin=Origin(report.origin) if report.origin else None,
    )
