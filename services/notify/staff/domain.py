"""What staff are reminded of, whom it is planned for, and why a planned letter is not written after all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Task
from services.contracts.signing.reminders import CertificateExpiringV1, Duties, SignatureDueV1
from services.notify.domain import DeliveryState

News = SignatureDueV1 | CertificateExpiringV1


class Kind(StrEnum):
    """What is reminded of."""

    SIGNATURE_DUE = "SIGNATURE_DUE"
    CERTIFICATE_EXPIRING = "CERTIFICATE_EXPIRING"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReminder(Task):
    type: ClassVar[str] = "notify.send_reminder"
    reminder_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReminder:
    """A letter to write about a fact: its record and version make it the same fact however often the event comes."""

    kind: Kind
    record_id: UUID
    version: int
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A letter as stored; `is_newest` unless a later one about the same record is there for the same person."""

    id: UUID
    kind: Kind
    record_id: UUID
    person_id: UUID
    state: DeliveryState
    created_at: datetime
    is_wanted: bool
    is_newest: bool


def plan(events: Sequence[News], clerks: Collection[tuple[UUID, UUID]]) -> list[NewReminder]:
    """A letter for each event and each person it is about; `clerks` are (person, unit)."""
    return [
        NewReminder(kind=_kind(event), record_id=event.record_id, version=event.version, person_id=person)
        for event in events
        for person in _people(event, clerks)
    ]


def why_not(reminder: Reminder, duties: Duties) -> str | None:
    """Why the letter is needless now, as signing answers about the person at this moment; None where it is due."""
    if not reminder.is_wanted:
        return "switched_off"
    if not reminder.is_newest:
        return "newer_reminder"
    if reminder.kind is Kind.SIGNATURE_DUE:
        return None if duties.due else "nothing_waits"
    return None if reminder.record_id in {one.key_id for one in duties.ending} else "certificate_not_ending"


def _kind(event: News) -> Kind:
    return Kind.SIGNATURE_DUE if isinstance(event, SignatureDueV1) else Kind.CERTIFICATE_EXPIRING


def _people(event: News, clerks: Collection[tuple[UUID, UUID]]) -> list[UUID]:
    if isinstance(event, SignatureDueV1):
        return [event.person_id]
    return [person for person, unit in clerks if unit == event.holder] if event.is_seal else [event.holder]
