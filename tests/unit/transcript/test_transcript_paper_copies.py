"""Digitised copies before they are signed: their bytes, their paper, and the scans that they are made of."""

import io
import json
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pytest
import rfc8785
from lxml import etree
from PIL import Image

from services.transcript.canonical import digest
from services.transcript.digitised import scan
from services.transcript.digitised.data import to_canonical
from services.transcript.digitised.document_xml import write
from services.transcript.digitised.paper import render
from services.transcript.digitised.scan import ScanFault, UnfitScan, read_scan
from services.transcript.document_xml import SCHEMA
from services.transcript.render import NotPrintableError
from services.transcript.xml_parts import UnwritableError
from tests.unit.transcript.copies import A4, copy, leaf, packed

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.fixture(scope="module")
def pages():
    return read_scan(packed("PDF", leaf("Trang I"), leaf("Trang II", A4[::-1]), leaf("Trang III")))


@pytest.fixture(scope="module")
def paper(pages):
    return render(copy(), pages.pictures)


def words(pdf, *options):
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def size(picture):
    return Image.open(io.BytesIO(picture)).size


def test_the_data_is_canonical_and_says_that_it_is_a_copy():
    data = to_canonical(copy())

    fields = json.loads(data)
    assert rfc8785.dumps(fields) == data
    assert (fields["format"], fields["origin"]) == ("vn.hocba.digitised.v1", "DIGITISED_COPY")
    assert [slot["role"] for slot in fields["slots"]] == ["CBQL", "KY_PHAT_HANH"]
    assert set(fields["scan"]) == {"sha256", "media_type", "bytes", "pages"}


def test_letters_composed_or_not_are_the_same_data():
    decomposed = copy(printed_school="Trường Phổ thông cơ sở Sông Mây")

    assert to_canonical(decomposed) == to_canonical(copy())


def test_the_document_fits_the_published_schema_and_names_the_data():
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    for data in (copy(), copy(condition=None)):
        document = etree.fromstring(write(data))

        schema.validate(document)
        assert [str(entry.message) for entry in schema.error_log] == []
        assert document.findtext(".//MA_BAM_DU_LIEU") == digest(to_canonical(data))
        assert document.findtext(".//NGUON_GOC") == "DIGITISED_COPY"
        assert document.findtext(".//BAN_QUET/MA_BAM") == data.scan.sha256
        assert etree.tostring(document, method="c14n") == write(data)


def test_what_paper_would_not_show_is_refused():
    with pytest.raises(UnwritableError):
        write(copy(condition="rách\u202etrang"))
    with pytest.raises(NotPrintableError):
        render(copy(condition="rách 𓀀"), read_scan(packed("JPEG", leaf("I"))).pictures * 3)


def test_the_same_data_and_pages_give_the_same_bytes(paper, pages):
    assert render(copy(), pages.pictures) == paper


@needs_poppler
def test_the_first_page_says_what_it_is_whose_paper_and_who_compared_it(paper):
    first = words(paper.pdf, "-l", "1")

    data = copy()
    for told in (
        "BẢN SAO ĐIỆN TỬ",
        "số hóa từ học bạ giấy",
        data.pupil.name,
        data.printed_school,
        "từ 2015 – 2016 đến 2018 – 2019",
        data.compared_by.name,
        data.condition,
        data.code,
    ):
        assert told in first
    assert data.scan.sha256 in first.replace(" ", "")
    assert "HỌC BẠ TRUNG HỌC" not in first


@needs_poppler
def test_every_page_says_that_it_is_a_copy(paper):
    for page in ("1", "2", "3", "4"):
        assert "không phải bản gốc" in words(paper.pdf, "-f", page, "-l", page)
    assert "Trang quét 3 trên 3" in words(paper.pdf, "-f", "4")


def test_the_paper_has_places_for_principal_and_seal_on_its_first_page_and_the_data_alone_attached(paper):
    assert sorted(box.slot for box in paper.boxes) == ["CBQL", "KY_PHAT_HANH"]
    assert {box.page for box in paper.boxes} == {0}
    with pikepdf.open(io.BytesIO(paper.pdf)) as pdf:
        assert {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()} == {
            "transcript.json": to_canonical(copy())
        }
        assert [page.mediabox[2] > page.mediabox[3] for page in pdf.pages] == [False, False, True, False]
        assert b"<pdfaid:part>3" in pdf.Root.Metadata.read_bytes()


def test_pages_of_a_pdf_are_drawn_upright_or_across_as_they_are(pages):
    assert pages.media_type == "application/pdf"
    assert [size(one)[0] > size(one)[1] for one in pages.pictures] == [False, True, False]


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_one_page_no_larger_than_needed(kind, media_type):
    pages = read_scan(packed(kind, leaf("I", (2480, 3508))))

    assert pages.media_type == media_type
    assert [max(size(one)) for one in pages.pictures] == [scan.LONGEST_EDGE]


def test_a_picture_that_was_taken_across_is_turned_as_it_says():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turn to the right (EXIF, orientation)
    leaf("I", A4[::-1]).save(out, "JPEG", exif=exif)

    (page,) = read_scan(out.getvalue()).pictures

    assert size(page)[0] < size(page)[1]


def test_nothing_hides_behind_transparency():
    hidden = Image.new("RGBA", (40, 40), (0, 0, 0, 0))

    (page,) = read_scan(packed("PNG", hidden)).pictures

    assert Image.open(io.BytesIO(page)).getpixel((20, 20)) == (255, 255, 255)


def test_what_else_a_pdf_holds_is_left_behind():
    with pikepdf.open(io.BytesIO(packed("PDF", leaf("I")))) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")
        out = io.BytesIO()
        pdf.save(out)

    made = render(replace(copy(), scan=replace(copy().scan, pages=1)), read_scan(out.getvalue()).pictures)

    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert "/OpenAction" not in pdf.Root


def locked():
    with pikepdf.open(io.BytesIO(packed("PDF", leaf("I")))) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user="y"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (b"", ScanFault.NOT_A_SCAN),
        (b"PK\x03\x04", ScanFault.NOT_A_SCAN),
        (b"GIF89a", ScanFault.NOT_A_SCAN),
        (b"%PDF-1.7\n", ScanFault.UNREADABLE),
        (b"\xff\xd8\xff" + packed("PNG", leaf("I", (9, 9))), ScanFault.UNREADABLE),
        (packed("PNG", leaf("I"))[:-2000], ScanFault.UNREADABLE),
        (locked(), ScanFault.UNREADABLE),
        (packed("PNG", Image.new("I;16", (9, 9), 30_000)), ScanFault.UNREADABLE),
        (packed("PNG", Image.new("1", (30_000, 30_000))), ScanFault.TOO_HEAVY),
        (b"%PDF-1.7\n" + b"0" * scan.LIMITS.most_bytes, ScanFault.TOO_LARGE),
    ],
    ids=[
        "nothing",
        "zip",
        "gif",
        "no pdf",
        "png as jpeg",
        "cut short",
        "under a password",
        "16 bits",
        "bomb",
        "too large",
    ],
)
def test_a_file_that_is_no_fit_scan_is_refused(file, fault):
    with pytest.raises(UnfitScan) as refused:
        read_scan(file)

    assert refused.value.fault is fault


def test_reading_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(scan, "LIMITS", scan.Limits(processor_seconds=1))
    many = packed("PDF", *([leaf("I")] * scan.MOST_PAGES))

    with pytest.raises(UnfitScan) as refused:
        read_scan(many)

    assert refused.value.fault is ScanFault.TOO_HEAVY
