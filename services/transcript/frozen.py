"""What the register keeps of a document from its freezing on, be it a transcript or a digitised copy."""

from dataclasses import asdict
from typing import Any

from services.chassis.codec import encode
from services.chassis.objects import Objects
from services.contracts.transcript import BoxV1, TranscriptState
from services.transcript import domain
from services.transcript.canonical import TranscriptData
from services.transcript.digitised.data import DigitisedData
from services.transcript.render import Rendered


def columns(
    data: TranscriptData | DigitisedData, *, canonical: bytes, xml: bytes, rendered: Rendered, objects: Objects
) -> dict[str, Any]:
    """The columns of both kinds; the files are stored before the row."""
    written, printed = objects.put(xml), objects.put(rendered.pdf)
    return {
        "state": TranscriptState.FROZEN,
        "code": data.code,
        "canonical": objects.put(canonical),
        "frozen_xml": written,
        "frozen_pdf": printed,
        "xml": written,
        "pdf": printed,
        "frozen_at": data.frozen_at,
        "school_name": data.school.name,
        "pupil_initials": domain.initials(data.pupil.name),
        "slots": encode(list(domain.slots_of(data.slots))),
        "boxes": encode([BoxV1(**asdict(box)) for box in rendered.boxes]),
    }
