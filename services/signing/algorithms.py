"""The two ways of signing that we write and accept, both over SHA-256: RSA-2048 (PKCS#1 v1.5) and ECDSA on P-256.

A signature's value is raw everywhere: 256 bytes of RSA, or r and s of ECDSA, 32 bytes each (IEEE P1363) with s in the
lower half of its range. (r, n - s) would do as well as (r, s), and what is not signed must leave no choice.
"""

from datetime import UTC, datetime
from enum import Enum

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    Prehashed,
    decode_dss_signature,
    encode_dss_signature,
)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

RSA_BITS = 2048
STRONG_RSA_BITS = 3072  # 128 bits of security (NIST SP 800-57 part 1, table 2)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # n of SEC 2, 2.4.2
_HALF = 32  # bytes of r, and of s
_DIGEST = Prehashed(hashes.SHA256())
_ECDSA = ec.ECDSA(_DIGEST)
_RSA_PADDING = padding.PKCS1v15()


class UnsupportedKey(ValueError):  # noqa: N818 - a finding about a certificate, not a fault of the program
    """The key is neither RSA-2048 nor P-256."""


class Algorithm(Enum):
    """By the names of CMS (asn1crypto's); `size` is the length in bytes of a raw value."""

    RSA = "sha256_rsa"
    ECDSA = "sha256_ecdsa"

    @property
    def size(self) -> int:
        return RSA_BITS // 8 if self is Algorithm.RSA else 2 * _HALF


def algorithm_of(key: object) -> Algorithm:
    """The algorithm of a public key; raises UnsupportedKey."""
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == RSA_BITS:
        return Algorithm.RSA
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return Algorithm.ECDSA
    raise UnsupportedKey(f"{type(key).__name__} is neither RSA-2048 nor P-256.")


def good_until(key: object) -> datetime:
    """From when on a signature with such a key proves nothing by itself (NIST IR 8547, table 2).

    Keys of about 112 bits of security end with 2030, all others that quantum computers could break with 2035.
    """
    weak = isinstance(key, rsa.RSAPublicKey) and key.key_size < STRONG_RSA_BITS
    return datetime(2031 if weak else 2036, 1, 1, tzinfo=UTC)


def public_key(certificate: bytes) -> PublicKey:
    """The key in a DER certificate; raises UnsupportedKey for one that cannot sign here."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except UnsupportedAlgorithm as error:
        raise UnsupportedKey("The certificate holds a key of an unknown kind.") from error
    algorithm_of(key)
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)  # noqa: S101 - `algorithm_of` has just said so
    return key


def sign(key: PrivateKey, digest: bytes) -> bytes:
    """The raw value over a SHA-256 digest."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, _RSA_PADDING, _DIGEST)
    return raw(key.sign(digest, _ECDSA))


def verifies(key: PublicKey, digest: bytes, value: bytes) -> bool:
    """Whether the raw value is this key's signature over the digest, in the one form that we accept."""
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, digest, _RSA_PADDING, _DIGEST)
        else:
            if value != lower(value):
                return False
            key.verify(der(value), digest, _ECDSA)
    except (InvalidSignature, ValueError):
        return False
    return True


def accepted(key: PublicKey, digest: bytes, value: bytes) -> bytes | None:
    """A value of any maker in the form in which we write it; None where it is not this key's over this digest."""
    try:
        ours = value if isinstance(key, rsa.RSAPublicKey) else lower(value)
    except ValueError:
        return None
    return ours if verifies(key, digest, ours) else None


def lower(value: bytes) -> bytes:
    """An ECDSA value of any maker with the lower s; ValueError unless r and s are 32 bytes each."""
    r, s = _halves(value)
    return _joined(r, min(s, P256_ORDER - s))


def raw(signature: bytes) -> bytes:
    """An Ecdsa-Sig-Value (RFC 3279, 2.2.3) as raw value, with the lower s; ValueError for what is none."""
    try:
        return lower(_joined(*decode_dss_signature(signature)))
    except OverflowError as error:
        raise ValueError("The numbers of the signature are too large for P-256.") from error


def der(value: bytes) -> bytes:
    """A raw ECDSA value as the Ecdsa-Sig-Value that CMS wants."""
    return encode_dss_signature(*_halves(value))


def _halves(value: bytes) -> tuple[int, int]:
    if len(value) != 2 * _HALF:
        raise ValueError("A raw signature of P-256 has 64 bytes.")
    return int.from_bytes(value[:_HALF], "big"), int.from_bytes(value[_HALF:], "big")


def _joined(r: int, s: int) -> bytes:
    if not 0 < s < P256_ORDER:
        raise ValueError("s is out of range.")
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
