"""What transfer answers and tells: a pupil's move to another school by a one-time link."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Event, Query


class TransferState(StrEnum):
    """OFFERED: the link is out; ACCEPTED: used, the bundle is being checked; the rest are ends."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferV1:
    id: UUID
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID
    state: TransferState
    reason: str | None
    expires_at: datetime
    bundle: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferOffered:
    """The offer; `link_code` is shown once and opens nothing but for an admin of the receiving school."""

    transfer: TransferV1
    link_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTransfer(Command[TransferOffered]):
    operation: ClassVar[str] = "transfer.offer_transfer"
    school_year: int
    pupil_id: UUID
    to_unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTransfer(Command[TransferV1]):
    """Use the link, once, as an admin of the receiving school; checking and importing go on in the background."""

    operation: ClassVar[str] = "transfer.accept_transfer"
    link_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTransfer(Command[TransferV1]):
    """Take an offer back before it is used."""

    operation: ClassVar[str] = "transfer.cancel_transfer"
    transfer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTransfer(Query[TransferV1]):
    operation: ClassVar[str] = "transfer.read_transfer"
    transfer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCompletedV1(Event):
    """The receiving school has checked and imported the transcripts, and the pupil is enrolled there."""

    type: ClassVar[str] = "vn.hocba.transfer.transfer_completed.v1"
    aggregate: ClassVar[str] = "record_id"
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID
