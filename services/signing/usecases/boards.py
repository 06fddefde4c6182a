"""What leaders and signers look at: what waits for whom, how far signing and its proof are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.chassis import authority as grants
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.identity import Role
from services.contracts.signing.boards import (
    ClassProgress,
    FindWaiting,
    ReadSigningProgress,
    SignerProgress,
    SigningProgress,
    UnitProgress,
    Waiting,
    WaitingClass,
)
from services.contracts.signing.documents import SlotRole
from services.contracts.signing.evidence import EvidenceProgress, FilesAtLevel, ReadEvidenceProgress
from services.signing import class_sheets, keyring, repository
from services.signing.domain import Document
from services.signing.evidence import ledger
from services.signing.usecases.certificates import READERS, units_of


def find_waiting(tx: Tx, query: FindWaiting, actor: Actor) -> Waiting:
    """By class and role, those with something to sign now first."""
    mine = {actor.person_id, *keyring.units_of(tx, actor.person_id, Role.CLERK)}
    waiting: Counter[tuple[UUID, UUID, SlotRole]] = Counter()
    ready: Counter[tuple[UUID, UUID, SlotRole]] = Counter()
    for document in repository.documents_awaiting(tx, query.school_year, mine):
        for role, count in _waiting_in(document, mine).items():
            place = document.class_id, document.unit_id, role
            waiting[place] += count
            ready[place] += count * document.is_turn_of(role)
    for sheet in class_sheets.waiting_for(tx, query.school_year, actor.person_id):
        place = sheet.class_id, sheet.unit_id, SlotRole.SUBJECT_TEACHER
        waiting[place] += 1
        ready[place] += 1
    found = [
        WaitingClass(class_id=place[0], unit_id=place[1], role=place[2], waiting=count, ready=ready[place])
        for place, count in waiting.items()
    ]
    return Waiting(classes=tuple(sorted(found, key=lambda one: (-one.ready, one.class_id, one.role))))


def read_signing_progress(tx: Tx, query: ReadSigningProgress, actor: Actor) -> SigningProgress:
    """For a school's leaders, and for officers and inspectors of the unit or one above it."""
    grants.require_cover(tx, actor, READERS, query.unit_id)
    units = units_of(tx, query.unit_id)
    schools = repository.count_documents(tx, query.school_year, units)
    sheets = class_sheets.count(tx, query.school_year, units)
    rows = repository.count_slots(tx, query.school_year, query.unit_id)
    return SigningProgress(
        schools=tuple(
            UnitProgress(**row._mapping, **sheets.get(row.unit_id, {}))  # noqa: SLF001 - the documented way by name
            for row in schools
        ),
        classes=tuple(
            ClassProgress(class_id=place[0], role=SlotRole(place[1]), slots=slots, signed=signed)
            for place, (slots, signed) in _summed(rows, "class_id", "role").items()
        ),
        signers=tuple(
            SignerProgress(holder=UUID(who[0]), name=who[1], role=SlotRole(who[2]), slots=slots, signed=signed)
            for who, (slots, signed) in _summed(rows, "holder", "name", "role").items()
        ),
    )


def read_evidence_progress(tx: Tx, query: ReadEvidenceProgress, actor: Actor) -> EvidenceProgress:
    """For a school's leaders, and for officers and inspectors of the unit or one above it."""
    grants.require_cover(tx, actor, READERS, query.unit_id)
    rows = ledger.count_levels(tx, query.school_year, units_of(tx, query.unit_id))
    files = tuple(FilesAtLevel(**row._mapping) for row in rows)  # noqa: SLF001 - the documented way by name
    return EvidenceProgress(files=files, pending_since=ledger.pending_since(tx))


def _waiting_in(document: Document, mine: set[UUID]) -> dict[SlotRole, int]:
    slots = {role: sum(len(document.waiting_for(role, holder)) for holder in mine) for role in SlotRole}
    return {role: count for role, count in slots.items() if count}


def _summed(rows: Sequence[Any], *names: str) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Slots and signed ones, by these columns."""
    slots: Counter[tuple[Any, ...]] = Counter()
    signed: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        place = tuple(getattr(row, name) for name in names)
        slots[place] += row.slots
        signed[place] += row.signed
    return {place: (count, signed[place]) for place, count in slots.items()}
