"""Facts that guardians are told, whom they may be told to, and how a delivery ends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.identity import GuardianContact
from services.contracts.messages import Task
from services.contracts.transcript import TranscriptIssuedV1, TranscriptRevokedV1
from services.contracts.transfer import TransferCompletedV1

Telling = TranscriptIssuedV1 | TranscriptRevokedV1 | TransferCompletedV1


class Kind(StrEnum):
    """What is told."""

    TRANSCRIPT_ISSUED = "TRANSCRIPT_ISSUED"
    TRANSCRIPT_REVOKED = "TRANSCRIPT_REVOKED"
    TRANSFER_COMPLETED = "TRANSFER_COMPLETED"


class DeliveryState(StrEnum):
    """PENDING, then SENT (the mail server took it), FAILED (it never will) or CANCELLED (nobody to tell any more)."""

    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


KINDS: dict[type[Telling], Kind] = {
    TranscriptIssuedV1: Kind.TRANSCRIPT_ISSUED,
    TranscriptRevokedV1: Kind.TRANSCRIPT_REVOKED,
    TransferCompletedV1: Kind.TRANSFER_COMPLETED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(Task):
    type: ClassVar[str] = "notify.send_message"
    delivery_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That a guardian agrees to be told by e-mail, as one school has it on record."""

    unit_id: UUID
    guardian_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A message to write about a fact: its record and version make it the same fact however often the event comes."""

    kind: Kind
    record_id: UUID
    version: int
    school_year: int
    pupil_id: UUID
    unit_id: UUID
    guardian_id: UUID
    consent_unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message as stored; `has_consent` says whether the consent that it was written under still stands."""

    id: UUID
    kind: Kind
    school_year: int
    pupil_id: UUID
    guardian_id: UUID
    state: DeliveryState
    created_at: datetime
    has_consent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a delivery ended, and why if it was not sent."""

    state: DeliveryState
    reason: str | None = None


def plan(
    events: Sequence[Telling], contacts: Sequence[GuardianContact], consents: Collection[Consent]
) -> list[NewDelivery]:
    """A message for each guardian of each event's pupil who agreed at a school that the event is about."""
    return [
        _about(event, consent)
        for event in events
        for contact in contacts
        if contact.pupil_id == event.pupil_id and (consent := _consent(event, contact, consents))
    ]


def _consent(event: Telling, contact: GuardianContact, consents: Collection[Consent]) -> Consent | None:
    possible = (Consent(unit_id=unit_id, guardian_id=contact.guardian_id) for unit_id in _schools(event))
    return next((consent for consent in possible if consent in consents), None)


def _schools(event: Telling) -> tuple[UUID, ...]:
    """The school that tells, first; after a transfer the family may have agreed at the old school only."""
    if isinstance(event, TransferCompletedV1):
        return event.to_unit_id, event.from_unit_id
    return (event.unit_id,)


def _about(event: Telling, consent: Consent) -> NewDelivery:
    return NewDelivery(
        kind=KINDS[type(event)],
        record_id=event.record_id,
        version=event.version,
        school_year=event.school_year,
        pupil_id=event.pupil_id,
        unit_id=_schools(event)[0],
        guardian_id=consent.guardian_id,
        consent_unit_id=consent.unit_id,
    )
