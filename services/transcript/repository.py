"""Transcript's only queries: rows in, contract values out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.codec import decode, encode
from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import Role
from services.contracts.signing import SignedDocument
from services.contracts.transcript import BoxV1, DocumentV1, IssuedFile, SlotV1, TranscriptState, TranscriptV1
from services.transcript.models import freezes, ready_classes, received, transcripts


def note_ready(tx: Tx, *, school_year: int, class_id: UUID, unit_id: UUID, version: int) -> None:
    row = {"school_year": school_year, "class_id": class_id, "unit_id": unit_id, "version": version}
    new = upsert(ready_classes).values(row)
    keys = ["school_year", "class_id"]
    newer = ready_classes.c.version < new.excluded.version
    tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=row, where=newer))


def find_unit_of_class(tx: Tx, school_year: int, class_id: UUID) -> UUID | None:
    mine = (ready_classes.c.school_year == school_year) & (ready_classes.c.class_id == class_id)
    return tx.conn.execute(select(ready_classes.c.unit_id).where(mine)).scalar()


def principals_of(tx: Tx, unit_id: UUID) -> list[UUID]:
    """The people who hold the principal's grant at the unit now."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    held = (grants.c.unit_id == unit_id) & (grants.c.role == Role.PRINCIPAL)
    return list(tx.conn.scalars(select(grants.c.person_id).where(held, valid).distinct()))


def ask_freeze(tx: Tx, *, school_year: int, class_id: UUID, account_id: UUID) -> None:
    asked = {"requested_by": account_id, "requested_at": tx.now(), "expected": -1}
    new = upsert(freezes).values({"school_year": school_year, "class_id": class_id} | asked)
    tx.conn.execute(new.on_conflict_do_update(index_elements=["school_year", "class_id"], set_=asked))


def set_expected(tx: Tx, school_year: int, class_id: UUID, expected: int) -> None:
    mine = (freezes.c.school_year == school_year) & (freezes.c.class_id == class_id)
    tx.conn.execute(update(freezes).where(mine).values(expected=expected))


def find_expected(tx: Tx, school_year: int, class_id: UUID) -> int | None:
    """How many transcripts the class will have; -1 while unknown, None where nobody asked for them."""
    mine = (freezes.c.school_year == school_year) & (freezes.c.class_id == class_id)
    return tx.conn.execute(select(freezes.c.expected).where(mine)).scalar()


def put_transcripts(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """New transcripts; a parked one that can be frozen now takes its frozen form."""
    if rows:
        new = upsert(transcripts)
        names = [name for name in rows[0] if name not in ("school_year", "id", "pupil_id", "version")]
        parked = transcripts.c.state == TranscriptState.PARKED
        changes = {name: new.excluded[name] for name in names}
        keys = ["school_year", "pupil_id", "version"]
        tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=changes, where=parked), list(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the transcripts of a class have come, by pupil."""

    frozen: Mapping[UUID, int]
    """The version that has left PARKED and was not revoked."""
    revoked: Mapping[UUID, int]
    """The last version, where that was revoked."""


def standing_of(tx: Tx, school_year: int, class_id: UUID) -> Standing:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    query = select(transcripts.c.pupil_id, transcripts.c.version, transcripts.c.state).where(mine)
    newest = {row.pupil_id: row for row in tx.conn.execute(query.order_by(transcripts.c.version))}
    return Standing(
        frozen={
            pupil_id: row.version
            for pupil_id, row in newest.items()
            if row.state not in (TranscriptState.PARKED, TranscriptState.REVOKED)
        },
        revoked={pupil_id: row.version for pupil_id, row in newest.items() if row.state == TranscriptState.REVOKED},
    )


def count_frozen(tx: Tx, school_year: int, class_id: UUID) -> int:
    """How many transcripts of the class were ever frozen, in all their versions."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    query = select(func.count()).where(mine, transcripts.c.state != TranscriptState.PARKED)
    return tx.conn.execute(query).scalar_one()


def of_class(tx: Tx, school_year: int, class_id: UUID) -> list[TranscriptV1]:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    return [_transcript(row) for row in tx.conn.execute(select(transcripts).where(mine).order_by(transcripts.c.id))]


def find_one(tx: Tx, school_year: int, transcript_id: UUID) -> TranscriptV1 | None:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == transcript_id)
    row = tx.conn.execute(select(transcripts).where(mine)).first()
    return _transcript(row) if row else None


def lock_one(tx: Tx, school_year: int, transcript_id: UUID) -> TranscriptV1 | None:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == transcript_id)
    row = tx.conn.execute(select(transcripts).where(mine).with_for_update()).first()
    return _transcript(row) if row else None


def find_by_code(tx: Tx, code: str) -> Row[Any] | None:
    return tx.conn.execute(select(transcripts).where(transcripts.c.code == code)).first()


def documents_of(tx: Tx, school_year: int, class_id: UUID) -> list[DocumentV1]:
    """The class's documents between freezing and issue, as they were frozen."""
    signable = (TranscriptState.FROZEN, TranscriptState.SIGNING)
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    rows = tx.conn.execute(
        select(transcripts).where(mine, transcripts.c.state.in_(signable)).order_by(transcripts.c.id)
    )
    return [
        DocumentV1(
            transcript_id=row.id,
            version=row.version,
            code=row.code,
            canonical=row.canonical,
            xml=row.frozen_xml,
            pdf=row.frozen_pdf,
            slots=decode(tuple[SlotV1, ...], row.slots),
            boxes=decode(tuple[BoxV1, ...], row.boxes),
        )
        for row in rows
    ]


def advance(tx: Tx, school_year: int, document: SignedDocument) -> TranscriptV1 | None:
    """Take over what signing tells; the transcript if this made it issued. More signatures win, fewer are old news."""
    state = TranscriptState.ISSUED if document.complete else TranscriptState.SIGNING
    values: dict[str, Any] = {
        "state": state,
        "xml": document.xml,
        "pdf": document.pdf,
        "signatures": document.signatures,
    }
    if document.complete:
        values["issued_at"] = tx.now()
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == document.transcript_id)
    going_on = transcripts.c.state.in_((TranscriptState.FROZEN, TranscriptState.SIGNING))
    newer = (transcripts.c.version == document.version) & (transcripts.c.signatures < document.signatures)
    row = tx.conn.execute(
        update(transcripts).where(mine, going_on, newer).values(values).returning(transcripts)
    ).first()
    return _transcript(row) if row and document.complete else None


def revoke(tx: Tx, school_year: int, transcript_id: UUID, reason: str) -> TranscriptV1:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == transcript_id)
    values = {"state": TranscriptState.REVOKED, "reason": reason, "revoked_at": tx.now()}
    return _transcript(tx.conn.execute(update(transcripts).where(mine).values(values).returning(transcripts)).one())


def issued_of_pupil(tx: Tx, pupil_id: UUID, unit_id: UUID) -> list[IssuedFile]:
    """The pupil's issued transcripts that this school keeps: its own and those received by transfer."""
    own = (transcripts.c.pupil_id == pupil_id) & (transcripts.c.unit_id == unit_id)
    mine = select(transcripts).where(own, transcripts.c.state == TranscriptState.ISSUED)
    taken = select(received).where(received.c.pupil_id == pupil_id, received.c.unit_id == unit_id)
    files = [_file(row, row.id) for row in tx.conn.execute(mine)]
    return files + [_file(row, row.transcript_id) for row in tx.conn.execute(taken)]


def put_received(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(received).on_conflict_do_nothing(), list(rows))


def units_receiving(tx: Tx, transcript_id: UUID) -> list[UUID]:
    return list(tx.conn.scalars(select(received.c.unit_id).where(received.c.transcript_id == transcript_id)))


def frozen_row(transcript: dict[str, Any], slots: Sequence[SlotV1], boxes: Sequence[BoxV1]) -> dict[str, Any]:
    return transcript | {"slots": encode(list(slots)), "boxes": encode(list(boxes))}


def _transcript(row: Row[Any]) -> TranscriptV1:
    names = ("id", "school_year", "class_id", "unit_id", "pupil_id", "version", "reason", "code", "signatures")
    named = {name: getattr(row, name) for name in names}
    return TranscriptV1(**named, state=TranscriptState(row.state), xml=row.xml, pdf=row.pdf, slots=len(row.slots or ()))


def _file(row: Row[Any], transcript_id: UUID) -> IssuedFile:
    names = ("school_year", "version", "code", "xml", "pdf")
    return IssuedFile(transcript_id=transcript_id, **{name: getattr(row, name) for name in names})
