"""What is known here of certificates: by our register, and by what their issuers publish."""

import time
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.chassis.service import Outside
from services.signing import chains, keyring
from services.signing.authority import Authority
from services.signing.errors import CertificateNotGood
from services.signing.revocation import Answer, Revocations, Status
from services.signing.revocation.lookup import Question
from services.signing.validation import Known, Readable

ASKING_SECONDS = 10.0  # for all issuers of a file together, as somebody waits


class Standings:
    """Of our own authority's certificates the register knows all; other issuers are asked, each once a while."""

    def __init__(self, held: Authority, roots: Sequence[x509.Certificate], revocations: Revocations) -> None:
        self._held = held
        self._roots = roots
        self._revocations = revocations

    def known(self, reading: Readable, outside: Outside) -> Known:
        """Of the certificates that a file's verdict rests on, as of now; all of them lead to a trusted root.

        No further issuer is asked once ASKING_SECONDS have passed: what is not known by then is undecided.
        """
        with outside.db.transaction() as tx:
            now = tx.now()
        asked: dict[x509.Certificate, x509.Certificate] = outside.run(reading.certificates, now)
        with outside.db.transaction() as tx:
            holders = keyring.registered_holders(tx, asked)
            answers = {der: _revoked(since) for der, since in keyring.compromised(tx, asked).items()}
        until = time.monotonic() + ASKING_SECONDS
        for certificate, issuer in asked.items():
            der = certificate.public_bytes(Encoding.DER)
            if der not in answers and time.monotonic() < until:
                answers[der] = self._answer(certificate, issuer, outside, now)
        return Known(at=now, holders=holders, answers=answers)

    def require_good(self, own: x509.Certificate, above: Sequence[x509.Certificate], outside: Outside) -> None:
        """Refuse a certificate that its issuer has revoked.

        Where the issuer does not answer, signing goes on: the proof that is gathered later will tell.
        """
        with outside.db.transaction() as tx:
            now = tx.now()
        path = chains.path(own, above, roots=self._roots, at=now)
        if len(path) > 1 and self._answer(own, path[1], outside, now).status is Status.REVOKED:
            raise CertificateNotGood(name=own.subject.rfc4514_string())

    def _answer(
        self, certificate: x509.Certificate, issuer: x509.Certificate, outside: Outside, now: datetime
    ) -> Answer:
        if issuer in (self._held.issuing, self._held.root):
            return Answer(status=Status.GOOD)
        return self._revocations.find(outside.db, Question(certificate=certificate, issuer=issuer, moment=now), now=now)


def _revoked(since: datetime) -> Answer:
    return Answer(status=Status.REVOKED, revoked_at=since)
