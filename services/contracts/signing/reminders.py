"""News for those whose signature waits or whose certificate soon ends, and how that stands at this moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Event, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureDueV1(Event):
    """Something at a school waits for a person's signature, whose turn has come; the n-th reminder is version n.

    At most one a day tells of a person; who works at several schools is told of at one of them. `documents` is 0 where
    class sheets alone wait.
    """

    type: ClassVar[str] = "vn.hocba.signing.signature_due.v1"
    aggregate: ClassVar[str] = "record_id"
    person_id: UUID
    unit_id: UUID
    documents: int
    classes: int
    waiting_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateExpiringV1(Event):
    """A certificate in use ends within 30 days (version 1), 7 (version 2) or 1 (version 3).

    `record_id` is its key, `holder` the person, or the unit whose seal it is.
    """

    type: ClassVar[str] = "vn.hocba.signing.certificate_expiring.v1"
    aggregate: ClassVar[str] = "record_id"
    holder: UUID
    is_seal: bool
    within_days: int
    valid_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAtUnit:
    """What waits for a person's signature at a school, and since when the first of it."""

    unit_id: UUID
    documents: int
    class_sheets: int = 0
    classes: int
    waiting_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingCertificate:
    """A certificate in use that ends within 30 days; `unit_id` is the unit whose seal it is."""

    key_id: UUID
    unit_id: UUID | None
    valid_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """Nothing for somebody who no longer has a role in which one signs."""

    due: tuple[DueAtUnit, ...]
    ending: tuple[EndingCertificate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDuties(Query[Duties]):
    """What waits now for a person's signature and for the seals whose clerk they are, and which keys of theirs end."""

    operation: ClassVar[str] = "signing.read_duties"
    person_id: UUID
