"""Transcript's only queries: rows in, contract values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.codec import decode
from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import Role
from services.contracts.signing.documents import SignedDocument
from services.contracts.transcript import BoxV1, DocumentV1, IssuedFile, Origin, SlotV1, TranscriptState, TranscriptV1
from services.contracts.transcript.copies import CopyKind, CopyV1
from services.transcript.models import copies, freezes, ready_classes, received, transcripts

ORIGINAL = transcripts.c.origin == literal_column(f"'{Origin.BORN_DIGITAL}'")  # as its index says it
MOST_COPIES = 1000  # lines of the register in one answer


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
        same = ["school_year", "pupil_id", "version"]
        new = new.on_conflict_do_update(index_elements=same, index_where=ORIGINAL, set_=changes, where=parked)
        tx.conn.execute(new, list(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A transcript in force; `canonical` is the hash of its data."""

    pupil_id: UUID
    school_year: int
    code: str
    canonical: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the transcripts of a class have come, by pupil."""

    frozen: frozenset[UUID]
    """Those whose newest version has left PARKED and was not revoked."""
    parked: frozenset[UUID]
    due: Mapping[UUID, int]
    """The version that freezing makes: the parked one, the next after a revoked one."""

    def version_of(self, pupil_id: UUID) -> int:
        """The version that freezing makes, of anybody."""
        return self.due.get(pupil_id, 1)


def standing_of(tx: Tx, school_year: int, class_id: UUID) -> Standing:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    query = select(transcripts.c.pupil_id, transcripts.c.version, transcripts.c.state).where(mine)
    newest = {row.pupil_id: row for row in tx.conn.execute(query.order_by(transcripts.c.version))}
    parked = {pupil_id: row.version for pupil_id, row in newest.items() if row.state == TranscriptState.PARKED}
    revoked = {pupil_id: row.version for pupil_id, row in newest.items() if row.state == TranscriptState.REVOKED}
    return Standing(
        frozen=frozenset(newest.keys() - parked.keys() - revoked.keys()),
        parked=frozenset(parked),
        due=parked | {pupil_id: version + 1 for pupil_id, version in revoked.items()},
    )


def is_waiting(tx: Tx, school_year: int, class_id: UUID) -> bool:
    """Whether some transcript of the class is parked."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    parked = select(transcripts.c.id).where(mine, transcripts.c.state == TranscriptState.PARKED)
    return tx.conn.execute(select(parked.exists())).scalar_one()


def canonical_before(tx: Tx, pupil_ids: Collection[UUID], school_year: int) -> dict[UUID, list[str]]:
    """Of each pupil the frozen data of earlier years that were not revoked, by hash."""
    query = select(transcripts.c.pupil_id, transcripts.c.canonical).where(
        transcripts.c.pupil_id.in_(pupil_ids),
        transcripts.c.school_year < school_year,
        ORIGINAL,
        transcripts.c.state.not_in((TranscriptState.PARKED, TranscriptState.REVOKED)),
    )
    found: dict[UUID, list[str]] = {}
    for row in tx.conn.execute(query.order_by(transcripts.c.school_year, transcripts.c.version)):
        found.setdefault(row.pupil_id, []).append(row.canonical)
    return found


def count_frozen(tx: Tx, school_year: int, class_id: UUID) -> int:
    """How many transcripts of the class were ever frozen, in all their versions."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    query = select(func.count()).where(mine, transcripts.c.state != TranscriptState.PARKED)
    return tx.conn.execute(query).scalar_one()


def of_class(tx: Tx, school_year: int, class_id: UUID) -> list[TranscriptV1]:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    return [as_transcript(row) for row in tx.conn.execute(select(transcripts).where(mine).order_by(transcripts.c.id))]


def find_one(tx: Tx, school_year: int, transcript_id: UUID) -> TranscriptV1 | None:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == transcript_id)
    row = tx.conn.execute(select(transcripts).where(mine)).first()
    return as_transcript(row) if row else None


def lock_one(tx: Tx, school_year: int, transcript_id: UUID) -> TranscriptV1 | None:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == transcript_id)
    row = tx.conn.execute(select(transcripts).where(mine).with_for_update()).first()
    return as_transcript(row) if row else None


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
        "revision": document.revision,
    }
    if document.complete:
        values["issued_at"] = tx.now()
        _take_evidence(tx, school_year, document)
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == document.transcript_id)
    going_on = transcripts.c.state.in_((TranscriptState.FROZEN, TranscriptState.SIGNING))
    newer = (transcripts.c.version == document.version) & (transcripts.c.signatures < document.signatures)
    row = tx.conn.execute(
        update(transcripts).where(mine, going_on, newer).values(values).returning(transcripts)
    ).first()
    return as_transcript(row) if row and document.complete else None


def _take_evidence(tx: Tx, school_year: int, document: SignedDocument) -> None:
    """An issued document's files with more evidence beside its signatures, which stay; a greater revision wins."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == document.transcript_id)
    issued = (transcripts.c.version == document.version) & (transcripts.c.state == TranscriptState.ISSUED)
    same = (transcripts.c.signatures == document.signatures) & (transcripts.c.revision < document.revision)
    newer = {"xml": document.xml, "pdf": document.pdf, "revision": document.revision}
    tx.conn.execute(update(transcripts).where(mine, issued, same).values(newer))


def revoke(tx: Tx, school_year: int, transcript_id: UUID, reason: str) -> TranscriptV1:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == transcript_id)
    values = {"state": TranscriptState.REVOKED, "reason": reason, "revoked_at": tx.now()}
    return as_transcript(tx.conn.execute(update(transcripts).where(mine).values(values).returning(transcripts)).one())


def issued_of_pupil(tx: Tx, pupil_id: UUID, unit_id: UUID) -> list[IssuedFile]:
    """The pupil's issued transcripts and digitised copies that this school keeps: its own and those received."""
    own = (transcripts.c.pupil_id == pupil_id) & (transcripts.c.unit_id == unit_id)
    mine = select(transcripts).where(own, transcripts.c.state == TranscriptState.ISSUED)
    taken = select(received).where(received.c.pupil_id == pupil_id, received.c.unit_id == unit_id)
    files = [_file(row, row.id) for row in tx.conn.execute(mine)]
    return files + [_file(row, row.transcript_id) for row in tx.conn.execute(taken)]


def kept_of_pupil(tx: Tx, pupil_id: UUID, unit_id: UUID) -> list[Kept]:
    """The pupil's originals in force that this school keeps, made here or received, the oldest year first."""
    taken = select(received.c.transcript_id).where(received.c.pupil_id == pupil_id, received.c.unit_id == unit_id)
    here = (transcripts.c.unit_id == unit_id) | transcripts.c.id.in_(taken)
    mine = (transcripts.c.pupil_id == pupil_id) & here & (transcripts.c.state == TranscriptState.ISSUED)
    return _kept(tx, mine & ORIGINAL)


def kept_of_class(tx: Tx, school_year: int, class_id: UUID) -> list[Kept]:
    """The class's transcripts in force."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    return _kept(tx, mine & (transcripts.c.state == TranscriptState.ISSUED))


def newest_told(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, Row[Any]]:
    """Each pupil's newest transcript that was issued, revoked or not; where there is none, the newest of all."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == class_id)
    was_issued = transcripts.c.issued_at.is_not(None)
    query = select(transcripts).where(mine).order_by(was_issued, transcripts.c.version, transcripts.c.id)
    return {row.pupil_id: row for row in tx.conn.execute(query)}


def add_copy(tx: Tx, copy: CopyV1, account_id: UUID) -> None:
    tx.conn.execute(insert(copies).values(asdict(copy) | {"account_id": account_id}))


def find_copy(tx: Tx, copy_id: UUID) -> CopyV1 | None:
    row = tx.conn.execute(select(copies).where(copies.c.id == copy_id)).first()
    return _copy(row) if row else None


def copies_of(tx: Tx, unit_id: UUID, pupil_id: UUID | None) -> list[CopyV1]:
    """What a school handed out, of one pupil or of all, the newest first."""
    mine = copies.c.unit_id == unit_id
    if pupil_id is not None:
        mine &= copies.c.pupil_ids.contains([pupil_id])
    query = select(copies).where(mine).order_by(copies.c.handed_out_at.desc(), copies.c.id).limit(MOST_COPIES)
    return [_copy(row) for row in tx.conn.execute(query)]


def put_received(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(received).on_conflict_do_nothing(), list(rows))


def units_receiving(tx: Tx, transcript_id: UUID) -> list[UUID]:
    return list(tx.conn.scalars(select(received.c.unit_id).where(received.c.transcript_id == transcript_id)))


def as_transcript(row: Row[Any]) -> TranscriptV1:
    names = ("id", "school_year", "class_id", "unit_id", "pupil_id", "version", "reason", "code", "signatures")
    named = {name: getattr(row, name) for name in names}
    named |= {"state": TranscriptState(row.state), "origin": Origin(row.origin)}
    return TranscriptV1(**named, xml=row.xml, pdf=row.pdf, slots=len(row.slots or ()))


def _kept(tx: Tx, which: ColumnElement[bool]) -> list[Kept]:
    columns = (transcripts.c[name] for name in ("pupil_id", "school_year", "code", "canonical"))
    query = select(*columns).where(which).order_by(transcripts.c.school_year, transcripts.c.id)
    return [Kept(**row._mapping) for row in tx.conn.execute(query)]  # noqa: SLF001 - SQLAlchemy's own name


def _copy(row: Row[Any]) -> CopyV1:
    names = ("id", "unit_id", "recipient", "reason", "handed_out_by", "handed_out_at", "file")
    named: dict[str, Any] = {name: getattr(row, name) for name in names}
    return CopyV1(**named, kind=CopyKind(row.kind), pupil_ids=tuple(row.pupil_ids), codes=tuple(row.codes))


def _file(row: Row[Any], transcript_id: UUID) -> IssuedFile:
    named = {name: getattr(row, name) for name in ("school_year", "version", "code", "xml", "pdf")}
    return IssuedFile(transcript_id=transcript_id, **named, origin=Origin(row.origin))
