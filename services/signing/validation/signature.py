"""Reading one signature, of PDF or XML alike: the mathematics, the certificate's purpose, and its path to a root."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from cryptography import x509

from services.contracts.verdicts import Reason
from services.signing import algorithms
from services.signing.chains import Path, path
from services.signing.evidence.proof import Proof, Stamped
from services.signing.validation.lasting import NOTHING, Lasting
from services.signing.validation.report import Fault, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature taken out of its document.

    `stated` and `actual` are the digests of what it covers: as signed, and as found. `message` and `value` are
    the signature proper. Certificates are DER, the signer's own first. `at` is when the signer says it was made.
    `stamped`, oldest first, and `proofs` were added later.
    """

    stated: bytes
    actual: bytes
    message: bytes
    value: bytes
    certificates: tuple[bytes, ...]
    at: datetime
    stamped: tuple[Stamped, ...] = ()
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A slot with its signature as read; `fault` is the first thing that is wrong with it whatever else is known.

    `own` is the signer's certificate, `path` leads from it to a trusted root, and is empty where none does.
    """

    slot: Slot
    signed: Signed | None = None
    own: x509.Certificate | None = None
    path: Path = ()
    fault: Reason | None = None
    lasting: Lasting = NOTHING

    @property
    def is_right(self) -> bool:
        """Whether it is a signature of somebody known to authorities that are believed."""
        return self.fault is None and bool(self.path)


def find(slot: Slot, signed_in: Callable[[Slot], Signed], roots: Sequence[x509.Certificate]) -> Found:
    """What is found in a slot; `signed_in` takes its signature out of the document, or raises a Fault."""
    found = Found(slot=slot)
    try:
        found = replace(found, signed=signed_in(slot))
        return _checked(found, roots)
    except Fault as fault:
        return replace(found, fault=fault.reason)


def _checked(found: Found, roots: Sequence[x509.Certificate]) -> Found:
    """Raises a Fault that no later knowledge heals."""
    signed = found.signed
    if signed is None or signed.stated != signed.actual:
        raise Fault(Reason.DIGEST_MISMATCH)
    try:
        own, *others = (x509.load_der_x509_certificate(der) for der in signed.certificates)
        key = algorithms.public_key(signed.certificates[0])
    except (ValueError, x509.InvalidVersion) as error:
        raise Fault(Reason.SIGNATURE_MALFORMED) from error
    if not algorithms.verifies(key, sha256(signed.message).digest(), signed.value):
        raise Fault(Reason.SIGNATURE_MISMATCH)
    if not own.not_valid_before_utc <= signed.at <= own.not_valid_after_utc:
        raise Fault(Reason.CERTIFICATE_NOT_VALID_THEN)
    check_purpose(own)
    return replace(found, own=own, path=path(own, others, roots=roots, at=signed.at))


def check_purpose(certificate: x509.Certificate) -> None:
    """Only certificates for signing documents (contentCommitment, once called nonRepudiation)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError) as error:
        raise Fault(Reason.CERTIFICATE_PURPOSE) from error
    if not (usage.content_commitment and usage.digital_signature):
        raise Fault(Reason.CERTIFICATE_PURPOSE)
