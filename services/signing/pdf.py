"""Signing PDF files from typst: one revision prepares the empty fields, then one revision per signature (PAdES-B-B)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.contracts.signing.documents import ON_PAPER
from services.signing import cms, pdf_fields, pdf_file
from services.signing.appearance import Drawing, Size, drawn, form
from services.signing.keys import Credential, Signer
from services.signing.pdf_file import PdfFile, UnsupportedPdf

PRINT_AND_LOCKED = 4 | 128  # annotation flags, ISO 32000-1, 12.5.3; PDF/A asks for Print
SIGNATURES_APPEND_ONLY = 1 | 2  # SigFlags, ISO 32000-1, 12.7.2

_KIDS = re.compile(rb"/Kids\[((?:\d+ 0 R ?)*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R")
_ANNOTATIONS = re.compile(rb"/Annots\[(?=[^\]]*\])")
_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_FIELD = re.compile(rb"/FT/Sig/T\((\w+)\)")
_FILLED = re.compile(rb"/V \d+ 0 R")
_APPEARANCE = re.compile(rb"/AP<</N \d+ 0 R>>")
_RECTANGLE = re.compile(rb"/Rect\[([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)\]")
_SIGNED = re.compile(rb"/M\((D:\d{14}Z)\)/ByteRange\[[\d ]+\] */Contents<([0-9a-f]+)>>>")
_TIME = "D:%Y%m%d%H%M%SZ"


class NotItsTurn(ValueError):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """The field is missing or already signed, or one that must be signed before it is still empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a signature stands: page from 0, corners in PDF points from the bottom left of the page."""

    slot: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def prepare(pdf: bytes, boxes: Sequence[Box]) -> bytes:
    """The file with one empty signature field for each box, to be signed in the order of ON_PAPER.

    The last field locks the whole document once it is signed. Raises UnsupportedPdf when the file is not as
    typst writes it or already has fields.
    """
    file = pdf_file.read(pdf)
    catalog, acroform = file.body(file.last.root), file.last.size
    if b"/AcroForm" in catalog:
        raise UnsupportedPdf("The file already has a form.")
    pages = _pages(file, catalog)
    in_turn = sorted(boxes, key=lambda box: ON_PAPER.index(box.slot))
    fields = {acroform + 1 + 2 * turn: box for turn, box in enumerate(in_turn)}  # each is followed by its appearance
    objects = {file.last.root: _with(catalog, b"/AcroForm %d 0 R" % acroform)}
    for page in sorted({box.page for box in boxes}):
        mine = sorted(number for number, box in fields.items() if box.page == page)
        objects[pages[page]] = _with_annotations(file.body(pages[page]), mine)
    objects[acroform] = b"<</Fields[%b]/SigFlags %d>>" % (_references(sorted(fields)), SIGNATURES_APPEND_ONLY)
    for number, box in sorted(fields.items()):
        objects[number] = _field(box, page=pages[box.page], appearance=number + 1)
        objects[number + 1] = form((), (box.x1 - box.x0, box.y1 - box.y0))
    return file.append(objects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A paper with a field filled but for the digits of its signature, whose place is between `head` and `tail`."""

    head: bytes
    tail: bytes
    digest: bytes
    """SHA-256 of both."""
    credential: Credential

    def digest_to_sign(self) -> bytes:
        return cms.digest_to_sign(self.credential, self.digest)

    def signed(self, value: bytes) -> bytes:
        """The paper with the raw value over `digest_to_sign`."""
        signature = cms.detached(self.credential, self.digest, value)
        return b"%b<%b>%b" % (self.head, signature.hex().encode(), self.tail)


def draft(pdf: bytes, field: str, credential: Credential, *, at: datetime, drawings: Sequence[Drawing] = ()) -> Draft:
    """The file with the field about to be signed over everything before it.

    Drawings are fitted into the field's box; without any the box stays as the form printed it.
    Raises NotItsTurn out of turn, UnsupportedPdf for a file that `prepare` did not make.
    """
    file, room = pdf_file.read(pdf), 2 * cms.size(credential)
    empty = _first_empty(file)
    if empty is None or empty.name != field:
        raise NotItsTurn(f"It is not the turn of the field {field}.")
    painted = form(drawings, empty.size) if drawings else None
    head, tail = _revision(file, empty, at=at, room=room, painted=painted)
    return Draft(head=head, tail=tail, digest=pdf_fields.digest(head, tail), credential=credential)


def sign(pdf: bytes, field: str, signer: Signer, *, at: datetime, drawings: Sequence[Drawing] = ()) -> bytes:
    """The file with the field signed by a key at hand; raises like `draft`."""
    made = draft(pdf, field, signer.credential, at=at, drawings=drawings)
    (value,) = signer.sign([made.digest_to_sign()])
    return made.signed(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A signature as its revision holds it: `contents` is DER in zeros, over `digest` of all the rest up to there."""

    field: str
    at: datetime
    contents: bytes
    digest: bytes


def read(file: PdfFile, index: int) -> Filled:
    """The signature that a revision adds; raises UnsupportedPdf when one byte is not as `draft` writes it.

    What it shows on the page is free, as long as it is a drawing that needs nothing else of the file.
    """
    before, whole = file.until(index), file.raw[: file.revisions[index].end]
    added, empty = whole[len(before.raw) :], _first_empty(before)
    if empty is None or not (found := _SIGNED.search(added)):
        raise UnsupportedPdf("The revision is no signature in an empty field.")
    at, digits = datetime.strptime(found[1].decode(), _TIME).replace(tzinfo=UTC), found[2]
    painted = drawn(added, empty.size)
    head, tail = _revision(before, empty, at=at, room=len(digits), painted=painted)
    if b"%b<%b>%b" % (head, digits, tail) != whole:
        raise UnsupportedPdf("The signature is not in the form in which this platform writes it.")
    return Filled(
        field=empty.name, at=at, contents=bytes.fromhex(digits.decode()), digest=pdf_fields.digest(head, tail)
    )


def _pages(file: PdfFile, catalog: bytes) -> list[int]:
    if not (root := _PAGES.search(catalog)) or not (kids := _KIDS.search(file.body(int(root[1])))):
        raise UnsupportedPdf("The file has no plain list of pages.")
    return [int(number) for number in _REFERENCE.findall(kids[1])]


def _with(dictionary: bytes, entry: bytes) -> bytes:
    return dictionary[:-2] + entry + b">>"


def _with_annotations(page: bytes, numbers: Sequence[int]) -> bytes:
    if not page.startswith(b"<</Type/Page/"):
        raise UnsupportedPdf("The list of pages holds something else than pages.")
    if b"/Annots" not in page:
        return _with(page, b"/Annots[%b]" % _references(numbers))
    changed, count = _ANNOTATIONS.subn(b"/Annots[%b " % _references(numbers), page)
    if count != 1:
        raise UnsupportedPdf("A page's annotations are not one plain list.")
    return changed


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _field(box: Box, *, page: int, appearance: int) -> bytes:
    """Field and widget in one, as ISO 32000-1, 12.7.3 allows; the last, once signed, allows no change (12.7.4.5)."""
    lock = b"/Lock<</Type/SigFieldLock/Action/All/P 1>>" if box.slot == ON_PAPER[-1] else b""
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%b)/F %d/Rect[%.3f %.3f %.3f %.3f]/P %d 0 R/AP<</N %d 0 R>>%b>>" % (
        box.slot.encode(),
        PRINT_AND_LOCKED,
        *(box.x0, box.y0, box.x1, box.y1),
        page,
        appearance,
        lock,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Empty:
    """A field that is not signed yet, and its dictionary."""

    name: str
    number: int
    widget: bytes

    @property
    def size(self) -> Size:
        if not (rectangle := _RECTANGLE.search(self.widget)):
            raise UnsupportedPdf("The field has no rectangle of its own.")
        x0, y0, x1, y1 = map(float, rectangle.groups())
        return x1 - x0, y1 - y0


def _first_empty(file: PdfFile) -> _Empty | None:
    found = pdf_fields.find_form(file)
    for reference in _REFERENCE.findall(found[1][1] if found else b""):
        widget = file.body(int(reference))
        if not _FILLED.search(widget):
            title = _FIELD.search(widget)
            return _Empty(name=title[1].decode() if title else "", number=int(reference), widget=widget)
    return None


def _revision(file: PdfFile, empty: _Empty, *, at: datetime, room: int, painted: bytes | None) -> tuple[bytes, bytes]:
    """The file with the field signed, before and after the digits of the signature."""
    value, appearance = file.last.size, file.last.size + 1
    locking = _locking(file.last.root) if b"/Lock" in empty.widget else b""
    widget = _with(empty.widget, b"/V %d 0 R" % value)
    objects = {value: _signature(at, locking=locking, room=room), empty.number: widget}
    if painted is not None:
        objects[empty.number] = _APPEARANCE.sub(b"/AP<</N %d 0 R>>" % appearance, widget)
        objects[appearance] = painted
    return pdf_fields.cut(file.append(objects), start=len(file.raw), room=room)


def _signature(at: datetime, *, locking: bytes, room: int) -> bytes:
    """A signature dictionary with `room` hexadecimal digits and a byte range still to fill."""
    return b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached%b/M(%b)%b>>" % (
        locking,
        at.astimezone(UTC).strftime(_TIME).encode(),
        pdf_fields.places(room),
    )


def _locking(root: int) -> bytes:
    """No field may change after this signature (FieldMDP, ISO 32000-1, 12.8.2.4)."""
    parameters = b"<</Type/TransformParams/V/1.2/Action/All>>"
    return b"/Reference[<</Type/SigRef/TransformMethod/FieldMDP/Data %d 0 R/TransformParams%b>>]" % (root, parameters)
