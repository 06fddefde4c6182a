"""An invented school's digitised copy, and scans to make it of."""

import io
from datetime import UTC, date, datetime

from PIL import Image, ImageDraw

from services.contracts.signing.documents import SlotRole
from services.transcript.canonical import Gender, Pupil, School, Slot
from services.transcript.digitised.data import Comparer, DigitisedData, Period, Scan
from tests.unit.transcript.papers import PRINCIPAL, identifier

SCHOOL = "Trường THCS Sông Mây"
A4 = (1240, 1754)  # pixels, 150 an inch


def leaf(words: str, size: tuple[int, int] = A4) -> Image.Image:
    """A scanned page: lines, a few words, a red stamp."""
    page = Image.new("RGB", size, (247, 243, 230))
    pen = ImageDraw.Draw(page)
    for line in range(200, size[1] - 150, 70):
        pen.line((90, line, size[0] - 90, line), fill=(120, 120, 150), width=2)
    pen.ellipse((size[0] - 460, size[1] - 460, size[0] - 160, size[1] - 160), outline=(200, 30, 40), width=9)
    pen.text((110, 110), words, fill=(20, 30, 90), font_size=48)
    return page


def packed(kind: str, *leaves: Image.Image) -> bytes:
    """The pages as one file."""
    out = io.BytesIO()
    more = {"save_all": True, "append_images": leaves[1:]} if kind == "PDF" else {}
    leaves[0].save(out, kind, **more)
    return out.getvalue()


def copy(**changes: object) -> DigitisedData:
    told = {
        "code": "01JZ8M4Q7W3K5X9C2V6T0BNRHE",
        "version": 1,
        "frozen_at": datetime(2026, 9, 12, 3, tzinfo=UTC),
        "school": School(
            unit_id=identifier(1),
            code="36000001",
            name=SCHOOL,
            commune="Xã Hải Xuân",
            province="Tỉnh Ninh Bình",
            department="Sở GDĐT Ninh Bình",
        ),
        "pupil": Pupil(
            person_id=identifier(3),
            code="3600000001",
            personal_id="000304000017",
            name="Trần Nguyễn Phương Uyên",
            born_on=date(2004, 9, 1),
            gender=Gender.FEMALE,
            ethnicity="Kinh",
            nationality="Việt Nam",
        ),
        "period": Period(first_year=2015, last_year=2018, grades=(6, 7, 8, 9)),
        "printed_school": "Trường Phổ thông cơ sở Sông Mây",
        "scan": Scan(sha256="a5" * 32, media_type="application/pdf", bytes=1_204_881, pages=3),
        "compared_by": Comparer(person_id=identifier(92), name="Lương Thị Kim Chi"),
        "compared_at": datetime(2026, 9, 11, 9, 30, tzinfo=UTC),
        "condition": "Bìa rách góc dưới; các trang còn đủ, chữ rõ.",
        "slots": (
            Slot(slot=SlotRole.PRINCIPAL, role=SlotRole.PRINCIPAL, subject=None, holder=identifier(91), name=PRINCIPAL),
            Slot(slot=SlotRole.SEAL, role=SlotRole.SEAL, subject=None, holder=identifier(1), name=SCHOOL),
        ),
    }
    return DigitisedData(**told | changes)  # type: ignore[arg-type]  # named by hand, as the tests change them
