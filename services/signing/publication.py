"""What the development authority publishes about its own certificates: a list (CRL) and answers (OCSP)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from services.contracts.signing.revocation import RevocationReason
from services.signing.authority import Authority

LIST_LIFE, ANSWER_LIFE = timedelta(hours=24), timedelta(hours=1)
MOST_REVOKED = 1_000_000  # at one minute; keeps numbers of lists growing
REASONS = {
    RevocationReason.KEY_COMPROMISE: x509.ReasonFlags.key_compromise,
    RevocationReason.AFFILIATION_CHANGED: x509.ReasonFlags.affiliation_changed,
    RevocationReason.SUPERSEDED: x509.ReasonFlags.superseded,
    RevocationReason.CESSATION: x509.ReasonFlags.cessation_of_operation,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A revoked certificate; its signatures are not to be believed from `compromised_at` on."""

    serial: int
    revoked_at: datetime
    compromised_at: datetime
    reason: RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a serial is of a certificate that we issued, and its revocation if there is one."""

    is_ours: bool
    revoked: Revoked | None


def revocation_list(authority: Authority, revoked: Sequence[Revoked], *, now: datetime) -> bytes:
    """The DER list of this minute; asking again within it gives the same bytes unless more are revoked."""
    minute = now.replace(second=0, microsecond=0)
    issued_at = max([minute, *(one.revoked_at.replace(microsecond=0) for one in revoked)])
    number = int(minute.timestamp()) // 60 * MOST_REVOKED + len(revoked)
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.issuing.subject)
    builder = builder.last_update(issued_at).next_update(issued_at + LIST_LIFE)
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.issuing_key.public_key())
    builder = builder.add_extension(by, critical=False)
    for one in sorted(revoked, key=lambda one: one.serial):
        builder = builder.add_revoked_certificate(_entry(one))
    return builder.sign(authority.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)


def _entry(one: Revoked) -> x509.RevokedCertificate:
    entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.revoked_at)
    entry = entry.add_extension(x509.CRLReason(REASONS[one.reason]), critical=False)
    return entry.add_extension(x509.InvalidityDate(one.compromised_at), critical=False).build()


def answer(authority: Authority, request: bytes, find: Callable[[int], Standing], *, now: datetime) -> bytes:
    """The DER answer to a question about one certificate; `find` tells what we know of a serial."""
    try:
        asked = ocsp.load_der_ocsp_request(request)
        own = _asked_here(authority, asked)
    except (ValueError, TypeError, NotImplementedError):
        return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if not own:
        return _unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    builder = _responding(asked, find(asked.serial_number), now.replace(microsecond=0))
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, authority.issuing)
    for extension in asked.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            builder = builder.add_extension(extension.value, critical=False)
    return builder.sign(authority.issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)


def _asked_here(authority: Authority, asked: ocsp.OCSPRequest) -> bool:
    """Whether the question names our issuing certificate (RFC 6960, 4.1.1)."""
    key = authority.issuing_key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    own = _digest(asked, authority.issuing.subject.public_bytes()), _digest(asked, key)
    return own == (asked.issuer_name_hash, asked.issuer_key_hash)


def _digest(asked: ocsp.OCSPRequest, octets: bytes) -> bytes:
    digest = hashes.Hash(asked.hash_algorithm)
    digest.update(octets)
    return digest.finalize()


def _responding(asked: ocsp.OCSPRequest, found: Standing, now: datetime) -> ocsp.OCSPResponseBuilder:
    revoked = found.revoked
    good = ocsp.OCSPCertStatus.GOOD if found.is_ours else ocsp.OCSPCertStatus.UNKNOWN
    return ocsp.OCSPResponseBuilder().add_response_by_hash(
        asked.issuer_name_hash,
        asked.issuer_key_hash,
        asked.serial_number,
        asked.hash_algorithm,
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else good,
        this_update=now,
        next_update=now + ANSWER_LIFE,
        revocation_time=min(revoked.revoked_at, revoked.compromised_at) if revoked else None,
        revocation_reason=REASONS[revoked.reason] if revoked else None,
    )


def _unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
