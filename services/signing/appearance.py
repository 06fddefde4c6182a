"""What a signature shows on the page: nothing, or QR codes drawn as paths, so that no font need be embedded."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET_ZONE = 4  # modules, ISO/IEC 18004
FRAME = 1  # points left free along the edge of the box, so that a printed frame stays visible
MASK = 3  # any mask is readable; weighing all eight would cost four times the signature itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """PDF path operators on a square of `side` units."""

    side: int
    operators: bytes


def qr(text: str) -> Drawing:
    """The text as a QR code that stays readable with 15 % of it damaged (level M)."""
    code = segno.make_qr(text, error="m", boost_error=False, mask=MASK)
    side = len(code.matrix) + 2 * QUIET_ZONE
    bars = (
        b"%d %d %d 1 re" % (QUIET_ZONE + start, side - QUIET_ZONE - row - 1, length)
        for row, modules in enumerate(code.matrix)
        for start, length in _dark_runs(modules)
    )
    white = b"1 g 0 0 %d %d re f " % (side, side)  # covers what the form printed there for the time before
    return Drawing(side=side, operators=white + b"0 g " + b" ".join(bars) + b" f")


def form(drawings: Sequence[Drawing], *, width: float, height: float) -> bytes:
    """The form XObject (ISO 32000-1, 12.5.5) with the drawings side by side, each as large as fits and centred."""
    room = width / max(1, len(drawings))
    content = b" ".join(_placed(one, room * place, room, height) for place, one in enumerate(drawings))
    head = f"<</Type/XObject/Subtype/Form/BBox[0 0 {width:g} {height:g}]/Resources<<>>/Length {len(content)}>>"
    return head.encode() + b"\nstream\n" + content + b"\nendstream"


def _dark_runs(modules: bytearray) -> list[tuple[int, int]]:
    runs = []
    for dark, run in groupby(range(len(modules)), modules.__getitem__):
        if dark:
            columns = list(run)
            runs.append((columns[0], len(columns)))
    return runs


def _placed(drawing: Drawing, start: float, width: float, height: float) -> bytes:
    scale = (min(width, height) - 2 * FRAME) / drawing.side
    left, bottom = start + (width - scale * drawing.side) / 2, (height - scale * drawing.side) / 2
    return b"q %.4f 0 0 %.4f %.4f %.4f cm " % (scale, scale, left, bottom) + drawing.operators + b" Q"
