"""Checks of stored files, and whom they are judged by."""

from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.signing import CheckFiles, FileReport, FileReports, ReadTrust, SignatureReport, Trust
from services.contracts.transcript import Verdict
from services.signing.authority import Authority
from services.signing.validation import Report, validate


class Checking:
    """What rests on the roots that this installation trusts."""

    def __init__(self, authority: Authority) -> None:
        self._roots = [authority.root]

    def read_trust(self, _tx: Tx, _query: ReadTrust) -> Trust:
        return Trust(roots_pem=b"".join(root.public_bytes(Encoding.PEM) for root in self._roots).decode())

    def check(self, request: CheckFiles, outside: Outside) -> FileReports:
        """Validate stored files, each by what it is."""
        with outside.db.transaction() as tx:
            now = tx.now()
        reports = [outside.run(self._report, outside.objects.get(name), now) for name in request.files]
        return FileReports(reports=tuple(reports))

    def _report(self, data: bytes, now: datetime) -> FileReport:
        return _file_report(*validate(data, trust=self._roots, at=now))


def answer_check(_tx: Tx, _request: CheckFiles, reports: FileReports) -> FileReports:
    return reports


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
    )
