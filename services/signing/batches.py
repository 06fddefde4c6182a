"""Signing a class in one batch: the owner confirms the documents, the order is checked, the fast path signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.identity import Change
from services.contracts.messages import Task
from services.contracts.signing import DocumentsSignedV1, SessionItem, SlotRole
from services.contracts.signing.log import LogKind
from services.contracts.transcript import ReadDocuments, SlotV1
from services.signing import domain, pdf, repository, xml
from services.signing.appearance import qr
from services.signing.custody import unwrap
from services.signing.domain import Document, Validity
from services.signing.keys import Signer
from services.signing.log import sequencing as log
from services.signing.log.rows import Waiting
from services.signing.repository import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SignClassTask(Task):
    """Sign the class's slots that a session was opened for."""

    type: ClassVar[str] = "signing.sign_class"
    session_id: UUID
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One document's new signatures by slot, and its files with them; `xml` once it is complete."""

    document: Document
    signatures: dict[str, bytes]
    pdf: str
    xml: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a batch came to; nothing of it counts before it is stored."""

    session: Session
    at: datetime
    signed: tuple[Signed, ...]
    refused: tuple[SessionItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What is read before signing: the session, its signer, the documents with their earlier signatures, the time."""

    session: Session
    signer: Signer
    validity: Validity
    documents: Sequence[Document]
    earlier: dict[tuple[UUID, int], dict[str, bytes]]
    now: datetime


class Batches:
    """The use cases that need signing's own secrets."""

    def __init__(self, *, server_key: bytes, public_url: str) -> None:
        self._server_key = server_key
        self._public_url = public_url

    def sign_class(self, task: SignClassTask, outside: Outside) -> Batch | None:
        """Sign every slot that waits for the session's holder; None when the session is over."""
        ready = self._read(task, outside)
        if ready is None:
            return None
        asked = ReadDocuments(school_year=task.school_year, class_id=task.class_id)
        confirmed = outside.ask(asked, timeout=30).documents
        signed: list[Signed] = []
        refused: list[SessionItem] = []
        for document in ready.documents:
            slots = document.waiting_for(ready.session.role, ready.session.holder)
            why = domain.refusal(document, ready.session.role, confirmed, ready.validity, ready.now) if slots else None
            if why:
                refused += [_refused(document, slot, why) for slot in slots]
            elif slots:
                signed.append(self._sign(document, slots, ready, outside))
        return Batch(session=ready.session, at=ready.now, signed=tuple(signed), refused=tuple(refused))

    def _read(self, task: SignClassTask, outside: Outside) -> Ready | None:
        with outside.db.transaction() as tx:
            session = repository.find_session(tx, task.session_id)
            if session is None or session.wrapped_key is None:
                return None
            key = repository.find_key(tx, session.holder)
            documents = repository.open_documents(tx, task.school_year, [task.class_id])
            ids = [document.transcript_id for document in documents]
            earlier, now = repository.xml_signatures(tx, task.school_year, ids), tx.now()
        if key is None or session.expires_at <= now:
            return None
        opened = unwrap(session.wrapped_key, server_key=self._server_key, session_id=session.id)
        signer = Signer(key=opened, certificate=bytes(key.certificate), chain=tuple(bytes(one) for one in key.chain))
        validity = Validity(valid_from=key.valid_from, valid_to=key.valid_to)
        return Ready(session=session, signer=signer, validity=validity, documents=documents, earlier=earlier, now=now)

    def _sign(self, document: Document, slots: Sequence[SlotV1], ready: Ready, outside: Outside) -> Signed:
        frozen = outside.objects.get(document.frozen_xml)
        made = xml.signatures(frozen, [(slot.slot, ready.signer) for slot in slots], at=ready.now)
        paper = document.pdf
        for slot in slots:
            if slot.on_pdf:
                paper = outside.objects.put(self._sign_pdf(outside.objects.get(paper), document, slot, ready))
        whole = None
        if domain.is_complete(document, made):
            earlier = ready.earlier.get((document.transcript_id, document.version), {})
            whole = outside.objects.put(xml.splice(frozen, earlier | made))
        return Signed(document=document, signatures=made, pdf=paper, xml=whole)

    def _sign_pdf(self, paper: bytes, document: Document, slot: SlotV1, ready: Ready) -> bytes:
        """The seal paints the QR of the public page; the other fields stay as the form printed them."""
        drawing = qr(f"{self._public_url}/verify/{document.code}") if slot.role == SlotRole.SEAL else None
        return pdf.sign(paper, slot.slot, ready.signer, at=ready.now, drawing=drawing)


def keep_batch(tx: Tx, task: SignClassTask, batch: Batch | None) -> None:
    """Store the signatures; a document that another batch has touched meanwhile stays as it is, to be tried again."""
    if batch is None:
        repository.end_class(tx, task.session_id)
        return
    held = repository.open_documents(tx, task.school_year, [task.class_id], hold=True)
    unchanged = {(one.transcript_id, one.version): one for one in held}
    kept = [signed for signed in batch.signed if _is_current(signed, unchanged)]
    repository.insert_signatures(tx, [row for signed in kept for row in _rows(signed, batch)])
    for signed in kept:
        repository.set_files(tx, signed.document, pdf=signed.pdf, xml=signed.xml)
    log.add(tx, [waiting for signed in kept for waiting in _waiting(signed)])
    items = [_done(signed.document, slot) for signed in kept for slot in signed.signatures]
    repository.insert_items(tx, batch.session.id, [*items, *batch.refused])
    if len(kept) < len(batch.signed):
        tx.later(task)
    else:
        repository.end_class(tx, batch.session.id)
    if kept:
        tx.emit(_told(tx, task, batch))


def _is_current(signed: Signed, held: dict[tuple[UUID, int], Document]) -> bool:
    now = held.get((signed.document.transcript_id, signed.document.version))
    touches_pdf = signed.pdf != signed.document.pdf or signed.xml is not None
    return (
        now is not None
        and not now.signed & set(signed.signatures)
        and (not touches_pdf or (now.pdf, now.signed) == (signed.document.pdf, signed.document.signed))
    )


def _rows(signed: Signed, batch: Batch) -> list[dict[str, object]]:
    return [
        {
            "school_year": signed.document.school_year,
            "transcript_id": signed.document.transcript_id,
            "version": signed.document.version,
            "slot": slot,
            "holder": batch.session.holder,
            "xml_signature": made,
            "session_id": batch.session.id,
            "authorised_by": batch.session.account_id,
            "signed_at": batch.at,
        }
        for slot, made in signed.signatures.items()
    ]


def _waiting(signed: Signed) -> list[Waiting]:
    """What a document that is complete puts into the log: its data, and both files as they are handed out."""
    if signed.xml is None:
        return []
    files = [(LogKind.FILE, name, name) for name in (signed.xml, signed.pdf)]
    data = [(LogKind.DOCUMENT, signed.document.code, digest) for digest in [signed.document.canonical] if digest]
    return [Waiting(kind=kind, reference=of, digest=bytes.fromhex(digest)) for kind, of, digest in (*data, *files)]


def _told(tx: Tx, task: SignClassTask, batch: Batch) -> DocumentsSignedV1:
    return DocumentsSignedV1(
        record_id=task.class_id,
        change=Change.UPDATE,
        version=repository.count_signatures(tx, task.school_year, task.class_id),
        updated_at=tx.now(),
        school_year=task.school_year,
        role=batch.session.role,
    )


def _done(document: Document, slot: str) -> SessionItem:
    return SessionItem(transcript_id=document.transcript_id, slot=slot, signed=True, reason=None)


def _refused(document: Document, slot: SlotV1, why: domain.Refusal) -> SessionItem:
    return SessionItem(transcript_id=document.transcript_id, slot=slot.slot, signed=False, reason=why)
