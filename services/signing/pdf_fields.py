"""Signature fields of the PDF files we sign: where the form lists them, and the place left open for a signature."""

import re
from hashlib import sha256

from services.signing.pdf_file import PdfFile

_OPEN_RANGE = b" " * 40  # kept for "[0 a b c]"
_ACROFORM = re.compile(rb"/AcroForm (\d+) 0 R")
_FIELDS = re.compile(rb"/Fields\[((?:\d+ 0 R ?)*)\]")


def find_form(file: PdfFile) -> tuple[int, "re.Match[bytes]"] | None:
    """The number of the form, and its list of fields as found in its body."""
    acroform = _ACROFORM.search(file.body(file.last.root))
    fields = _FIELDS.search(file.body(int(acroform[1]))) if acroform else None
    return (int(acroform[1]), fields) if acroform and fields else None


def places(room: int) -> bytes:
    """The entry /ByteRange, still to be written, and /Contents with room for so many digits (ISO 32000-1, 12.8.1)."""
    return b"/ByteRange%b/Contents<%b>" % (_OPEN_RANGE, b"0" * room)


def cut(whole: bytes, *, start: int, room: int) -> tuple[bytes, bytes]:
    """Write the range into the first `places` from `start` on; gives what stands before the digits, and after them."""
    opening = whole.index(b"/Contents<", start) + len(b"/Contents")
    closing = opening + room + 2
    byte_range = b"[0 %d %d %d]" % (opening, closing, len(whole) - closing)
    place = whole.index(b"/ByteRange", start) + len(b"/ByteRange")
    head = whole[:place] + byte_range.ljust(len(_OPEN_RANGE)) + whole[place + len(_OPEN_RANGE) : opening]
    return head, whole[closing:]


def digest(head: bytes, tail: bytes) -> bytes:
    """SHA-256 of both."""
    covered = sha256(head)
    covered.update(tail)
    return covered.digest()
