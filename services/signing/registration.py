"""Documents that transcript has frozen, registered with their empty fields in place; those it takes back end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.codec import encode
from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.transcript import DocumentV1, ReadDocuments, TranscriptsFrozenV1
from services.signing import pdf, repository
from services.signing.domain import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What differs from what we knew: documents new to us, and open ones that are not to be signed any more."""

    rows: tuple[dict[str, Any], ...]
    gone: tuple[Document, ...]


def prepare_documents(events: Sequence[TranscriptsFrozenV1], outside: Outside) -> Told:
    """Our own are read first, so that what comes in between is neither new nor gone."""
    rows: list[dict[str, Any]] = []
    gone: list[Document] = []
    for year, class_id in sorted({(event.school_year, event.record_id) for event in events}):
        with outside.db.transaction() as tx:
            known = repository.known_documents(tx, year, class_id)
            waiting = repository.open_documents(tx, year, [class_id])
        answer = outside.ask(ReadDocuments(school_year=year, class_id=class_id), timeout=30)
        place = {"school_year": year, "class_id": class_id, "unit_id": answer.unit_id}
        wanted = {(one.transcript_id, one.version): one for one in answer.documents}
        rows += [place | _document_row(one, outside) for which, one in wanted.items() if which not in known]
        gone += [one for one in waiting if (one.transcript_id, one.version) not in wanted]
    return Told(rows=tuple(rows), gone=tuple(gone))


def register_documents(tx: Tx, _events: Sequence[TranscriptsFrozenV1], told: Told) -> None:
    repository.insert_documents(tx, told.rows)
    repository.withdraw(tx, told.gone)


def _document_row(document: DocumentV1, outside: Outside) -> dict[str, Any]:
    boxes = [
        pdf.Box(slot=box.slot, page=box.page, x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1) for box in document.boxes
    ]
    prepared = pdf.prepare(outside.objects.get(document.pdf), boxes)
    return {
        "transcript_id": document.transcript_id,
        "version": document.version,
        "code": document.code,
        "canonical": document.canonical,
        "frozen_xml": document.xml,
        "frozen_pdf": document.pdf,
        "slots": encode(document.slots),
        "pdf": outside.objects.put(prepared),
    }
