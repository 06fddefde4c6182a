"""What gradebook tells about views: who looked at whose record, and under which grant."""

from dataclasses import dataclass
from typing import ClassVar

from services.contracts.identity.accesses import RecordViewed


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordViewedV1(RecordViewed):
    """A person looked at pupils' records at a unit, under the grant that let them: it says the role and the case."""

    type: ClassVar[str] = "vn.hocba.gradebook.record_viewed.v1"
