"""Seals: the service's own signature on each save, which nobody can make who has the database but not the key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import OKPKey

from services.chassis.settings import MissingSetting, load
from services.gradebook.settings import Settings

PURPOSE = "hocba.mark_seal.v1"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PEM_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)

PublicKeys = Mapping[str, Ed25519PublicKey]
"""The ledger's public keys by key id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a seal says: the history of this sheet up to row `seq` has this hash, and was so at this moment."""

    school_year: int
    sheet_id: UUID
    seq: int
    hash: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    sealed: Sealed
    key_id: str
    signature: bytes


class LedgerKey:
    """The key that seals, and the public keys of those that sealed before it."""

    def __init__(self, pem: str) -> None:
        blocks = [match[0] for match in PEM_BLOCK.finditer(pem)]
        if not blocks or "PRIVATE" not in blocks[0].splitlines()[0]:
            raise MissingSetting("HOCBA_GRADEBOOK_LEDGER_KEY must begin with an Ed25519 private key in PEM form.")
        private = load_pem_private_key(blocks[0].encode(), None)
        if not isinstance(private, Ed25519PrivateKey):
            raise MissingSetting("HOCBA_GRADEBOOK_LEDGER_KEY must be an Ed25519 key.")
        self._private = private
        self._known = [OKPKey.import_key(block) for block in blocks]
        self.key_id = self._known[0].thumbprint()

    def seal(self, sealed: Sealed) -> Seal:
        return Seal(sealed=sealed, key_id=self.key_id, signature=self._private.sign(_signed_bytes(sealed)))

    def key_set(self) -> dict[str, Any]:
        """All public keys as a JWK set (RFC 7517), each named by its thumbprint (RFC 7638)."""
        return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig"} for key in self._known]}

    def public_keys(self) -> PublicKeys:
        return {key.thumbprint(): _public(key) for key in self._known}


@cache
def ledger_key() -> LedgerKey:
    """The service's key, read once from its settings."""
    return LedgerKey(load(Settings, "gradebook").ledger_key)


def is_genuine(seal: Seal, keys: PublicKeys) -> bool:
    """Whether one of the ledger's keys made the seal, for just what it says."""
    key = keys.get(seal.key_id)
    if key is None:
        return False
    try:
        key.verify(seal.signature, _signed_bytes(seal.sealed))
    except InvalidSignature:
        return False
    return True


def _signed_bytes(sealed: Sealed) -> bytes:
    moment = (sealed.recorded_at - EPOCH) // timedelta(microseconds=1)
    fields = [PURPOSE, sealed.school_year, sealed.sheet_id, sealed.seq, sealed.hash, moment]
    return msgspec.json.encode(fields)


def _public(key: OKPKey) -> Ed25519PublicKey:
    public = key.public_key
    if not isinstance(public, Ed25519PublicKey):
        raise MissingSetting("HOCBA_GRADEBOOK_LEDGER_KEY may hold Ed25519 keys only.")
    return public
