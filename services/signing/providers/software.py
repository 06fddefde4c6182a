"""Keys kept here, sealed under PIN and server key: for development, and for whom no authority gives another."""

from collections.abc import Sequence

from services.signing import algorithms, keys
from services.signing.domain import Refusal
from services.signing.providers import Authorisation, Entry, Key


class SoftwareKeys:
    """The secret of a session is the opened key, PKCS#8."""

    def __init__(self, *, server_key: bytes) -> None:
        self._server_key = server_key

    def open(self, key: Key, entry: Entry, *, signatures: int) -> Authorisation:  # noqa: ARG002 - others count them
        assert key.sealed is not None  # noqa: S101 - the database keeps no software key without it
        return Authorisation(secret=key.sealed.open(pin=entry.pin, server_key=self._server_key, holder=key.holder))

    def sign(self, key: Key, secret: bytes, digests: Sequence[bytes]) -> Sequence[bytes | Refusal]:  # noqa: ARG002 - the key is in the secret
        opened = keys.load(secret)
        return [algorithms.sign(opened, digest) for digest in digests]
