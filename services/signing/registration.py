"""Documents that transcript has frozen, registered with their empty signature fields in place, and class sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.codec import encode
from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.transcript import DocumentV1, ReadDocuments, TranscriptsFrozenV1
from services.signing import class_sheets, pdf, repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Rows of documents and of class sheets; those known already among the sheets change nothing."""

    documents: Sequence[dict[str, Any]]
    sheets: Sequence[dict[str, Any]]


def prepare_documents(events: Sequence[TranscriptsFrozenV1], outside: Outside) -> Registered:
    """The documents new to us, with their empty signature fields in place, and the class sheets."""
    documents: list[dict[str, Any]] = []
    sheets: list[dict[str, Any]] = []
    for year, class_id in sorted({(event.school_year, event.record_id) for event in events}):
        answer = outside.ask(ReadDocuments(school_year=year, class_id=class_id), timeout=30)
        with outside.db.transaction() as tx:
            known = repository.known_documents(tx, year, class_id)
        place = {"school_year": year, "class_id": class_id, "unit_id": answer.unit_id}
        new = [one for one in answer.documents if (one.transcript_id, one.version) not in known]
        documents += [place | _document_row(document, outside) for document in new]
        sheets += [class_sheets.sheet_row(place, sheet) for sheet in answer.class_sheets]
    return Registered(documents=documents, sheets=sheets)


def register_documents(tx: Tx, _events: Sequence[TranscriptsFrozenV1], found: Registered) -> None:
    repository.insert_documents(tx, found.documents)
    class_sheets.register(tx, found.sheets)


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
