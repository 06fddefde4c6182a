"""Chains of certificates: who issued whom, up to a root that is believed."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

Path = tuple[x509.Certificate, ...]

# People's certificates carry none of what the Web asks of servers; authorities must be authorities.
_POLICIES = {"ca_policy": ExtensionPolicy.webpki_defaults_ca(), "ee_policy": ExtensionPolicy.permit_all()}


def path(
    own: x509.Certificate, others: Sequence[x509.Certificate], *, roots: Sequence[x509.Certificate], at: datetime
) -> Path:
    """From a certificate to one of the roots, every one valid at that time; nothing where there is no such path.

    Nothing is fetched: what lies between must be among the others.
    """
    if not roots:
        return ()
    verifier = (
        PolicyBuilder().store(Store(list(roots))).time(at).extension_policies(**_POLICIES).build_client_verifier()
    )
    try:
        return tuple(verifier.verify(own, list(others)).chain)
    except VerificationError:
        return ()


def issued(issuer: x509.Certificate, one: x509.Certificate) -> bool:
    """Whether the issuer's key has signed it, and it names that issuer."""
    try:
        one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
