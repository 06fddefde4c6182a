"""What gradebook tells about views: who looked at whose record, and under which grant."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.identity import Viewed
from services.contracts.messages import Change, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordViewedV1(Event):
    """A person looked at pupils' records at a unit, under the grant that let them: it says the role and the case."""

    type: ClassVar[str] = "vn.hocba.gradebook.record_viewed.v1"
    aggregate: ClassVar[str] = "record_id"
    record_id: UUID
    change: Change
    version: int
    updated_at: datetime
    account_id: UUID
    person_id: UUID
    grant_id: UUID | None
    unit_id: UUID
    pupil_ids: tuple[UUID, ...]
    what: Viewed
