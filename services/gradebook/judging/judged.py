"""A pupil's result of a period, and the forms in which every result states its reasons and readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.codec import encode, to_json
from services.contracts.gradebook.results import ReasonV1
from services.gradebook.rules.clauses import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules made of a pupil's period; `inputs_digest` is the SHA-256 of what they were given."""

    pupil_id: UUID
    regulation: str
    inputs_digest: str
    result: Any


def reasons(given: Sequence[Reason]) -> tuple[ReasonV1, ...]:
    return tuple(ReasonV1(code=one.code, clause=one.clause, vi=one.vi, en=one.en) for one in given)


def switches(readings: Any) -> dict[str, str]:
    """The readings under which a result was made, each by its name, as JSON writes its value."""
    return {name: to_json(value).decode().strip('"') for name, value in encode(readings).items()}
