"""Keeping what is secret: the authority's file, and what opens a key for the length of a signing session."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.signing.authority import Authority

NONCE_LENGTH = 12


def server_key_of(secret: str) -> bytes:
    """The 32 bytes that keys are kept under, from the installation's secret of any length."""
    return hashlib.sha256(secret.encode()).digest()


def write_authority(path: Path, authority: Authority) -> None:
    """One PEM file, readable by its owner alone: root and issuing certificate, the root's list, the issuing key."""
    listed = x509.load_der_x509_crl(authority.root_list).public_bytes(Encoding.PEM)
    pem = authority.root.public_bytes(Encoding.PEM) + authority.issuing.public_bytes(Encoding.PEM) + listed
    _write_private(path, pem + _pem(authority.issuing_key))


def write_timestamp_key(path: Path, key: rsa.RSAPrivateKey, certificates: Sequence[bytes]) -> None:
    """One PEM file, readable by its owner alone: a timestamp authority's certificates (DER, own first), its key."""
    chain = b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in certificates)
    _write_private(path, chain + _pem(key))


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_private(path: Path, pem: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def read_authority(path: Path, *, published_at: str | None = None) -> Authority:
    pem = path.read_bytes()
    root, issuing = x509.load_pem_x509_certificates(pem)
    key = load_pem_private_key(pem[pem.index(b"-----BEGIN PRIVATE") :], password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} holds no RSA key")
    listed = x509.load_pem_x509_crl(pem[pem.index(b"-----BEGIN X509 CRL") :]).public_bytes(Encoding.DER)
    return Authority(root=root, issuing=issuing, issuing_key=key, root_list=listed, published_at=published_at)


def read_roots(folder: str) -> list[x509.Certificate]:
    """The root certificates of outside authorities in a folder of PEM files; none without a folder."""
    files = sorted(Path(folder).glob("*.pem")) if folder else []
    return [root for file in files for root in x509.load_pem_x509_certificates(file.read_bytes())]


def wrap(secret: bytes, *, server_key: bytes, session_id: UUID) -> bytes:
    """What opens a key for one session, useless without the server key and for any other session."""
    nonce = os.urandom(NONCE_LENGTH)
    return nonce + AESGCM(server_key).encrypt(nonce, secret, session_id.bytes)


def unwrap(wrapped: bytes, *, server_key: bytes, session_id: UUID) -> bytes:
    return AESGCM(server_key).decrypt(wrapped[:NONCE_LENGTH], wrapped[NONCE_LENGTH:], session_id.bytes)
