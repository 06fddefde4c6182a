"""What a checker learns beyond the file: from lists at hand, from the issuers, and from the register."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.verify.believed import Believed
from services.contracts.verdicts import Reason, Verdict
from services.signing.connection import NoAnswer
from services.signing.revocation import Answer, Doubt, Evidence, Kind, Status
from services.signing.revocation.answer import Doubtful, unknown
from services.signing.revocation.lookup import Question, fetch, judge, places
from services.signing.validation import Known, Readable, Report
from services.signing.validation.report import of_all

SECONDS = 15.0  # for each address asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks each issuer's list once, and the register where there is one; offline nobody."""

    believed: Believed
    at: datetime
    offline: bool
    register: str | None = None
    fetched: dict[str, Evidence] = field(default_factory=dict)

    def known(self, reading: Readable) -> Known:
        asked = reading.certificates(self.at)
        lists = self.believed.proofs([*asked, *asked.values()])
        answers = {}
        for certificate, issuer in asked.items():
            told = lists.find(certificate, issuer, moment=self.at, after=False)
            if told.status is Status.UNKNOWN and not self.offline:
                told = self._published(Question(certificate=certificate, issuer=issuer, moment=self.at))
            answers[certificate.public_bytes(Encoding.DER)] = told
        return Known(at=self.at, answers=answers, lists=self.believed.lists)

    def registered(self, report: Report) -> Report:
        """With what the register says of transcripts whose signatures are right."""
        if self.register is None or report.verdict is not Verdict.VALID:
            return report
        if report.members:
            told = of_all(report.kind, tuple(map(self.registered, report.members)))
            return replace(told, name=report.name)
        reason = self._registered(report.code) if report.code else None
        return replace(report, verdict=reason.verdict, reasons=(reason,)) if reason else report

    def _registered(self, code: str) -> Reason | None:
        try:
            answer = requests.get(f"{self.register}/v1/verifications/{quote(code)}", timeout=SECONDS)
            told: Mapping[str, Any] = answer.json()
        except requests.RequestException:
            return Reason.REGISTER_SILENT
        if answer.status_code == requests.codes.not_found:
            return Reason.NOT_REGISTERED
        return {Verdict.VALID: None, Verdict.REVOKED: Reason.REVOKED}.get(
            told.get("verdict", ""), Reason.REGISTER_SILENT
        )

    def _published(self, asked: Question) -> Answer:
        for kind, url in places(asked.certificate):
            try:
                return judge(self._evidence(asked, kind, url), asked)
            except (NoAnswer, Doubtful):
                continue
        return unknown(Doubt.NO_ANSWER)

    def _evidence(self, asked: Question, kind: Kind, url: str) -> Evidence:
        evidence = self.fetched.get(url) if kind is Kind.CRL else None
        if evidence is None:
            evidence = self.fetched[url] = fetch(asked, kind, url, seconds=SECONDS)
        evidence.check_fresh(self.at)
        return evidence
