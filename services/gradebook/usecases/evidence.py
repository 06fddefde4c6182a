"""Scanned papers that changes rest on: kept before a change names them, shown to those who decide on it."""

from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.gradebook.evidence import EvidenceV1, KeepEvidence, ReadEvidence
from services.gradebook.errors.files import NotAScan
from services.gradebook.errors.results import EvidenceRequired
from services.gradebook.repository import evidence
from services.gradebook.roles import ANYONE_AT_SCHOOL, LEADERS

KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""What a file of each kind begins with."""


def recognise(command: KeepEvidence, outside: Outside) -> str:
    """The content type of the file; NotAScan where it is neither a PDF nor a picture."""
    data = outside.objects.get(command.file)
    found = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if found is None:
        raise NotAScan
    return found


def keep_evidence(tx: Tx, command: KeepEvidence, actor: Actor, content_type: str) -> EvidenceV1:
    """By anybody who holds a role at the school; sent again it stays what it was."""
    authority.require(tx, actor, ANYONE_AT_SCHOOL, command.unit_id)
    new = EvidenceV1(
        unit_id=command.unit_id,
        file=command.file,
        content_type=content_type,
        sent_by=actor.person_id,
        sent_at=tx.now(),
    )
    evidence.add_evidence(tx, new)
    return evidence.find_evidence(tx, command.unit_id, command.file) or new


def read_evidence(tx: Tx, query: ReadEvidence, actor: Actor) -> EvidenceV1:
    found = evidence.find_evidence(tx, query.unit_id, query.file)
    if found is None or not _may_read(tx, found, actor):
        raise NotFound(file=query.file)
    return found


def require_kept(tx: Tx, unit_id: UUID, file: str) -> None:
    """EvidenceRequired unless the school keeps the file."""
    if evidence.find_evidence(tx, unit_id, file) is None:
        raise EvidenceRequired


def _may_read(tx: Tx, one: EvidenceV1, actor: Actor) -> bool:
    if authority.holds(tx, actor, LEADERS, one.unit_id):
        return True
    is_at_school = authority.holds(tx, actor, ANYONE_AT_SCHOOL, one.unit_id)
    has_part = one.sent_by == actor.person_id or evidence.verifies_on(tx, actor.person_id, one.unit_id, one.file)
    return is_at_school and has_part
