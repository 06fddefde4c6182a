"""The transcript on paper: PDF/A-3b with its canonical data attached and empty boxes where signatures will stand."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import cast

import typst

from services.chassis.typesetting import compiler_of
from services.transcript.canonical import TranscriptData, to_canonical

_FORM = Path(__file__).parent / "forms" / "thcs_tt22.typ"
_PRINTS = ("THCS", "TT22/2021")
_VIETNAM = timezone(timedelta(hours=7))
_A4_HEIGHT = 841.89  # PDF points


def has_form(stage: str, regulation: str) -> bool:
    """Whether transcripts of this stage under this circular can be printed."""
    return (stage, regulation) == _PRINTS


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
        self._compiler = compiler_of(_FORM)

    def render(self, data: TranscriptData) -> Rendered:
        """The unsigned PDF/A-3b and the boxes of the slots that sign on paper: GVCN, CBQL and KY_PHAT_HANH.

        Raises NotPrintableError.
        """
        if not has_form(data.stage, data.regulation):
            raise NotPrintableError(f"No form for {data.stage} under {data.regulation}.")
        try:
            pdf = self._pdf(data)
            found = self._compiler.query("<signature-box>", field="value")
        except typst.TypstError as error:
            raise NotPrintableError(error.message) from error
        return Rendered(pdf=pdf, boxes=tuple(_box(**metadata) for metadata in json.loads(found)))

    def _pdf(self, data: TranscriptData) -> bytes:
        pdf = self._compiler.compile(
            format="pdf",
            pdf_standards="a-3b",
            pdf_tags=False,  # level b asks for none, and they make the file half as large again
            timestamp=data.frozen_at,
            sys_inputs={"data": to_canonical(data).decode(), "frozen_on": _in_words(data.frozen_at)},
        )
        return cast("bytes", pdf)  # a list only for pictures, None only for output to a file


def _in_words(moment: datetime) -> str:
    day = moment.astimezone(_VIETNAM)
    return f"ngày {day.day} tháng {day.month} năm {day.year}"


def _box(*, slot: str, page: int, x: float, y: float, width: float, height: float) -> SignatureBox:
    """From the form's measure (pages from 1, origin top left) to the PDF's."""
    top = _A4_HEIGHT - y
    return SignatureBox(slot=slot, page=page - 1, x0=x, y0=top - height, x1=x + width, y1=top)
