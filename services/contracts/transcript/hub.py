"""The package for the ministry's hub: a class's transcripts as files, with an index of what happened to each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Change, Query


class HubWaiting(StrEnum):
    """Why a pupil's year is not in the package yet."""

    RETEST = "RETEST"
    PENDING_SUMMER = "PENDING_SUMMER"
    INCOMPLETE = "INCOMPLETE"
    NOT_ISSUED = "NOT_ISSUED"
    NO_PERSONAL_ID = "NO_PERSONAL_ID"
    FOREIGNER_CHECK = "FOREIGNER_CHECK"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRecord:
    """A pupil's year in the package: the same `record_id` in all its versions, of which the greatest wins."""

    record_id: UUID
    change: Change
    version: int
    pupil_id: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HubParked:
    pupil_id: UUID
    reason: HubWaiting


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPackage:
    """`file` is the SHA-256 of the zip; who is parked comes with the next package once the reason is gone."""

    file: str
    records: tuple[HubRecord, ...]
    parked: tuple[HubParked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackForHub(Query[HubPackage]):
    """Pack a class's issued and revoked transcripts for the ministry's hub, for the leaders of its school."""

    operation: ClassVar[str] = "transcript.pack_for_hub"
    school_year: int
    class_id: UUID
