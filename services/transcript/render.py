"""The transcript on paper: PDF/A-3a with its canonical data attached and empty boxes where signatures will stand."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import typst

from services.chassis.typesetting import compiler_of
from services.transcript.canonical import TranscriptData, to_canonical

FORMS = Path(__file__).parent / "forms"
"""The printed forms, in typst: one file a stage, what they share, and what is printed of them."""
_FORM_OF = {
    ("TH", "TT27/2020"): "th_tt27",
    ("THCS", "TT22/2021"): "thcs_tt22",
    ("THPT", "TT22/2021"): "thpt_tt22",
    ("GDTX", "TT43/2021"): "gdtx_tt43",
}
STANDARD: Final = "a-3a"
"""PDF/A-3 for its attachments, level a for its structure, which screen readers need."""
_A4_HEIGHT = 841.89  # PDF points


def has_form(stage: str, regulation: str) -> bool:
    """Whether transcripts of this stage under this circular can be printed."""
    return (stage, regulation) in _FORM_OF


def form_of(data: TranscriptData) -> str:
    """The name of the transcript's form; NotPrintableError where there is none."""
    if not has_form(data.stage, data.regulation):
        raise NotPrintableError(f"No form for {data.stage} under {data.regulation}.")
    return _FORM_OF[data.stage, data.regulation]


def inputs_of(data: TranscriptData) -> dict[str, str]:
    """What typst is given to print a transcript."""
    return {"form": form_of(data), "data": to_canonical(data).decode()}


class NotPrintableError(ValueError):
    """No form for this stage and regulation, or a value that the form cannot print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBox:
    """A slot's empty rectangle: page counted from 0, PDF points from the page's lower left corner."""

    slot: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    pdf: bytes
    boxes: tuple[SignatureBox, ...]


class Renderer:
    """One compiler with its caches, not to be shared between threads.

    The same data gives the same bytes on every machine: no font but ours, no clock but `frozen_at`.
    """

    def __init__(self) -> None:
        self._compiler = compiler_of(FORMS / "hoc_ba.typ")

    def render(self, data: TranscriptData) -> Rendered:
        """The unsigned PDF/A-3a and the boxes of the slots that sign on paper: GVCN, CBQL and KY_PHAT_HANH.

        Raises NotPrintableError.
        """
        inputs = inputs_of(data)
        try:
            pdf = self._pdf(data, inputs)
            found = self._compiler.query("<signature-box>", field="value")
        except typst.TypstError as error:
            raise NotPrintableError(error.message) from error
        return Rendered(pdf=pdf, boxes=boxes_of(found))

    def _pdf(self, data: TranscriptData, inputs: dict[str, str]) -> bytes:
        pdf = self._compiler.compile(
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=data.frozen_at,
            sys_inputs=inputs,
        )
        return cast("bytes", pdf)  # a list only for pictures, None only for output to a file


def boxes_of(found: str) -> tuple[SignatureBox, ...]:
    """The boxes that a form's query for `<signature-box>` gave."""
    return tuple(_box(**metadata) for metadata in json.loads(found))


def _box(*, slot: str, page: int, x: float, y: float, width: float, height: float) -> SignatureBox:
    """From the form's measure (pages from 1, origin top left) to the PDF's."""
    top = _A4_HEIGHT - y
    return SignatureBox(slot=slot, page=page - 1, x0=x, y0=top - height, x1=x + width, y1=top)
