"""What a signature shows on the page: nothing, or QR codes drawn as paths, so that no font need be embedded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import zxingcpp

QUIET_ZONE = 4  # modules, ISO/IEC 18004
FRAME = 1  # points left free along the edge of the box, so that a printed frame stays visible

Size = tuple[float, float]  # width and height in points

_DARK = re.compile(rb"\x00+")
_DRAWN = re.compile(rb"<</Type/XObject/Subtype/Form/[^\n]*\nstream\n([-\d. cefgmqrQ]*)\nendstream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """PDF path operators on a square of `side` units."""

    side: int
    operators: bytes


def qr(text: str) -> Drawing:
    """The text as a QR code that stays readable with 15 % of it damaged (level M)."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(add_quiet_zones=False)  # its type does not say that it is a buffer
    modules = memoryview(image)  # a byte each, 0 for a dark one
    size, side = image.shape[0], image.shape[0] + 2 * QUIET_ZONE
    bars = (
        b"%d %d %d 1 re" % (QUIET_ZONE + run.start(), side - QUIET_ZONE - row - 1, len(run[0]))
        for row in range(size)
        for run in _DARK.finditer(modules[row : row + 1])
    )
    white = b"1 g 0 0 %d %d re f " % (side, side)  # covers what the form printed there for the time before
    return Drawing(side=side, operators=white + b"0 g " + b" ".join(bars) + b" f")


def form(drawings: Sequence[Drawing], size: Size) -> bytes:
    """The form XObject (ISO 32000-1, 12.5.5) with the drawings side by side, each as large as fits and centred."""
    width, height = size
    room = width / max(1, len(drawings))
    return _form(b" ".join(_placed(one, room * place, room, height) for place, one in enumerate(drawings)), size)


def drawn(revision: bytes, size: Size) -> bytes | None:
    """The form XObject of this size with what a revision draws; None where there is none, or not of paths alone."""
    found = _DRAWN.search(revision)
    return _form(found[1], size) if found else None


def _form(content: bytes, size: Size) -> bytes:
    head = f"<</Type/XObject/Subtype/Form/BBox[0 0 {size[0]:g} {size[1]:g}]/Resources<<>>/Length {len(content)}>>"
    return head.encode() + b"\nstream\n" + content + b"\nendstream"


def _placed(drawing: Drawing, start: float, width: float, height: float) -> bytes:
    scale = (min(width, height) - 2 * FRAME) / drawing.side
    left, bottom = start + (width - scale * drawing.side) / 2, (height - scale * drawing.side) / 2
    return b"q %.4f 0 0 %.4f %.4f %.4f cm " % (scale, scale, left, bottom) + drawing.operators + b" Q"
