"""Judging one signature, of PDF or XML alike: the mathematics, the holder, the time and the chain of certificates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from services.signing import algorithms
from services.signing.algorithms import PublicKey
from services.signing.authority import holder_attribute, is_ours
from services.signing.validation.report import SEAL, Fault, Reason, SignatureReport, Slot, Verdict

NO_REGISTER: Mapping[bytes, str] = MappingProxyType({})
CLOCK_SKEW = timedelta(minutes=5)  # how far a signer's clock may be ahead of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature taken out of its document.

    `stated` and `actual` are the digests of what it covers: as signed, and as found. `message` and `value` are
    the signature proper. Certificates are DER, the signer's own first.
    """

    stated: bytes
    actual: bytes
    message: bytes
    value: bytes
    certificates: tuple[bytes, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom the validator believes, and its time.

    Outside authorities name people their own way: `holders` is what the register knows of their certificates (DER).
    """

    roots: Sequence[x509.Certificate]
    at: datetime
    holders: Mapping[bytes, str]


def judge(slot: Slot, signed_in: Callable[[Slot], Signed], trust: Trust) -> SignatureReport:
    """The verdict on one slot; `signed_in` takes its signature out of the document, or raises a Fault."""
    signed, reason = None, None
    try:
        signed = signed_in(slot)
        _check(signed, slot, trust)
    except Fault as fault:
        reason = fault.reason
    return SignatureReport(
        slot=slot.slot,
        role=slot.role,
        holder=slot.holder,
        name=slot.name,
        verdict=reason.verdict if reason else Verdict.VALID,
        reason=reason,
        signed_at=signed.at if signed else None,
        certificate=signed.certificates[0] if signed else None,
    )


def _check(signed: Signed, slot: Slot, trust: Trust) -> None:
    """The first reason not to believe that the slot's holder signed this at that time, as a Fault."""
    if signed.stated != signed.actual:
        raise Fault(Reason.DIGEST_MISMATCH)
    try:
        own, *chain = (x509.load_der_x509_certificate(der) for der in signed.certificates)
        key = algorithms.public_key(signed.certificates[0])
        holder = _holder(own, slot, trust)
    except (ValueError, x509.InvalidVersion) as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    _check_value(key, signed)
    if holder not in (slot.holder, None):
        raise Fault(Reason.WRONG_HOLDER)
    if signed.at > trust.at + CLOCK_SKEW:
        raise Fault(Reason.SIGNED_IN_FUTURE)
    if not own.not_valid_before_utc <= signed.at <= own.not_valid_after_utc:
        raise Fault(Reason.CERTIFICATE_NOT_VALID_THEN)
    check_purpose(own)
    root = check_chain(own, chain, roots=trust.roots, at=signed.at)
    if holder is None or not (signed.certificates[0] in trust.holders or is_ours(root)):
        raise Fault(Reason.HOLDER_UNREGISTERED)


def _holder(own: x509.Certificate, slot: Slot, trust: Trust) -> str | None:
    """Whose the certificate is: by the register, or by the id that our own authority wrote; else None."""
    registered = trust.holders.get(own.public_bytes(Encoding.DER))
    if registered is not None or not is_ours(own):
        return registered
    named = own.subject.get_attributes_for_oid(holder_attribute(is_seal=slot.role == SEAL))
    return " ".join(str(each.value) for each in named)


def _check_value(key: PublicKey, signed: Signed) -> None:
    if not algorithms.verifies(key, sha256(signed.message).digest(), signed.value):
        raise Fault(Reason.SIGNATURE_MISMATCH)


def check_purpose(certificate: x509.Certificate) -> None:
    """Only certificates for signing documents (contentCommitment, once called nonRepudiation)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError) as error:
        raise Fault(Reason.CERTIFICATE_PURPOSE) from error
    if not (usage.content_commitment and usage.digital_signature):
        raise Fault(Reason.CERTIFICATE_PURPOSE)


def check_chain(
    certificate: x509.Certificate, chain: list[x509.Certificate], *, roots: Sequence[x509.Certificate], at: datetime
) -> x509.Certificate:
    """The root at the end of a path, every certificate valid at the time of signing; nothing is fetched."""
    if not roots:
        raise Fault(Reason.CERTIFICATE_UNTRUSTED)
    # People's certificates carry none of what the Web asks of servers; authorities must be authorities.
    policies = {"ca_policy": ExtensionPolicy.webpki_defaults_ca(), "ee_policy": ExtensionPolicy.permit_all()}
    verifier = PolicyBuilder().store(Store(list(roots))).time(at).extension_policies(**policies).build_client_verifier()
    try:
        return verifier.verify(certificate, chain).chain[-1]
    except VerificationError as error:
        raise Fault(Reason.CERTIFICATE_UNTRUSTED) from error
