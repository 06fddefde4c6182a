"""What lists (CRL) and answers (OCSP) at hand say of a chain of certificates; nothing is fetched here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.signing.evidence.proof import Proof
from services.signing.revocation import Answer, Evidence, Status, crl, ocsp
from services.signing.revocation.answer import CLOCK_SKEW, Doubt, Doubtful, unknown
from services.signing.validation.foreign.chains import Chain

_NO_ANSWER = unknown(Doubt.NO_ANSWER)
_NOTHING_TOLD: Mapping[bytes, Answer] = MappingProxyType({})
MOST_ITEMS = 200  # lists and answers that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether each certificate below the root is known to have been good, and when the first of them was revoked."""

    is_known: bool
    revoked_at: datetime | None


def of(
    chain: Chain, proof: Proof, *, moment: datetime, at: datetime, told: Mapping[bytes, Answer] = _NOTHING_TOLD
) -> Standing:
    """The standing at this moment, as told until `at`; `told` is what issuers say as of then, by certificate (DER).

    What is good must be told by something that was in force at the moment or made later; a revocation counts whenever
    it was told.
    """
    known, revoked = True, list[datetime]()
    for certificate, issuer in pairwise(chain):
        now = told.get(certificate.public_bytes(Encoding.DER), _NO_ANSWER)
        answers = list(_answers(certificate, issuer, proof, moment=moment, at=at))
        proven = any(each.status is Status.GOOD and _speaks_for(moment, each) for each in answers)
        known &= proven or now.status is not Status.UNKNOWN
        revoked += [each.revoked_at for each in (now, *answers) if each.revoked_at]
    return Standing(is_known=known, revoked_at=min(revoked, default=None))


def _answers(
    certificate: x509.Certificate, issuer: x509.Certificate, proof: Proof, *, moment: datetime, at: datetime
) -> Iterator[Answer]:
    for der in proof.lists[:MOST_ITEMS]:
        try:
            evidence = _told(crl.read(der, issuer), at)
            yield crl.judge(evidence, certificate, moment=moment)
        except Doubtful:
            continue
    for der in proof.answers[:MOST_ITEMS]:
        try:
            evidence = _told(ocsp.read(der, certificate, issuer), at)
            yield ocsp.judge(evidence, certificate, issuer, moment=moment)
        except Doubtful:
            continue


def _told(evidence: Evidence, at: datetime) -> Evidence:
    if evidence.this_update > at + CLOCK_SKEW:
        raise Doubtful(Doubt.FROM_FUTURE)
    return evidence


def _speaks_for(moment: datetime, answer: Answer) -> bool:
    return answer.evidence is not None and moment < answer.evidence.next_update
