"""Credentials of sealed documents, made of nothing but what their people signed."""

from hashlib import sha256

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.signing.credentials import Credential, MakeCredential
from services.contracts.verdicts import Verdict
from services.signing import repository
from services.signing.clr import vc_jwt
from services.signing.clr.credential import Source
from services.signing.errors import DocumentUnsound
from services.signing.summary import Issuer
from services.signing.usecases.checking import Checking


class Credentials:
    """What the installation signs with its own key, at its public address."""

    def __init__(self, checks: Checking, issuer: Issuer, *, public_url: str) -> None:
        self._checks = checks
        self._issuer = issuer
        self._public_url = public_url

    def make(self, query: MakeCredential, outside: Outside) -> Credential:
        """Read the data out of the sealed PDF, checked like a stranger's file, and sign what it says."""
        with outside.db.transaction() as tx:
            sealed = repository.find_sealed(tx, query.school_year, query.transcript_id, query.version)
        if sealed is None:
            raise NotFound(transcript_id=query.transcript_id)
        report = self._checks.judge(sealed.pdf, outside)
        data = report.data or b""
        same = sealed.canonical in (None, sha256(data).hexdigest())  # older documents were registered without a digest
        if report.verdict is not Verdict.VALID or report.code != sealed.code or not same:
            raise DocumentUnsound(code=sealed.code, reasons=", ".join(report.reasons) or "another document")
        source = Source(
            canonical=data, issued_at=sealed.completed_at.replace(microsecond=0), public_url=self._public_url
        )
        return Credential(file=outside.objects.put(vc_jwt.write(source, self._issuer)))


def give_credential(_tx: Tx, _query: MakeCredential, _actor: Actor, credential: Credential) -> Credential:
    return credential
