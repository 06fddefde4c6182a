"""Judging a signature by what is known beyond its file: the time, whose certificates are, what issuers have revoked.

After ETSI EN 319 102-1, 5.5 and 5.6: timestamps are followed back from the newest, each believed as of the moment at
which the one after it proves that it existed; the certificates must have been good at the earliest of those moments.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from services.contracts.verdicts import Reason, Verdict
from services.signing import algorithms
from services.signing.authority import holder_attribute, is_ours
from services.signing.chains import Path
from services.signing.evidence.proof import Level
from services.signing.revocation import Answer, Doubt, Status
from services.signing.revocation.answer import unknown
from services.signing.validation.report import SEAL, SignatureReport, Slot
from services.signing.validation.signature import Found

CLOCK_SKEW = timedelta(minutes=5)  # how far a signer's clock may be ahead of ours
_NOTHING_TOLD = unknown(Doubt.NO_ANSWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a checker knows beyond the file, by certificate (DER).

    `holders`: outside authorities name people their own way, and the register tells whose their certificates are.
    `answers`: what issuers say of revocation, as of now. `lists`: what issuers have published (CRL, DER) and is at hand
    for certificates that nobody could name before.
    """

    at: datetime
    holders: Mapping[bytes, str] = field(default_factory=lambda: MappingProxyType({}))
    answers: Mapping[bytes, Answer] = field(default_factory=lambda: MappingProxyType({}))
    lists: Sequence[bytes] = ()

    def answer(self, certificate: x509.Certificate) -> Answer:
        return self.answers.get(certificate.public_bytes(Encoding.DER), _NOTHING_TOLD)


def judge(found: Found, known: Known) -> SignatureReport:
    """The verdict on one slot, with the first reason not to believe it."""
    stamps = list(_believed(found, known))
    proven = stamps[-1] if stamps else None
    latest = proven or known.at
    reason = found.fault or next(_doubts(found, known, latest), None)
    return SignatureReport(
        slot=found.slot.slot,
        role=found.slot.role,
        holder=found.slot.holder,
        name=found.slot.name,
        verdict=reason.verdict if reason else Verdict.VALID,
        reason=reason,
        signed_at=found.signed.at if found.signed else None,
        proven_at=proven,
        level=_level(found, latest, len(stamps)) if found.is_right else None,
    )


def _believed(found: Found, known: Known) -> Iterator[datetime]:
    """The times of the timestamps that can be believed, newest first.

    That an authority for timestamps was revoked must be known to count: the next timestamp carries that proof, and the
    newest has none yet.
    """
    latest = known.at
    for stamp in reversed(found.lasting.stamps):
        revoked_at = [known.answer(one).revoked_at for one in stamp.path[:-1]]
        good = not any(since and since <= latest for since in revoked_at) and _outlives(stamp.path, latest)
        if good and stamp.at <= latest + CLOCK_SKEW:
            latest = min(stamp.at, latest)
            yield latest


def _doubts(found: Found, known: Known, latest: datetime) -> Iterator[Reason]:
    """Reasons not to believe a signature that is right by itself and existed at `latest`."""
    own, signed = found.own, found.signed
    if own is None or signed is None:
        return
    holder = _holder(own, found.slot, known)
    if holder not in (found.slot.holder, None):
        yield Reason.WRONG_HOLDER
    if signed.at > latest + CLOCK_SKEW:
        yield Reason.SIGNED_IN_FUTURE
    if not found.path:
        yield Reason.CERTIFICATE_UNTRUSTED
        return
    if holder is None or not (signed.certificates[0] in known.holders or is_ours(found.path[-1])):
        yield Reason.HOLDER_UNREGISTERED
    if any(latest > one.not_valid_after_utc for one in found.path[:-1]):
        yield Reason.NO_PROOF_OF_TIME
    if any(latest >= algorithms.good_until(one.public_key()) for one in found.path[:-1]):
        yield Reason.ALGORITHM_EXPIRED
    yield from _revocation(found, known, signed.at, latest)


def _revocation(found: Found, known: Known, claimed: datetime, latest: datetime) -> Iterator[Reason]:
    for certificate, issuer in pairwise(found.path):
        kept = found.lasting.proofs.find(certificate, issuer, moment=latest, after=certificate == found.own)
        answers = (known.answer(certificate), kept)
        revoked = min((each.revoked_at for each in answers if each.revoked_at), default=None)
        if revoked and revoked <= claimed:
            yield Reason.CERTIFICATE_REVOKED
        elif revoked and revoked <= latest:
            yield Reason.REVOKED_UNPROVEN
        elif all(each.status is Status.UNKNOWN for each in answers):
            yield Reason.REVOCATION_UNKNOWN


def _holder(own: x509.Certificate, slot: Slot, known: Known) -> str | None:
    """Whose the certificate is: by the register, or by the id that our own authority wrote; else None."""
    registered = known.holders.get(own.public_bytes(Encoding.DER))
    if registered is not None or not is_ours(own):
        return registered
    named = own.subject.get_attributes_for_oid(holder_attribute(is_seal=slot.role == SEAL))
    return " ".join(str(each.value) for each in named)


def _outlives(path: Path, latest: datetime) -> bool:
    """Whether certificates and algorithms of a timestamp still counted then."""
    return bool(path) and all(
        latest <= min(one.not_valid_after_utc, algorithms.good_until(one.public_key())) for one in path[:-1]
    )


def _level(found: Found, latest: datetime, stamps: int) -> Level:
    """As far as the file alone brings the signature (EN 319 132-1, 6; EN 319 142-1, 6)."""
    if not stamps:
        return Level.B_B
    answers = (
        found.lasting.proofs.find(one, issuer, moment=latest, after=one == found.own)
        for one, issuer in pairwise(found.path)
    )
    if not all(each.status is Status.GOOD for each in answers):
        return Level.B_T
    return Level.B_LTA if stamps > 1 else Level.B_LT
