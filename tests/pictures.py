"""`make pictures`: draws the forms of every stage for the READMEs, filled in and sealed, all people being invented."""

import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image, ImageOps

from services.contracts.transcript.copies import CopyKind
from services.signing.summary import Issuer
from services.transcript.handing_out import NOTE
from services.transcript.printing import Printout, print_out
from tests.sealed_paper import sealed
from tests.unit.transcript.papers import papers

DOCS = Path(__file__).parents[1] / "docs"
LARGEST = 400_000  # bytes of a picture
GREY, GAP = "#d7dce6", 8
COLOURS = 24
HANDED_OUT_AT = datetime(2026, 6, 2, 3, tzinfo=UTC)


def draw() -> list[Path]:
    """Each stage's pages of the year, all of them together, the page with the seal, and an extract."""
    issuer = Issuer(private=ec.derive_private_key(1, ec.SECP256R1()))  # always the same, so that the pictures are
    by_stage = {stage: sealed(data, issuer) for stage, data in papers().items()}
    years = {stage: _pages(paper, dpi=84)[-2:] for stage, paper in by_stage.items()}
    small = [page for paper in by_stage.values() for page in _pages(paper, dpi=48)[-2:]]
    made = [_keep(f"form-{stage.lower()}", _beside(pages)) for stage, pages in years.items()]
    made.append(_keep("forms", _above([_beside(small[:4]), _beside(small[4:])])))
    made.append(_keep("sealed-page", _framed(_pages(by_stage["THCS"], dpi=120)[-1])))
    made.append(_keep("extract", _framed(_pages(_extract(), dpi=110)[0])))
    return made


def _extract() -> bytes:
    note = NOTE.format(id="0198f0c2-0000-7000-8000-000000000001", day="02/06/2026", recipient="Trần Văn Thụ")
    one = Printout(kind=CopyKind.EXTRACT, note=note, years=(papers()["THCS"],), given=(), printed_at=HANDED_OUT_AT)
    return print_out(one)


def _pages(pdf: bytes, *, dpi: int) -> list[Image.Image]:
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", str(dpi), "-png", "-", f"{folder}/page"]
        subprocess.run(command, input=pdf, check=True)
        return [Image.open(path).convert("RGB") for path in sorted(Path(folder).iterdir())]


def _framed(page: Image.Image) -> Image.Image:
    return ImageOps.expand(page, border=GAP, fill=GREY)


def _beside(pages: Sequence[Image.Image]) -> Image.Image:
    framed = [_framed(page) for page in pages]
    whole = Image.new("RGB", (sum(one.width for one in framed), framed[0].height), GREY)
    for number, one in enumerate(framed):
        whole.paste(one, (number * one.width, 0))
    return whole


def _above(rows: Sequence[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (rows[0].width, sum(row.height for row in rows)), GREY)
    for number, row in enumerate(rows):
        whole.paste(row, (0, number * row.height))
    return whole


def _keep(name: str, picture: Image.Image) -> Path:
    """With few colours, as print has."""
    path = DOCS / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{path} has {size:,} bytes, more than {LARGEST:,}: draw it with fewer points an inch.")
    return path


if __name__ == "__main__":
    for drawn in draw():
        print(f"{drawn.stat().st_size:>8,} {drawn.relative_to(DOCS.parent)}")  # noqa: T201 - a command
