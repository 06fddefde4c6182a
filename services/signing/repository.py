"""Signing's only queries: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.codec import decode
from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import Role
from services.contracts.signing import SessionItem, SignedDocument, SlotRole
from services.contracts.transcript import SlotV1
from services.signing.domain import Document
from services.signing.models import documents, keys, session_items, sessions, signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signing session; `wrapped_key` is None once it has ended."""

    id: UUID
    school_year: int
    account_id: UUID
    person_id: UUID
    holder: UUID
    role: SlotRole
    open_classes: int
    wrapped_key: bytes | None
    expected: int
    expires_at: datetime


def insert_key(tx: Tx, row: dict[str, Any]) -> None:
    tx.conn.execute(insert(keys).values(row))


def find_key(tx: Tx, holder: UUID) -> Row[Any] | None:
    return tx.conn.execute(select(keys).where(keys.c.holder == holder)).first()


def count_certified(tx: Tx, unit_ids: Collection[UUID]) -> tuple[int, int]:
    """The units' members of staff now, and those of them whose certificate is valid now."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    staff = select(grants.c.person_id).distinct().where(grants.c.role == Role.STAFF, valid)
    here = staff.where(grants.c.unit_id.in_(list(unit_ids))).subquery()
    certified = (keys.c.holder == here.c.person_id) & (keys.c.valid_from <= now) & (keys.c.valid_to > now)
    counts = select(func.count(), func.count(keys.c.holder)).select_from(here.outerjoin(keys, certified))
    teachers, with_certificate = tx.conn.execute(counts).one()
    return teachers, with_certificate


def count_pin_try(tx: Tx, holder: UUID, most: int) -> int | None:
    """Count a try before it is made, so that tries at one moment all count; its number, None when all are used up."""
    open_key = (keys.c.holder == holder) & (keys.c.pin_failures < most)
    counted = update(keys).where(open_key).values(pin_failures=keys.c.pin_failures + 1)
    return tx.conn.execute(counted.returning(keys.c.pin_failures)).scalar()


def forget_pin_tries(tx: Tx, holder: UUID) -> None:
    tx.conn.execute(update(keys).where(keys.c.holder == holder).values(pin_failures=0))


def insert_documents(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(documents).on_conflict_do_nothing(), list(rows))


def known_documents(tx: Tx, school_year: int, class_id: UUID) -> set[tuple[UUID, int]]:
    """(transcript, version) of the class's registered documents."""
    mine = (documents.c.school_year == school_year) & (documents.c.class_id == class_id)
    return {
        (row[0], row[1]) for row in tx.conn.execute(select(documents.c.transcript_id, documents.c.version).where(mine))
    }


def open_documents(tx: Tx, school_year: int, class_ids: Collection[UUID], *, hold: bool = False) -> list[Document]:
    """The classes' documents that are not complete; held, nobody else signs them until the transaction ends."""
    mine = (documents.c.school_year == school_year) & documents.c.class_id.in_(list(class_ids))
    query = select(documents).where(mine, documents.c.completed_at.is_(None)).order_by(documents.c.transcript_id)
    rows = tx.conn.execute(query.with_for_update() if hold else query).all()
    filled = _filled(tx, school_year, [row.transcript_id for row in rows])
    return [_document(row, filled.get((row.transcript_id, row.version), frozenset())) for row in rows]


def xml_signatures(
    tx: Tx, school_year: int, transcript_ids: Collection[UUID]
) -> dict[tuple[UUID, int], dict[str, bytes]]:
    """The ds:Signature of each filled slot, by (transcript, version)."""
    mine = (signatures.c.school_year == school_year) & signatures.c.transcript_id.in_(list(transcript_ids))
    found: dict[tuple[UUID, int], dict[str, bytes]] = {}
    for row in tx.conn.execute(select(signatures).where(mine)):
        found.setdefault((row.transcript_id, row.version), {})[row.slot] = bytes(row.xml_signature)
    return found


def insert_signatures(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(signatures), list(rows))


def set_files(tx: Tx, document: Document, *, pdf: str, xml: str | None) -> None:
    """The newest files; with the XML the document is complete."""
    mine = (documents.c.school_year == document.school_year) & (documents.c.transcript_id == document.transcript_id)
    values = {"pdf": pdf, "xml": xml, "completed_at": None if xml is None else func.now()}
    tx.conn.execute(update(documents).where(mine, documents.c.version == document.version).values(values))


def signed_documents(tx: Tx, school_year: int, class_id: UUID) -> list[SignedDocument]:
    mine = (documents.c.school_year == school_year) & (documents.c.class_id == class_id)
    rows = tx.conn.execute(select(documents).where(mine)).all()
    filled = _filled(tx, school_year, [row.transcript_id for row in rows])
    return [
        SignedDocument(
            transcript_id=row.transcript_id,
            version=row.version,
            signatures=len(filled.get((row.transcript_id, row.version), ())),
            complete=row.completed_at is not None,
            xml=row.xml or row.frozen_xml,
            pdf=row.pdf,
        )
        for row in rows
    ]


def insert_session(tx: Tx, session: Session, class_ids: Sequence[UUID]) -> None:
    names = (
        "id",
        "school_year",
        "account_id",
        "person_id",
        "holder",
        "role",
        "open_classes",
        "wrapped_key",
        "expected",
    )
    row = {name: getattr(session, name) for name in names}
    tx.conn.execute(
        insert(sessions).values(
            row | {"class_ids": list(class_ids), "began_at": tx.now(), "expires_at": session.expires_at}
        )
    )


def find_session(tx: Tx, session_id: UUID) -> Session | None:
    row = tx.conn.execute(select(sessions).where(sessions.c.id == session_id)).first()
    return None if row is None else _session(row)


def end_class(tx: Tx, session_id: UUID) -> None:
    """One class's batch has ended; with the last one the opened key is erased."""
    left = sessions.c.open_classes - 1
    kept = case((left > 0, sessions.c.wrapped_key), else_=None)
    running = (sessions.c.id == session_id) & (sessions.c.open_classes > 0)
    tx.conn.execute(update(sessions).where(running).values(open_classes=left, wrapped_key=kept))


def insert_items(tx: Tx, session_id: UUID, items: Sequence[SessionItem]) -> None:
    rows = [
        {"session_id": session_id, "transcript_id": item.transcript_id, "slot": item.slot, "reason": item.reason}
        for item in items
    ]
    if rows:
        new = upsert(session_items)
        keys_of_item = ["session_id", "transcript_id", "slot"]
        changes = {"reason": new.excluded.reason}  # what was refused at first may be signed at the next try
        tx.conn.execute(new.on_conflict_do_update(index_elements=keys_of_item, set_=changes), rows)


def items_of(tx: Tx, session_id: UUID) -> list[SessionItem]:
    query = (
        select(session_items).where(session_items.c.session_id == session_id).order_by(session_items.c.transcript_id)
    )
    return [
        SessionItem(transcript_id=row.transcript_id, slot=row.slot, signed=row.reason is None, reason=row.reason)
        for row in tx.conn.execute(query)
    ]


def count_signatures(tx: Tx, school_year: int, class_id: UUID) -> int:
    """How many slots of the class's documents are filled."""
    same = (signatures.c.school_year == documents.c.school_year) & (
        signatures.c.transcript_id == documents.c.transcript_id
    )
    query = select(func.count()).select_from(
        signatures.join(documents, same & (signatures.c.version == documents.c.version))
    )
    mine = (documents.c.school_year == school_year) & (documents.c.class_id == class_id)
    return int(tx.conn.execute(query.where(mine)).scalar_one())


def _filled(tx: Tx, school_year: int, transcript_ids: Collection[UUID]) -> dict[tuple[UUID, int], frozenset[str]]:
    mine = (signatures.c.school_year == school_year) & signatures.c.transcript_id.in_(list(transcript_ids))
    columns = (signatures.c.transcript_id, signatures.c.version, func.array_agg(signatures.c.slot))
    rows = tx.conn.execute(select(*columns).where(mine).group_by(*columns[:2]))
    return {(row[0], row[1]): frozenset(row[2]) for row in rows}


def _document(row: Row[Any], signed: frozenset[str]) -> Document:
    names = (
        "school_year",
        "transcript_id",
        "version",
        "class_id",
        "unit_id",
        "code",
        "canonical",
        "frozen_xml",
        "frozen_pdf",
        "pdf",
    )
    named = {name: getattr(row, name) for name in names}
    return Document(**named, slots=decode(tuple[SlotV1, ...], row.slots), signed=signed)


def _session(row: Row[Any]) -> Session:
    names = ("id", "school_year", "account_id", "person_id", "holder", "open_classes", "expected", "expires_at")
    named = {name: getattr(row, name) for name in names}
    wrapped = bytes(row.wrapped_key) if row.wrapped_key is not None else None
    return Session(**named, role=SlotRole(row.role), wrapped_key=wrapped)
