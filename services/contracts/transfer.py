"""What transfer answers and tells: the move of a pupil or a cohort to another school by a one-time link."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Command, Event, Query


class TransferState(StrEnum):
    """OFFERED: the link is out; ACCEPTED: used, the bundle is being checked; the rest are ends.

    REFUSED: chosen for a cohort, and could not be offered.
    """

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferV1:
    """`reason` is a code and an English sentence, `reason_vi` the Vietnamese one: of what has failed."""

    id: UUID
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID
    state: TransferState
    reason: str | None
    expires_at: datetime
    bundle: str | None
    reason_vi: str | None = None


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
class CohortPupil:
    """A pupil of a cohort, whose transfer is one like any other; the reason says why it was refused or has failed."""

    pupil_id: UUID
    transfer_id: UUID
    state: TransferState
    reason: str | None
    reason_vi: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortV1:
    """Pupils who go on to one school in one act (chuyển cấp); `counts` is how many of them are in each state.

    The receiving school is not told of those who were refused.
    """

    id: UUID
    school_year: int
    from_unit_id: UUID
    to_unit_id: UUID
    expires_at: datetime
    counts: dict[TransferState, int]
    pupils: tuple[CohortPupil, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortOffered:
    """The offer; `link_code` is shown once and opens nothing but for an admin of the receiving school."""

    cohort: CohortV1
    link_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCohort(Command[CohortOffered]):
    """Offer whole classes, and pupils named singly, to one school under one link; `except_ids` go elsewhere.

    Who cannot be offered is refused in the answer, each with the reason, and does not hold up the others.
    """

    operation: ClassVar[str] = "transfer.offer_cohort"
    school_year: int
    from_unit_id: UUID
    to_unit_id: UUID
    class_ids: tuple[UUID, ...] = ()
    pupil_ids: tuple[UUID, ...] = ()
    except_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptCohort(Command[CohortV1]):
    """Use the cohort's link, once, as an admin of the receiving school; each pupil is completed in the background."""

    operation: ClassVar[str] = "transfer.accept_cohort"
    link_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCohort(Command[CohortV1]):
    """Take back what has not been used of a cohort's offer."""

    operation: ClassVar[str] = "transfer.cancel_cohort"
    cohort_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCohort(Query[CohortV1]):
    operation: ClassVar[str] = "transfer.read_cohort"
    cohort_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCompletedV1(Event):
    """The receiving school has checked and imported the transcripts, and the pupil is enrolled there."""

    type: ClassVar[str] = "vn.hocba.transfer.transfer_completed.v1"
    aggregate: ClassVar[str] = "record_id"
    school_year: int
    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID
