"""Entries: salted commitments, which tell nothing to whoever has not the document, and bind us to it."""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from services.contracts.signing.log import LogKind


def commitment(salt: bytes, kind: LogKind, digest: bytes) -> bytes:
    """SHA-256 of salt (32 bytes), kind (its name) and digest (32 bytes) one after the other: an entry of the log."""
    return sha256(salt + kind.encode() + digest).digest()


@dataclass(frozen=True, slots=True)
class Salts:
    """Makes each entry's salt from the log's secret; without it nobody tells one entry from another."""

    secret: bytes

    def of(self, kind: LogKind, reference: str) -> bytes:
        return hmac.digest(self.secret, f"{kind}\n{reference}".encode(), "sha256")
