"""Where keys live, and how each kind signs lists of digests: one interface, one module for each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from services.contracts.signing.certificates import KeyProvider
from services.signing import algorithms
from services.signing.domain import Refusal, Validity
from services.signing.errors import ProviderMissing
from services.signing.keys import Credential, SealedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A holder's key: `sealed` where it is kept here, `place` where another keeps it.

    `brought` are the values that an agent at a school has brought so far, by digest.
    """

    id: UUID
    holder: UUID
    provider: KeyProvider
    credential: Credential
    validity: Validity
    place: str | None = None
    sealed: SealedKey | None = None
    brought: Mapping[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the holder enters to open a key; `otp` where a remote service wants one."""

    pin: str = field(repr=False)
    otp: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """What lets a provider sign for one session, and until when where it does not last as long as sessions do.

    Where it is `awaited`, the holder has yet to confirm elsewhere, and `confirm` makes the authorisation of it.
    """

    secret: bytes = field(repr=False)
    expires_at: datetime | None = None
    awaited: bool = False


class Provider(Protocol):
    """One kind of keeping keys. Digests are SHA-256; values are raw, as `algorithms` says, but of either ECDSA s."""

    def open(self, key: Key, entry: Entry, *, signatures: int) -> Authorisation:
        """Check what the holder entered, and authorise this many signatures.

        Raises WrongPin, or the refusal that says what else stands in the way.
        """

    def sign(self, key: Key, secret: bytes, digests: Sequence[bytes]) -> Sequence[bytes | Refusal]:
        """A value or the reason why there is none, for each digest; Unavailable when it is worth trying all again."""


@runtime_checkable
class Confirmed(Provider, Protocol):
    """A kind whose holders confirm elsewhere, on a phone, in their own time."""

    def confirm(self, key: Key, secret: bytes, *, seconds: float) -> Authorisation:
        """Have the holder asked, and wait so long for the answer.

        Raises ConfirmationDeclined, ConfirmationLate, ServiceAway, or the refusal that says what else is in the way.
        """


Providers = Mapping[KeyProvider, Provider]


def provider_of(available: Providers, kind: KeyProvider) -> Provider:
    """ProviderMissing where this installation is not set up for the kind."""
    if kind not in available:
        raise ProviderMissing(provider=kind)
    return available[kind]


def confirm(provider: Provider, key: Key, secret: bytes, *, seconds: float) -> Authorisation:
    """What the holder confirms elsewhere, of an authorisation that the provider said is awaited."""
    assert isinstance(provider, Confirmed)  # noqa: S101 - no other says so
    return provider.confirm(key, secret, seconds=seconds)


def sign(provider: Provider, key: Key, secret: bytes, digests: Sequence[bytes]) -> list[bytes | Refusal]:
    """The provider's values as we write them, each checked: what the key's certificate does not prove is refused."""
    if not digests:
        return []
    values = provider.sign(key, secret, digests)
    if len(values) != len(digests):  # nobody can say which value is whose
        return [Refusal.WRONG_SIGNATURE] * len(digests)
    public = algorithms.public_key(key.credential.certificate)
    return [_checked(public, *pair) for pair in zip(digests, values, strict=True)]


def _checked(public: algorithms.PublicKey, digest: bytes, value: bytes | Refusal) -> bytes | Refusal:
    if isinstance(value, Refusal):
        return value
    return algorithms.accepted(public, digest, value) or Refusal.WRONG_SIGNATURE
