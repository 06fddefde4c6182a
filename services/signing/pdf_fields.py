"""Signature fields of the PDF files we sign: where the form lists them, and what is left open for a signature."""

import re

from services.signing.pdf_file import PdfFile

OPEN_RANGE = b" " * 40  # kept for "[0 a b c]"
_ACROFORM = re.compile(rb"/AcroForm (\d+) 0 R")
_FIELDS = re.compile(rb"/Fields\[((?:\d+ 0 R ?)*)\]")


def find_form(file: PdfFile) -> tuple[int, "re.Match[bytes]"] | None:
    """The number of the form, and its list of fields as found in its body."""
    acroform = _ACROFORM.search(file.body(file.last.root))
    fields = _FIELDS.search(file.body(int(acroform[1]))) if acroform else None
    return (int(acroform[1]), fields) if acroform and fields else None


def cut(whole: bytes, *, start: int, digits: int) -> tuple[bytes, bytes]:
    """Write the byte range, now that all places are known, and cut where so many digits of /Contents will stand."""
    opening = whole.index(b"/Contents<", start) + len(b"/Contents")
    closing = opening + digits + 2
    byte_range = b"[0 %d %d %d]" % (opening, closing, len(whole) - closing)
    place = whole.index(b"/ByteRange", start) + len(b"/ByteRange")
    head = whole[:place] + byte_range.ljust(len(OPEN_RANGE)) + whole[place + len(OPEN_RANGE) : opening]
    return head, whole[closing:]
