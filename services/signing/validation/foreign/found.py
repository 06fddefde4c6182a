"""What a file of others says of one signature before anything of it is believed, and whom a caller believes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from asn1crypto import cms
from cryptography import x509

from services.signing.evidence.proof import Proof
from services.signing.revocation import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """Whom the caller believes and at what time, with what it has beside the file: certificates, lists (CRL, DER).

    `answers` are what issuers say of certificates (by their DER) as of that time.
    """

    roots: Sequence[x509.Certificate]
    at: datetime
    certificates: Sequence[x509.Certificate] = ()
    lists: Sequence[bytes] = ()
    answers: Mapping[bytes, Answer] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A timestamp; `imprint` gives the digest that it must be on, by the name of the hash (as asn1crypto has it).

    `archives` says that it covers the proof in the file too.
    """

    message: cms.ContentInfo
    imprint: Callable[[str], bytes]
    archives: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A signature whose mathematics are right. Certificates are DER, the signer's own first.

    `claimed` is the time that the signer claims; `tokens` stand in the order in which each covers those before it;
    `proof` is what the file carries; `is_baseline` says that all is there that the level B-B asks for, `is_whole` that
    the signature covers the whole file or what it allows to follow.
    """

    certificates: tuple[bytes, ...]
    claimed: datetime | None
    tokens: Sequence[Token]
    proof: Proof
    is_baseline: bool
    is_whole: bool
