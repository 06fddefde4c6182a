"""Signing a class in one batch: the owner confirms the documents, all digests are prepared, one provider signs them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import ClassVar, TypeVar
from uuid import UUID

from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.identity import Change
from services.contracts.messages import Task
from services.contracts.signing.documents import DocumentsSignedV1
from services.contracts.signing.log import LogKind
from services.contracts.transcript import DocumentV1, ReadDocuments
from services.contracts.transcript.class_sheets import ClassSheetV1
from services.signing import agents, class_sheets, domain, drafts, keyring, providers, repository
from services.signing.agents import Brought
from services.signing.custody import unwrap
from services.signing.domain import Document, Item, Refusal, Sheet
from services.signing.drafts import Codes, Draft, SheetDraft, Signed, SignedSheet
from services.signing.log import sequencing as log
from services.signing.log.rows import Waiting
from services.signing.providers import Key, Providers
from services.signing.repository import Session
from services.signing.usecases import class_sheets as sheet_batches

D = TypeVar("D", Draft, SheetDraft)
Refused = tuple[Item, Refusal]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignClassTask(Task):
    """Sign the class's slots that a session was opened for."""

    type: ClassVar[str] = "signing.sign_class"
    session_id: UUID
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a batch came to; nothing of it counts before it is stored. `awaited` is what an agent is to bring."""

    session: Session
    at: datetime
    signed: tuple[Signed, ...]
    sheets: tuple[SignedSheet, ...]
    refused: tuple[Refused, ...]
    awaited: tuple[Draft | SheetDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What is read before signing: the session with its key and open items, documents and sheets as they stand."""

    session: Session
    key: Key
    secret: bytes
    items: Sequence[Item]
    documents: dict[tuple[UUID, int], Document]
    earlier: dict[tuple[UUID, int], dict[str, bytes]]
    sheets: Mapping[UUID, Sheet]
    brought: Brought
    now: datetime

    @property
    def at(self) -> datetime:
        """The time that signatures state: what an agent brings was prepared earlier."""
        return self.brought.prepared_at or self.now


class Batches:
    """The use cases that need signing's own secrets."""

    def __init__(self, available: Providers, *, server_key: bytes, codes: Codes) -> None:
        self._providers = available
        self._server_key = server_key
        self._codes = codes

    def sign_class(self, task: SignClassTask, outside: Outside) -> Batch | None:
        """Sign what still waits of the session's list; None when the session is over."""
        ready = self._read(task, outside)
        if ready is None:
            return None
        asked = ReadDocuments(school_year=task.school_year, class_id=task.class_id)
        confirmed = outside.ask(asked, timeout=30)
        prepared, refused = self._prepare(ready, confirmed.documents, outside)
        sheets, not_signed = _prepare_sheets(ready, confirmed.class_sheets)
        values = self._values([*prepared, *sheets], ready)
        signed, failed, awaited = _sorted_out(prepared, values)
        signed_sheets, failed_sheets, awaited_sheets = _sorted_out(sheets, values)
        made = [
            drafts.assemble(of_one, ready.earlier.get(which, {}), outside.objects) for which, of_one in signed.items()
        ]
        pairs = (pair for of_one in signed_sheets.values() for pair in of_one)
        return Batch(
            session=ready.session,
            at=ready.at,
            signed=tuple(made),
            sheets=tuple(drafts.assemble_sheet(draft, value, outside.objects) for draft, (value,) in pairs),
            refused=(*refused, *not_signed, *failed, *failed_sheets),
            awaited=(*awaited, *awaited_sheets),
        )

    def _values(self, prepared: Sequence[Draft | SheetDraft], ready: Ready) -> Iterator[bytes | Refusal]:
        digests = [digest for draft in prepared for digest in draft.digests()]
        provider = providers.provider_of(self._providers, ready.key.provider)
        key = replace(ready.key, brought=ready.brought.values)
        return iter(providers.sign(provider, key, ready.secret, digests))

    def _read(self, task: SignClassTask, outside: Outside) -> Ready | None:
        with outside.db.snapshot() as tx:
            session = repository.find_session(tx, task.session_id)
            if session is None or session.wrapped_secret is None or task.class_id not in session.open_class_ids:
                return None
            key, now = keyring.find_by_id(tx, session.key_id), tx.now()
            if key is None or agents.lacks_agent(tx, key) or session.expires_at <= now:
                return None
            items = repository.open_items(tx, session.id, task.class_id)
            documents = repository.open_documents(tx, task.school_year, [task.class_id])
            ids = [document.transcript_id for document in documents]
            earlier = repository.xml_signatures(tx, task.school_year, ids)
            sheets = class_sheets.of_class(tx, task.school_year, task.class_id)
            brought = agents.brought(tx, session.id, task.class_id)
        return Ready(
            session=session,
            key=key,
            secret=unwrap(session.wrapped_secret, server_key=self._server_key, session_id=session.id),
            items=items,
            documents={(one.transcript_id, one.version): one for one in documents},
            earlier=earlier,
            sheets=sheets,
            brought=brought,
            now=now,
        )

    def _prepare(
        self, ready: Ready, confirmed: Sequence[DocumentV1], outside: Outside
    ) -> tuple[list[Draft], list[Refused]]:
        """Drafts of the items that may be signed now, each document read once, and why the others may not."""
        prepared: list[Draft] = []
        refused: list[Refused] = []
        wanted: dict[tuple[UUID, int], list[Item]] = defaultdict(list)
        for item in ready.items:
            if item.transcript_id in ready.sheets:
                continue
            why = _refusal(item, ready, confirmed)
            if why:
                refused.append((item, why))
            else:
                wanted[item.transcript_id, item.version].append(item)
        for which, items in wanted.items():
            document, names = ready.documents[which], {item.slot for item in items}
            slots = [slot for slot in document.slots if slot.slot in names]
            prepared += drafts.prepare(
                document,
                slots,
                ready.key.credential,
                at=ready.at,
                objects=outside.objects,
                codes=self._codes,
            )
        return prepared, refused


def sign_later(tx: Tx, session: Session) -> None:
    """Begin with each of the session's classes."""
    for class_id in session.open_class_ids:
        tx.later(SignClassTask(session_id=session.id, school_year=session.school_year, class_id=class_id))


def keep_batch(tx: Tx, task: SignClassTask, batch: Batch | None) -> None:
    """Store the signatures; what another batch has touched meanwhile stays as it is, to be tried again.

    What a provider gives after the session's time, or after its key was revoked, is not stored at all.
    """
    if batch is None or batch.session.expires_at <= tx.now() or not repository.is_running(tx, task.session_id):
        repository.end_class(tx, task.session_id, task.class_id)
        return
    held = repository.open_documents(tx, task.school_year, [task.class_id], hold=True)
    unchanged = {(one.transcript_id, one.version): one for one in held}
    kept = [signed for signed in batch.signed if _is_current(signed, unchanged)]
    repository.insert_signatures(tx, [row for signed in kept for row in _rows(signed, batch)])
    for signed in kept:
        repository.set_files(tx, signed.document, pdf=signed.pdf, xml=signed.xml)
    log.add(tx, [waiting for signed in kept for waiting in _waiting(signed)])
    sheets = sheet_batches.keep(tx, batch.session, batch.sheets, batch.at)
    done = [*(signed.document.item(slot) for signed in kept for slot in signed.signatures), *sheets]
    repository.end_items(tx, batch.session.id, [*((item, None) for item in done), *batch.refused])
    agents.insert_work(tx, [row for draft in batch.awaited for row in _work(draft, batch)])
    if len(kept) < len(batch.signed) or len(sheets) < len(batch.sheets):
        tx.later(task)
    elif not batch.awaited:
        repository.end_class(tx, task.session_id, task.class_id)
    if kept:
        tx.emit(_told(tx, task, batch))


def _refusal(item: Item, ready: Ready, confirmed: Sequence[DocumentV1]) -> Refusal | None:
    document = ready.documents.get((item.transcript_id, item.version))
    if document is None:
        return Refusal.NOT_SIGNABLE
    role, holder = ready.session.role, ready.session.holder
    if item.slot not in {slot.slot for slot in document.waiting_for(role, holder)}:
        return Refusal.ALREADY_SIGNED
    return domain.refusal(document, role, confirmed, ready.key.validity, ready.now)


def _prepare_sheets(ready: Ready, confirmed: Sequence[ClassSheetV1]) -> tuple[list[SheetDraft], list[Refused]]:
    items = [item for item in ready.items if item.transcript_id in ready.sheets]
    return sheet_batches.prepare(items, ready.sheets, confirmed, ready.key, now=ready.now, at=ready.at)


def _sorted_out(
    prepared: Sequence[D], values: Iterator[bytes | Refusal]
) -> tuple[dict[tuple[UUID, int], list[tuple[D, list[bytes]]]], list[Refused], list[D]]:
    """The drafts whose values are all there, by document; those that lack one with its reason; those awaited."""
    signed: dict[tuple[UUID, int], list[tuple[D, list[bytes]]]] = defaultdict(list)
    failed: list[Refused] = []
    awaited: list[D] = []
    for draft in prepared:
        mine = list(islice(values, len(draft.parts)))
        reasons = [value for value in mine if isinstance(value, Refusal)]
        if Refusal.NOT_GIVEN_YET in reasons:
            awaited.append(draft)
        elif reasons:
            failed.append((draft.item, reasons[0]))
        else:
            which = draft.item.transcript_id, draft.item.version
            signed[which].append((draft, [value for value in mine if isinstance(value, bytes)]))
    return signed, failed, awaited


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


def _work(draft: Draft | SheetDraft, batch: Batch) -> list[dict[str, object]]:
    item = draft.item
    return [
        {
            "session_id": batch.session.id,
            "digest": digest,
            "class_id": item.class_id,
            "transcript_id": item.transcript_id,
            "slot": item.slot,
            "code": draft.code,
            "part": part,
            "prepared_at": batch.at,
        }
        for part, digest in zip(draft.parts, draft.digests(), strict=True)
    ]


def _told(tx: Tx, task: SignClassTask, batch: Batch) -> DocumentsSignedV1:
    return DocumentsSignedV1(
        record_id=task.class_id,
        change=Change.UPDATE,
        version=repository.count_signatures(tx, task.school_year, task.class_id),
        updated_at=tx.now(),
        school_year=task.school_year,
        role=batch.session.role,
    )
