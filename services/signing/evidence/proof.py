"""What shows that certificates were good, and how far a signature has come with it."""

from collections.abc import Sequence
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
