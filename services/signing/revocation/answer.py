"""What is known about a certificate's revocation, from what, and why nothing is known where nothing is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CLOCK_SKEW = timedelta(minutes=5)


class Status(StrEnum):
    """UNKNOWN is never to be taken for GOOD: ask again later."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    CRL = "CRL"
    OCSP = "OCSP"


class Doubt(StrEnum):
    """Why data about revocation prove nothing; stable codes."""

    NO_ADDRESS = "no_address"
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    OTHER_ISSUER = "other_issuer"
    OTHER_CERTIFICATE = "other_certificate"
    OTHER_NONCE = "other_nonce"
    SIGNATURE = "signature"
    PARTIAL = "partial"
    STALE = "stale"
    FROM_FUTURE = "from_future"
    REPLAYED = "replayed"
    TOO_EARLY = "too_early"
    EXPIRED_BEFORE = "expired_before"
    NOT_KNOWN_THERE = "not_known_there"


class Doubtful(Exception):  # noqa: N818 - a finding about data, not a fault of the program
    """The first thing found wrong with data about revocation."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(doubt)
        self.doubt = doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A CRL or an OCSP response (DER) whose signature and issuer are right, with the interval that it speaks for."""

    kind: Kind
    der: bytes
    this_update: datetime
    next_update: datetime

    def check_fresh(self, now: datetime) -> None:
        """Doubtful before its interval and from its end on."""
        if self.this_update > now + CLOCK_SKEW:
            raise Doubtful(Doubt.FROM_FUTURE)
        if now >= self.next_update:
            raise Doubtful(Doubt.STALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The status at a moment; `revoked_at` also where the certificate was revoked only after that moment."""

    status: Status
    evidence: Evidence | None = None
    revoked_at: datetime | None = None
    doubt: Doubt | None = None


def unknown(doubt: Doubt) -> Answer:
    return Answer(status=Status.UNKNOWN, doubt=doubt)


def conclude(evidence: Evidence, revoked_at: datetime | None, *, expires_at: datetime, moment: datetime) -> Answer:
    """The answer from what the evidence says; a certificate that had expired by then may have been left out of it."""
    if revoked_at is not None:
        status = Status.REVOKED if revoked_at <= moment else Status.GOOD
        return Answer(status=status, evidence=evidence, revoked_at=revoked_at)
    if expires_at < evidence.this_update:
        raise Doubtful(Doubt.EXPIRED_BEFORE)
    return Answer(status=Status.GOOD, evidence=evidence)
