"""Signers' private keys: made here, kept encrypted, opened only by the holder's PIN together with the server's key."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from services.signing import algorithms
from services.signing.algorithms import Algorithm, PrivateKey

ARGON2_MEMORY_KIB = 19 * 1024
ARGON2_PASSES = 2


class WrongPin(Exception):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """This PIN does not open this key (nor would another holder's, or another server's)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A PKCS#8 private key under AES-256-GCM, bound to its holder; useless without both PIN and server key."""

    salt: bytes
    nonce: bytes
    ciphertext: bytes

    def open(self, *, pin: str, server_key: bytes, holder: UUID) -> bytes:
        """The private key as PKCS#8. Raises WrongPin; costs one argon2id, about 45 ms."""
        cipher = AESGCM(_encryption_key(pin, server_key=server_key, salt=self.salt))
        try:
            return cipher.decrypt(self.nonce, self.ciphertext, holder.bytes)
        except InvalidTag as error:
            raise WrongPin from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Whom a signature names: a certificate and those above it, nearest first, without the root (all DER)."""

    certificate: bytes
    chain: tuple[bytes, ...]

    @property
    def certificates(self) -> tuple[bytes, ...]:
        return (self.certificate, *self.chain)

    @property
    def algorithm(self) -> Algorithm:
        return _algorithm_of(self.certificate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """An opened key with its certificate and the certificates above it, nearest first, without the root (all DER)."""

    key: PrivateKey = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...]

    @property
    def credential(self) -> Credential:
        return Credential(certificate=self.certificate, chain=self.chain)

    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        """The raw value over each SHA-256 digest."""
        return [algorithms.sign(self.key, digest) for digest in digests]


def load(pkcs8: bytes) -> PrivateKey:
    """A key that was opened; its bytes were proved to be ours, so proving it prime again would only cost 37 ms."""
    key = load_der_private_key(pkcs8, password=None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)  # noqa: S101 - `seal` takes no other
    return key


def generate() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=algorithms.RSA_BITS)


def seal(key: PrivateKey, *, pin: str, server_key: bytes, holder: UUID) -> SealedKey:
    """Encrypt a key for its holder; `server_key` is 32 secret bytes that never lie beside the sealed keys."""
    salt, nonce = os.urandom(16), os.urandom(12)
    cipher = AESGCM(_encryption_key(pin, server_key=server_key, salt=salt))
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SealedKey(salt=salt, nonce=nonce, ciphertext=cipher.encrypt(nonce, pkcs8, holder.bytes))


@lru_cache(maxsize=4096)
def _algorithm_of(certificate: bytes) -> Algorithm:
    """Kept for our own signers alone: what strangers hand in for validation does not come here."""
    return algorithms.algorithm_of(algorithms.public_key(certificate))


def _encryption_key(pin: str, *, server_key: bytes, salt: bytes) -> bytes:
    """Both secrets are needed: a stolen database lacks the server key, a stolen server key lacks the PINs."""
    stretched = hash_secret_raw(
        pin.encode(),
        salt,
        time_cost=ARGON2_PASSES,
        memory_cost=ARGON2_MEMORY_KIB,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    return HKDF(hashes.SHA256(), length=32, salt=salt, info=b"hocba signer key v1").derive(stretched + server_key)
