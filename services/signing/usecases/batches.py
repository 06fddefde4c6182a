"""Signing a class in one batch: the owner confirms the documents, all digests are prepared, one provider signs them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import ClassVar
from uuid import UUID

from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.identity import Change
from services.contracts.messages import Task
from services.contracts.signing.documents import DocumentsSignedV1
from services.contracts.signing.log import LogKind
from services.contracts.transcript import DocumentV1, ReadDocuments
from services.signing import agents, domain, drafts, keyring, providers, repository
from services.signing.agents import Brought
from services.signing.custody import unwrap
from services.signing.domain import Document, Item, Refusal
from services.signing.drafts import Codes, Draft, Signed
from services.signing.log import sequencing as log
from services.signing.log.rows import Waiting
from services.signing.providers import Key, Providers
from services.signing.providers.agent import AgentKeys
from services.signing.repository import Session

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
    refused: tuple[Refused, ...]
    awaited: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What is read before signing: the session with its key and open items, the documents as they stand, the time."""

    session: Session
    key: Key
    secret: bytes
    items: Sequence[Item]
    documents: dict[tuple[UUID, int], Document]
    earlier: dict[tuple[UUID, int], dict[str, bytes]]
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
        confirmed = outside.ask(asked, timeout=30).documents
        prepared, refused = self._prepare(ready, confirmed, outside)
        signed, failed, awaited = _sorted_out(prepared, self._values(prepared, ready))
        made = [
            drafts.assemble(of_one, ready.earlier.get(which, {}), outside.objects) for which, of_one in signed.items()
        ]
        return Batch(
            session=ready.session,
            at=ready.at,
            signed=tuple(made),
            refused=(*refused, *failed),
            awaited=tuple(awaited),
        )

    def _values(self, prepared: Sequence[Draft], ready: Ready) -> Iterator[bytes | Refusal]:
        digests = [digest for draft in prepared for digest in draft.digests()]
        provider = providers.provider_of(self._providers, ready.key.provider)
        if isinstance(provider, AgentKeys):
            provider = AgentKeys(ready.brought.values)
        return iter(providers.sign(provider, ready.key, ready.secret, digests))

    def _read(self, task: SignClassTask, outside: Outside) -> Ready | None:
        with outside.db.transaction() as tx:
            session = repository.find_session(tx, task.session_id)
            if session is None or session.wrapped_secret is None or task.class_id not in session.open_class_ids:
                return None
            key, now = keyring.find_by_id(tx, session.key_id), tx.now()
            items = repository.open_items(tx, session.id, task.class_id)
            documents = repository.open_documents(tx, task.school_year, [task.class_id])
            ids = [document.transcript_id for document in documents]
            earlier = repository.xml_signatures(tx, task.school_year, ids)
            brought = agents.brought(tx, session.id, task.class_id)
        if key is None or session.expires_at <= now:
            return None
        return Ready(
            session=session,
            key=key,
            secret=unwrap(session.wrapped_secret, server_key=self._server_key, session_id=session.id),
            items=items,
            documents={(one.transcript_id, one.version): one for one in documents},
            earlier=earlier,
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


def keep_batch(tx: Tx, task: SignClassTask, batch: Batch | None) -> None:
    """Store the signatures; a document that another batch has touched meanwhile stays as it is, to be tried again.

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
    done = [(item, None) for signed in kept for item in _items(signed)]
    repository.end_items(tx, batch.session.id, [*done, *batch.refused])
    agents.insert_work(tx, [row for draft in batch.awaited for row in _work(draft, batch)])
    if len(kept) < len(batch.signed):
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


def _sorted_out(
    prepared: Sequence[Draft], values: Iterator[bytes | Refusal]
) -> tuple[dict[tuple[UUID, int], list[tuple[Draft, list[bytes]]]], list[Refused], list[Draft]]:
    """The drafts whose values are all there, by document; those that lack one with its reason; those awaited."""
    signed: dict[tuple[UUID, int], list[tuple[Draft, list[bytes]]]] = defaultdict(list)
    failed: list[Refused] = []
    awaited: list[Draft] = []
    for draft in prepared:
        mine = list(islice(values, draft.count))
        reasons = [value for value in mine if isinstance(value, Refusal)]
        if Refusal.NOT_GIVEN_YET in reasons:
            awaited.append(draft)
        elif reasons:
            failed.append((_item(draft.document, draft.slot), reasons[0]))
        else:
            which = draft.document.transcript_id, draft.document.version
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


def _work(draft: Draft, batch: Batch) -> list[dict[str, object]]:
    document = draft.document
    return [
        {
            "session_id": batch.session.id,
            "digest": digest,
            "class_id": document.class_id,
            "transcript_id": document.transcript_id,
            "slot": draft.slot,
            "code": document.code,
            "part": part,
            "prepared_at": batch.at,
        }
        for part, digest in zip(("XML", "PDF"), draft.digests(), strict=False)
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


def _items(signed: Signed) -> list[Item]:
    return [_item(signed.document, slot) for slot in signed.signatures]


def _item(document: Document, slot: str) -> Item:
    return Item(class_id=document.class_id, transcript_id=document.transcript_id, version=document.version, slot=slot)
