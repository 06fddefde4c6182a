"""What notify answers: consents of guardians, what became of messages, and who wants to be reminded."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderChoice:
    """Whether a member of staff is reminded by e-mail of what waits for their signature; so it is until they say no."""

    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseReminders(Command[ReminderChoice]):
    """Switch reminders off or on again, for oneself."""

    operation: ClassVar[str] = "notify.choose_reminders"
    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReminderChoice(Query[ReminderChoice]):
    operation: ClassVar[str] = "notify.read_reminder_choice"
