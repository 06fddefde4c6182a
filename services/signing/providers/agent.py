"""Keys in tokens at schools, reached by nobody: an agent there fetches the digests and brings the signatures."""

from collections.abc import Sequence

from services.signing.domain import Refusal
from services.signing.providers import Authorisation, Entry, Key


class AgentKeys:
    """Signs by what the agent has brought so far; the PIN is entered at the school and never comes here."""

    def open(self, key: Key, entry: Entry, *, signatures: int) -> Authorisation:  # noqa: ARG002 - consent is given there
        return Authorisation(secret=b"")

    def sign(self, key: Key, secret: bytes, digests: Sequence[bytes]) -> Sequence[bytes | Refusal]:  # noqa: ARG002 - likewise
        return [key.brought.get(digest, Refusal.NOT_GIVEN_YET) for digest in digests]
