"""Signers' private keys: made here, kept encrypted, opened only by the holder's PIN together with the server's key."""

import os
from dataclasses import dataclass, field
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

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

    def open(self, *, pin: str, server_key: bytes, holder: UUID) -> rsa.RSAPrivateKey:
        """The private key. Raises WrongPin; costs one argon2id, about 45 ms."""
        cipher = AESGCM(_encryption_key(pin, server_key=server_key, salt=self.salt))
        try:
            pkcs8 = cipher.decrypt(self.nonce, self.ciphertext, holder.bytes)
        except InvalidTag as error:
            raise WrongPin from error
        # GCM has just proved these bytes to be the key we sealed; proving it prime again would cost 37 ms.
        key = load_der_private_key(pkcs8, password=None, unsafe_skip_rsa_key_validation=True)
        assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 - tells the type checker what `seal` guarantees
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """An opened key with its certificate and the certificates above it, nearest first, without the root (all DER)."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...]

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 over SHA-256 of the message."""
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def generate() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def seal(key: rsa.RSAPrivateKey, *, pin: str, server_key: bytes, holder: UUID) -> SealedKey:
    """Encrypt a key for its holder; `server_key` is 32 secret bytes that never lie beside the sealed keys."""
    salt, nonce = os.urandom(16), os.urandom(12)
    cipher = AESGCM(_encryption_key(pin, server_key=server_key, salt=salt))
    pkcs8 = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SealedKey(salt=salt, nonce=nonce, ciphertext=cipher.encrypt(nonce, pkcs8, holder.bytes))


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
