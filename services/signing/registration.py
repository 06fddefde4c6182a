"""Documents that transcript has frozen, registered with their empty signature fields in place."""

from collections.abc import Sequence
from typing import Any

from services.chassis.codec import encode
from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.transcript import DocumentV1, ReadDocuments, TranscriptsFrozenV1
from services.signing import pdf, repository


def prepare_documents(events: Sequence[TranscriptsFrozenV1], outside: Outside) -> list[dict[str, Any]]:
    """The documents new to us, with their empty signature fields in place."""
    rows = []
    for year, class_id in sorted({(event.school_year, event.record_id) for event in events}):
        answer = outside.ask(ReadDocuments(school_year=year, class_id=class_id), timeout=30)
        with outside.db.transaction() as tx:
            known = repository.known_documents(tx, year, class_id)
        place = {"school_year": year, "class_id": class_id, "unit_id": answer.unit_id}
        new = [one for one in answer.documents if (one.transcript_id, one.version) not in known]
        rows += [place | _document_row(document, outside) for document in new]
    return rows


def register_documents(tx: Tx, _events: Sequence[TranscriptsFrozenV1], rows: Sequence[dict[str, Any]]) -> None:
    repository.insert_documents(tx, rows)


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
