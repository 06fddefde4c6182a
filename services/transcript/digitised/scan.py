"""A scanned paper, read in a process with limits: what kind of file it is, and each page as a picture of one kind.

Pages are drawn anew, as PDF/A takes no pages of other PDF files; what else a file holds (scripts, layers, whatever
viewers show differently) is left behind, so that all see what was signed.
"""

import io
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import typst
from PIL import Image, ImageOps

from services.chassis.workbook.bounded import Limits, bounded
from services.chassis.workbook.faults import MIB, TOO_HEAVY
from services.chassis.workbook.problems import WorkbookRefused

PDF = "application/pdf"
KINDS = {b"%PDF-": PDF, b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""What a file of each kind begins with."""
MOST_PAGES = 40  # the thickest paper transcript has some thirty
MOST_PIXELS = 40_000_000  # A4 at 600 dots an inch has 35 million
LONGEST_EDGE = 1600  # pixels of a page in the copy, some 137 an inch of A4
QUALITY = 60  # of JPEG; handwriting stays easy to read
LIMITS = Limits(most_bytes=20 * MIB, memory_bytes=1024 * MIB, processor_seconds=40, seconds=45)
_INCH = 137
_PAGE = """
#let page-of-scan = image("scan.pdf", page: {number}, width: 100%, height: 100%, fit: "contain")
#context {{
  let natural = measure(image("scan.pdf", page: {number}))
  let (width, height) = if natural.width > natural.height {{ (297mm, 210mm) }} else {{ (210mm, 297mm) }}
  page(width: width, height: height, margin: 0pt, page-of-scan)
}}
"""


class ScanFault(StrEnum):
    """Why a file cannot be taken as a scan."""

    NOT_A_SCAN = "not_a_scan"
    UNREADABLE = "unreadable"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE = "too_large"
    TOO_HEAVY = "too_heavy"


class UnfitScan(ValueError):  # noqa: N818 - a refusal is an answer, not a fault of the program
    """The file cannot be taken as a scan."""

    def __init__(self, fault: ScanFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The file's kind, and its pages in order as JPEG."""

    media_type: str
    pictures: tuple[bytes, ...]


def read_scan(data: bytes) -> Pages:
    """The pages of a PDF, a JPEG or a PNG, or UnfitScan. It waits for another process: call it from a thread."""
    if len(data) > LIMITS.most_bytes:
        raise UnfitScan(ScanFault.TOO_LARGE)
    media_type = next((kind for start, kind in KINDS.items() if data.startswith(start)), None)
    if media_type is None:
        raise UnfitScan(ScanFault.NOT_A_SCAN)
    try:
        pictures = _drawn(data) if media_type == PDF else bounded(picture, data, limits=LIMITS)
    except WorkbookRefused as died:
        heavy = died.problems[0].reason_code == TOO_HEAVY.code
        raise UnfitScan(ScanFault.TOO_HEAVY if heavy else ScanFault.UNREADABLE) from died
    if len(pictures) > MOST_PAGES:
        raise UnfitScan(ScanFault.TOO_MANY_PAGES)
    return Pages(media_type=media_type, pictures=tuple(pictures))


def _drawn(data: bytes) -> list[bytes]:
    """By way of a file: typst reads no PDF from memory, and the process with limits can write none."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "scan.pdf").write_bytes(data)
        return bounded(drawn_pages, b"", limits=LIMITS, folder=folder)


def picture(data: bytes) -> list[bytes]:
    """The one page of a JPEG or PNG, upright and without what hides behind its transparency; raises for any other."""
    Image.MAX_IMAGE_PIXELS = None  # this process reads one picture, and judges its size itself
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise MemoryError
        if opened.mode.startswith(("I", "F")):  # Pillow would make a white page of 16 bits
            raise ValueError(opened.mode)
        opened.load()
        return [_jpeg(ImageOps.exif_transpose(opened))]


def drawn_pages(_data: bytes, *, folder: str) -> list[bytes]:
    """The pages of `scan.pdf` in the folder, one more than are allowed at most; raises for what is no PDF."""
    no_fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[])
    compiler = typst.Compiler(root=folder, font_paths=no_fonts)
    pictures: list[bytes] = []
    for number in count(1):
        try:
            drawn = compiler.compile(input=_PAGE.format(number=number).encode(), format="png", ppi=_INCH)
        except typst.TypstError as error:
            if number > 1 and "does not exist" in error.message:
                break
            raise
        with Image.open(io.BytesIO(cast("bytes", drawn))) as page:  # a list only for several pages
            pictures.append(_jpeg(page))
        if number > MOST_PAGES:
            break
    return pictures


def _jpeg(page: Image.Image) -> bytes:
    if page.mode not in ("L", "RGB"):
        solid = page.convert("RGBA")
        page = Image.alpha_composite(Image.new("RGBA", solid.size, "white"), solid).convert("RGB")
    page.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    packed = io.BytesIO()
    page.save(packed, "JPEG", quality=QUALITY)
    return packed.getvalue()
