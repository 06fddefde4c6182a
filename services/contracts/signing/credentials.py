"""A sealed transcript in a form for other programs: a signed CLR 2.0 credential."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """`file` is the SHA-256 of the VC-JWT."""

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCredential(Query[Credential]):
    """Make the CLR 2.0 credential of a sealed document, from the data that its PDF carries and its people signed."""

    operation: ClassVar[str] = "signing.make_credential"
    school_year: int
    transcript_id: UUID
    version: int
