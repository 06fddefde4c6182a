"""What identity answers about accesses: who looked at whose record, under which role and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.identity.roles import Role
from services.contracts.messages import Event, Moment, Query


class Viewed(StrEnum):
    """What of a pupil's record was looked at."""

    PERSON = "PERSON"
    HEALTH_LINK = "HEALTH_LINK"
    MARKS = "MARKS"
    HISTORY = "HISTORY"
    CONDUCT = "CONDUCT"
    RESULTS = "RESULTS"
    TRANSCRIPT = "TRANSCRIPT"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordViewed(Event):
    """What each service that keeps records tells the access log."""

    aggregate: ClassVar[str] = "record_id"
    account_id: UUID
    person_id: UUID
    grant_id: UUID | None
    unit_id: UUID
    pupil_ids: tuple[UUID, ...]
    what: Viewed


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessV1:
    """One look at a record; `pupil_id` is null for a look-up that found nobody, `reason` and `case_no` say why."""

    at: datetime
    person_id: UUID
    person_name: str
    role: Role | None
    unit_id: UUID
    pupil_id: UUID | None
    what: Viewed
    reason: str | None
    case_no: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accesses:
    accesses: tuple[AccessV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAccesses(Query[Accesses]):
    """Who looked at a pupil, or at anybody of a unit; with neither, one's own looks.

    Newest first: 1,000, and all others of the oldest moment among them. That moment is the `until` of the next page.
    """

    operation: ClassVar[str] = "identity.find_accesses"
    since: Moment
    until: Moment
    pupil_id: UUID | None = None
    unit_id: UUID | None = None
