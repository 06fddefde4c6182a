"""What waits for whose signature, and how far signing is."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query
from services.contracts.signing.documents import SlotRole


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingClass:
    """What waits for somebody in a class, slots and class sheets: `ready` are those whose turn has come."""

    class_id: UUID
    unit_id: UUID
    role: SlotRole
    waiting: int
    ready: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    classes: tuple[WaitingClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindWaiting(Query[Waiting]):
    """What waits for the own signature, and for the seals whose clerk one is."""

    operation: ClassVar[str] = "signing.find_waiting"
    school_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassProgress:
    """Signed slots of all slots of a role in a class."""

    class_id: UUID
    role: SlotRole
    slots: int
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerProgress:
    """Signed slots of all slots that are somebody's in a role; `name` is as the documents have it."""

    holder: UUID
    name: str
    role: SlotRole
    slots: int
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """A school's documents: registered, complete, and their slots; its class sheets, and how many are signed."""

    unit_id: UUID
    documents: int
    complete: int
    slots: int
    signed: int
    class_sheets: int = 0
    class_sheets_signed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningProgress:
    """`schools` are those at or below the unit with documents; `classes` and `signers` are the unit's own."""

    schools: tuple[UnitProgress, ...]
    classes: tuple[ClassProgress, ...]
    signers: tuple[SignerProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSigningProgress(Query[SigningProgress]):
    """How far signing is, for a school's leaders and for those above it."""

    operation: ClassVar[str] = "signing.read_signing_progress"
    school_year: int
    unit_id: UUID
