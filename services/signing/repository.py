"""The queries about documents, signatures and sessions: rows in, domain values out."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, ScalarSelect, and_, bindparam, case, cast, func, insert, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.codec import decode
from services.chassis.database import Tx
from services.contracts.signing.documents import SignedDocument, SlotRole
from services.contracts.signing.sessions import SessionItem, StopReason
from services.contracts.transcript import SlotV1
from services.signing.domain import Document, Item
from services.signing.models.documents import documents, signatures
from services.signing.models.sessions import session_items, sessions

IS_WANTED = documents.c.withdrawn_at.is_(None)
IS_OPEN = documents.c.completed_at.is_(None) & IS_WANTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signing session; `wrapped_secret` is None once it has ended."""

    id: UUID
    school_year: int
    account_id: UUID
    person_id: UUID
    holder: UUID
    role: SlotRole
    key_id: UUID
    open_class_ids: tuple[UUID, ...]
    wrapped_secret: bytes | None
    expected: int
    expires_at: datetime
    awaits_confirmation: bool = False
    stopped_why: StopReason | None = None


def insert_documents(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(documents).on_conflict_do_nothing(), list(rows))


def known_documents(tx: Tx, school_year: int, class_id: UUID) -> set[tuple[UUID, int]]:
    """(transcript, version) of the class's registered documents."""
    mine = (documents.c.school_year == school_year) & (documents.c.class_id == class_id)
    return {
        (row[0], row[1]) for row in tx.conn.execute(select(documents.c.transcript_id, documents.c.version).where(mine))
    }


def withdraw(tx: Tx, gone: Sequence[Document]) -> None:
    """From now on nobody signs these."""
    for one in gone:
        same = (documents.c.school_year == one.school_year) & (documents.c.transcript_id == one.transcript_id)
        mine = same & (documents.c.version == one.version) & IS_OPEN
        tx.conn.execute(update(documents).where(mine).values(withdrawn_at=tx.now()))


def open_documents(tx: Tx, school_year: int, class_ids: Collection[UUID], *, hold: bool = False) -> list[Document]:
    """The classes' documents that are not complete; held, nobody else signs them until the transaction ends."""
    mine = (documents.c.school_year == school_year) & documents.c.class_id.in_(list(class_ids))
    query = select(documents).where(mine, IS_OPEN).order_by(documents.c.transcript_id)
    rows = tx.conn.execute(query.with_for_update() if hold else query).all()
    filled = _filled(tx, school_year, [row.transcript_id for row in rows])
    return [_document(row, filled.get((row.transcript_id, row.version), frozenset())) for row in rows]


def documents_awaiting(tx: Tx, school_year: int, holders: Collection[UUID]) -> list[Document]:
    """The year's open documents that have a slot of one of these holders, each in its newest version."""
    has_slot = [documents.c.slots.contains([{"holder": str(holder)}]) for holder in holders]
    open_ones = (documents.c.school_year == school_year) & IS_OPEN & or_(*has_slot)
    newest = documents.c.version == newest_version()
    rows = tx.conn.execute(select(documents).where(open_ones, newest)).all()
    filled = _filled(tx, school_year, [row.transcript_id for row in rows])
    return [_document(row, filled.get((row.transcript_id, row.version), frozenset())) for row in rows]


def count_slots(tx: Tx, school_year: int, unit_id: UUID) -> list[Row[Any]]:
    """(class_id, role, holder, name, slots, signed) of the newest versions of a school's documents."""
    slot = func.jsonb_array_elements(documents.c.slots).table_valued("value").render_derived(name="slot")
    fields = {name: slot.c.value.op("->>")(name) for name in ("role", "holder", "name", "slot")}
    same = [signatures.c[name] == documents.c[name] for name in ("school_year", "transcript_id", "version")]
    joined = documents.join(slot, true()).outerjoin(signatures, and_(*same, signatures.c.slot == fields["slot"]))
    groups = [documents.c.class_id, *(fields[name].label(name) for name in ("role", "holder", "name"))]
    mine = (documents.c.school_year == school_year) & (documents.c.unit_id == unit_id) & IS_WANTED
    query = select(*groups, func.count().label("slots"), func.count(signatures.c.slot).label("signed"))
    query = query.select_from(joined).where(mine, documents.c.version == newest_version())
    return list(tx.conn.execute(query.group_by(*groups).order_by(*groups)))


def count_documents(tx: Tx, school_year: int, unit_ids: Collection[UUID]) -> list[Row[Any]]:
    """(unit_id, documents, complete, slots, signed) of the newest versions of the schools' documents."""
    same = [signatures.c[name] == documents.c[name] for name in ("school_year", "transcript_id", "version")]
    signed = select(func.count()).where(*same).scalar_subquery()
    mine = (documents.c.school_year == school_year) & documents.c.unit_id.in_(list(unit_ids)) & IS_WANTED
    query = select(
        documents.c.unit_id,
        func.count().label("documents"),
        func.count(documents.c.completed_at).label("complete"),
        cast(func.sum(func.jsonb_array_length(documents.c.slots)), Integer).label("slots"),
        cast(func.sum(signed), Integer).label("signed"),
    ).where(mine, documents.c.version == newest_version())
    return list(tx.conn.execute(query.group_by(documents.c.unit_id).order_by(documents.c.unit_id)))


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
            revision=row.revision,
        )
        for row in rows
    ]


def find_sealed(tx: Tx, school_year: int, transcript_id: UUID, version: int) -> Row[Any] | None:
    """A document that is complete: its code, canonical, pdf and completed_at."""
    mine = (documents.c.school_year == school_year) & (documents.c.transcript_id == transcript_id)
    query = select(documents).where(mine, documents.c.version == version, documents.c.completed_at.is_not(None))
    return tx.conn.execute(query).first()


def insert_session(tx: Tx, session: Session, items: Sequence[Item]) -> None:
    """The session and the list that it is for."""
    names = (
        "id",
        "school_year",
        "account_id",
        "person_id",
        "holder",
        "role",
        "key_id",
        "wrapped_secret",
        "expected",
        "expires_at",
        "awaits_confirmation",
    )
    row = {name: getattr(session, name) for name in names}
    classes = list(session.open_class_ids)
    row |= {"class_ids": classes, "open_class_ids": classes, "began_at": tx.now()}
    tx.conn.execute(insert(sessions).values(row))
    rows = [{"session_id": session.id, **asdict(item)} for item in items]
    tx.conn.execute(insert(session_items), rows)


def find_session(tx: Tx, session_id: UUID) -> Session | None:
    row = tx.conn.execute(select(sessions).where(sessions.c.id == session_id)).first()
    return None if row is None else _session(row)


def is_running(tx: Tx, session_id: UUID) -> bool:
    """Whether the session goes on; nobody ends it until the transaction does."""
    running = (sessions.c.id == session_id) & sessions.c.wrapped_secret.is_not(None)
    return tx.conn.execute(select(sessions.c.id).where(running).with_for_update()).first() is not None


def end_class(tx: Tx, session_id: UUID, class_id: UUID) -> None:
    """One class's batch has ended; with the last one the secret is erased."""
    left = func.array_remove(sessions.c.open_class_ids, class_id)
    kept = case((func.cardinality(left) > 0, sessions.c.wrapped_secret), else_=None)
    mine = update(sessions).where(sessions.c.id == session_id)
    tx.conn.execute(mine.values(open_class_ids=left, wrapped_secret=kept))


def end_expired(tx: Tx) -> None:
    """End the sessions whose time is over, whatever became of their work."""
    over = (sessions.c.expires_at <= tx.now()) & sessions.c.wrapped_secret.is_not(None)
    why = case((sessions.c.awaits_confirmation, StopReason.NOT_CONFIRMED), else_=None)
    tx.conn.execute(update(sessions).where(over).values(open_class_ids=[], wrapped_secret=None, stopped_why=why))


def open_items(tx: Tx, session_id: UUID, class_id: UUID) -> list[Item]:
    """What still waits of the session's list in the class."""
    mine = (session_items.c.session_id == session_id) & (session_items.c.class_id == class_id)
    query = select(session_items).where(mine, session_items.c.ended_at.is_(None))
    return [
        Item(class_id=row.class_id, transcript_id=row.transcript_id, version=row.version, slot=row.slot)
        for row in tx.conn.execute(query.order_by(session_items.c.transcript_id, session_items.c.slot))
    ]


def end_items(tx: Tx, session_id: UUID, ended: Sequence[tuple[Item, str | None]]) -> None:
    """Items that were signed, or refused for a reason."""
    which = (session_items.c.session_id == session_id) & (session_items.c.transcript_id == bindparam("of_transcript"))
    statement = update(session_items).where(which, session_items.c.slot == bindparam("of_slot"))
    rows = [
        {"of_transcript": item.transcript_id, "of_slot": item.slot, "because": why, "now": tx.now()}
        for item, why in ended
    ]
    if rows:
        tx.conn.execute(statement.values(reason=bindparam("because"), ended_at=bindparam("now")), rows)


def items_of(tx: Tx, session_id: UUID) -> list[SessionItem]:
    """Those of the session's items that have ended."""
    mine = (session_items.c.session_id == session_id) & session_items.c.ended_at.is_not(None)
    query = select(session_items).where(mine).order_by(session_items.c.transcript_id, session_items.c.slot)
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


def newest_version() -> ScalarSelect[int]:
    """The newest version of the transcript of a row of documents: an older one is signed no more."""
    newer = documents.alias("newer")
    same = (newer.c.school_year == documents.c.school_year) & (newer.c.transcript_id == documents.c.transcript_id)
    return select(func.max(newer.c.version)).where(same).correlate(documents).scalar_subquery()


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
    names = ("id", "school_year", "account_id", "person_id", "holder", "key_id", "expected", "expires_at")
    named = {name: getattr(row, name) for name in (*names, "awaits_confirmation")}
    return Session(
        **named,
        role=SlotRole(row.role),
        open_class_ids=tuple(row.open_class_ids),
        wrapped_secret=bytes(row.wrapped_secret) if row.wrapped_secret is not None else None,
        stopped_why=StopReason(row.stopped_why) if row.stopped_why else None,
    )
