"""What notify answers: consents of guardians, and what became of messages."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """Whether a guardian agrees to be told by e-mail."""

    guardian_id: UUID
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsRecorded:
    recorded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsents(Command[ConsentsRecorded]):
    operation: ClassVar[str] = "notify.record_consents"
    unit_id: UUID
    consents: tuple[ConsentEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCounts:
    """How many messages about the unit's pupils wait, were sent, failed, or had nobody left to go to."""

    pending: int
    sent: int
    failed: int
    cancelled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDeliveries(Query[DeliveryCounts]):
    operation: ClassVar[str] = "notify.count_deliveries"
    unit_id: UUID
