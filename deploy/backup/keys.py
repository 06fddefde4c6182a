"""The key of the backups: read from a file of its own, and the keys derived from it for one purpose each."""

import hmac
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from deploy.local.errors import InstallationError

LENGTH = 32  # bytes, in the file as hexadecimal digits
ID_LENGTH = 8  # bytes: enough to tell an operator's keys apart, and nothing follows from them


def read(path: Path, *, outside: Path) -> bytes:
    """The key in the file; InstallationError when it is missing, open to others, no key, or kept with the backups."""
    if path.resolve().is_relative_to(outside.resolve()):
        raise InstallationError(f"The key file {path} lies among the backups it locks: keep it in another place.")
    if not path.is_file():
        raise InstallationError(
            f"There is no key file {path}: make one with `openssl rand -hex {LENGTH} | install -m 600 /dev/stdin "
            f"{path}`, and keep a copy away from this machine."
        )
    if path.stat().st_mode & 0o077:
        raise InstallationError(f"Others may read the key file {path}: close it with `chmod 600 {path}`.")
    return _decoded(path)


def key_id(key: bytes) -> str:
    """By what an operator recognises which key a backup needs."""
    return _derived(key, b"hocba backup key id v1", length=ID_LENGTH).hex()


def mac(key: bytes, message: bytes) -> str:
    """HMAC-SHA-256 (hex): who has not the key cannot make it."""
    return hmac.digest(_derived(key, b"hocba backup manifest v1"), message, "sha256").hex()


def of_file(key: bytes, *, salt: bytes, name: str) -> bytes:
    """The key of one file, which opens no other, nor this one under another name."""
    return _derived(key, b"hocba backup file v1 " + name.encode(), salt=salt)


def _decoded(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except ValueError:
        key = b""
    if len(key) != LENGTH:
        raise InstallationError(f"The key file {path} does not hold a key, which is {2 * LENGTH} hexadecimal digits.")
    return key


def _derived(key: bytes, purpose: bytes, *, salt: bytes | None = None, length: int = LENGTH) -> bytes:
    return HKDF(hashes.SHA256(), length=length, salt=salt, info=purpose).derive(key)
