"""Documents that transcript has frozen, registered with their empty fields in place, and class sheets.

An open document that its owner no longer names is let go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.codec import encode
from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.transcript import DocumentV1, ReadDocuments, TranscriptsFrozenV1
from services.signing import class_sheets, pdf, repository
from services.signing.domain import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Rows of documents new to us and of class sheets, and open documents that are not to be signed any more.

    Sheets that are known already change nothing.
    """

    documents: Sequence[dict[str, Any]]
    sheets: Sequence[dict[str, Any]]
    gone: Sequence[Document]


def prepare_documents(events: Sequence[TranscriptsFrozenV1], outside: Outside) -> Told:
    """Our own are read first, so that what comes in between is neither new nor gone."""
    documents: list[dict[str, Any]] = []
    sheets: list[dict[str, Any]] = []
    gone: list[Document] = []
    for year, class_id in sorted({(event.school_year, event.record_id) for event in events}):
        with outside.db.transaction() as tx:
            known = repository.known_documents(tx, year, class_id)
            waiting = repository.open_documents(tx, year, [class_id])
        answer = outside.ask(ReadDocuments(school_year=year, class_id=class_id), timeout=30)
        place = {"school_year": year, "class_id": class_id, "unit_id": answer.unit_id}
        wanted = {(one.transcript_id, one.version): one for one in answer.documents}
        documents += [place | _document_row(one, outside) for which, one in wanted.items() if which not in known]
        sheets += [class_sheets.sheet_row(place, sheet) for sheet in answer.class_sheets]
        gone += [one for one in waiting if (one.transcript_id, one.version) not in wanted]
    return Told(documents=documents, sheets=sheets, gone=gone)


def register_documents(tx: Tx, _events: Sequence[TranscriptsFrozenV1], told: Told) -> None:
    repository.insert_documents(tx, told.documents)
    class_sheets.register(tx, told.sheets)
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
