"""What shows that certificates were good, and how far a signature has come with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The baseline levels of ETSI EN 319 132-1 (XML) and EN 319 142-1 (PDF)."""

    B_B = "B_B"
    B_T = "B_T"
    B_LT = "B_LT"
    B_LTA = "B_LTA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Certificates, lists (CRL) and answers (OCSP), DER each."""

    certificates: Sequence[bytes]
    lists: Sequence[bytes]
    answers: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A timestamp as it lies in a file: its token (DER), and the SHA-256 that it must be on."""

    token: bytes
    digest: bytes


def together(proofs: Iterable[Proof]) -> Proof:
    """All of them as one, each piece once."""
    kept = list(proofs)
    return Proof(
        certificates=tuple(dict.fromkeys(one for each in kept for one in each.certificates)),
        lists=tuple(dict.fromkeys(one for each in kept for one in each.lists)),
        answers=tuple(dict.fromkeys(one for each in kept for one in each.answers)),
    )
