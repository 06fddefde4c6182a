"""What was issued of many pupils at once, for services that work on whole classes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPupils:
    pupil_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindIssuedPupils(Query[IssuedPupils]):
    """Those of the pupils of whom the school has issued a transcript, or a digitised copy, that year; in force now."""

    operation: ClassVar[str] = "transcript.find_issued_pupils"
    school_year: int
    unit_id: UUID
    pupil_ids: tuple[UUID, ...]
