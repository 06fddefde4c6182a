"""Gathers the proof that chains of certificates were good when a timestamp says that they were used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from services.chassis.database import Database
from services.signing.chains import issued
from services.signing.evidence.proof import Proof
from services.signing.revocation import Evidence, Kind, Revocations, Status
from services.signing.revocation.lookup import Question

REVOKED, NO_ISSUER = "revoked", "no_issuer"


class NotProven(Exception):  # noqa: N818 - a finding about certificates, not a fault of the program
    """Why there is no proof; `why` is a stable code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Prover:
    """Asks what issuers publish; each issuer once, as `Revocations` keeps it."""

    db: Database
    revocations: Revocations
    roots: Sequence[x509.Certificate]

    def prove(self, chains: Iterable[Sequence[bytes]], *, used_at: datetime, now: datetime) -> Proof:
        """Proof for all these chains (DER, own certificate first); raises NotProven for the first that has none.

        For the first certificate of a chain it must be made after its use, or it could not know of a theft before;
        lists of authorities' own certificates are rare, and those in force now will do.
        """
        certificates: dict[bytes, None] = {}
        found: dict[bytes, Kind] = {}
        for chain in chains:
            loaded = [x509.load_der_x509_certificate(der) for der in chain]
            for place, one in enumerate(loaded):
                made_after = None if place else used_at
                evidence = self._evidence(one, [*loaded, *self.roots], used_at, made_after, now)
                found[evidence.der] = evidence.kind
            certificates |= dict.fromkeys(chain)
        return Proof(
            certificates=tuple(certificates),
            lists=tuple(der for der, kind in found.items() if kind is Kind.CRL),
            answers=tuple(der for der, kind in found.items() if kind is Kind.OCSP),
        )

    def _evidence(
        self,
        one: x509.Certificate,
        above: Sequence[x509.Certificate],
        used_at: datetime,
        made_after: datetime | None,
        now: datetime,
    ) -> Evidence:
        issuer = next((each for each in above if issued(each, one)), None)
        if issuer is None:
            raise NotProven(NO_ISSUER)
        asked = Question(certificate=one, issuer=issuer, moment=used_at, made_after=made_after)
        answer = self.revocations.find(self.db, asked, now=now)
        if answer.status is Status.REVOKED:
            raise NotProven(REVOKED)
        if answer.evidence is None:
            raise NotProven(str(answer.doubt))
        return answer.evidence
