"""A sealed class: every document whole, valid to us and to programs that share no code with us."""

import shutil
import subprocess

import pytest
import zxingcpp
from PIL import Image

from deploy.outside_checks import PROGRAMS, check_pdf, check_xml
from services.chassis.errors import NotFound
from services.contracts.signing.checking import CheckFiles
from services.contracts.verdicts import Verdict
from services.signing import summary
from services.signing.usecases import checking
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SUBJECTS, published_keys, slots

QUEUED = "SELECT kind, reference, digest FROM log_queue ORDER BY id"


def test_a_class_is_signed_by_all_in_turn_and_sealed(sealed):
    documents = sealed.signed()

    assert [(document.signatures, document.complete) for document in documents] == [(5, True)] * 3
    assert slots(sealed) == sorted(["GVBM-TOAN", "GVBM-GDTC", "GVCN", "CBQL", "KY_PHAT_HANH"] * 3)


def test_the_sealed_files_are_valid_and_are_the_documents_of_their_codes(sealed):
    reports = sealed.reports(xml=False) + sealed.reports(xml=True)

    assert [(report.kind, report.verdict, report.reasons) for report in reports] == [
        *[("pdf", Verdict.VALID, ())] * 3,
        *[("xml", Verdict.VALID, ())] * 3,
    ]
    assert {report.code for report in reports} == {document.code for document in sealed.documents}
    assert [len(report.signatures) for report in reports] == [3, 3, 3, 5, 5, 5]


def test_what_a_stranger_shows_is_checked_and_then_forgotten(sealed, monkeypatch):
    signing = sealed.signing
    asked = CheckFiles(files=(signing.objects.lend(signing.objects.get(sealed.signed()[0].pdf) + b" "),))

    (report,) = signing.ask(asked).reports
    monkeypatch.setattr(checking, "LENT_SECONDS", 0.0)
    signing.round("taken_back").before(signing.outside)

    assert report.verdict is Verdict.BROKEN
    with pytest.raises(NotFound):
        signing.ask(asked)


def test_with_the_seal_data_and_both_files_enter_the_transparency_log(sealed):
    digests = {("document", document.code, document.canonical) for document in sealed.documents}
    files = {("file", name, name) for document in sealed.signed() for name in (document.xml, document.pdf)}

    queued = {(row.kind, row.reference, bytes(row.digest).hex()) for row in sealed.signing.sql(QUEUED)}

    assert len(digests | files) == 9
    assert digests | files <= queued


def test_before_the_seal_nothing_of_a_document_is_in_the_log(a_class):
    before = a_class.signing.sql(QUEUED)
    a_class.sign_until(SUBJECTS, HOMEROOM, PRINCIPAL)

    assert a_class.signing.sql(QUEUED) == before


def test_programs_that_share_no_code_with_us_accept_a_sealed_document(sealed, roots, tmp_path):
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed: {missing}")
    document = sealed.signed()[0]
    for name in ("pdf", "xml"):
        (tmp_path / name).write_bytes(sealed.signing.objects.get(getattr(document, name)))

    assert check_pdf(tmp_path / "pdf", roots) == {"pdfsig": True, "qpdf": True, "openssl": True}
    assert check_xml(tmp_path / "xml", roots)


def test_the_printed_seal_shows_a_code_with_the_address_and_one_that_is_checked_without_a_network(sealed, tmp_path):
    if not shutil.which("pdftoppm"):
        pytest.skip("not installed: poppler")
    document = sealed.signed()[0]
    (tmp_path / "paper.pdf").write_bytes(sealed.signing.objects.get(document.pdf))
    subprocess.run(["pdftoppm", "-r", "200", "-png", tmp_path / "paper.pdf", tmp_path / "page"], check=True)
    pages = [Image.open(page) for page in sorted(tmp_path.glob("page*.png"))]

    codes = {code.text for page in pages for code in zxingcpp.read_barcodes(page)}

    [address] = [code for code in codes if not code.startswith(summary.PREFIX)]
    [short] = [code for code in codes if code.startswith(summary.PREFIX)]
    told = summary.read(short, published_keys(sealed.signing))
    [frozen] = [one for one in sealed.documents if one.transcript_id == document.transcript_id]
    assert address.endswith(f"/verify/{frozen.code}")
    assert (told.code, told.digest.hex()) == (frozen.code, frozen.canonical)


def test_a_sealed_file_altered_in_one_place_is_broken(sealed):
    document = sealed.signed()[0]
    pdf, xml = (sealed.signing.objects.get(name) for name in (document.pdf, document.xml))
    altered = (pdf.replace(b"/Lang", b"/lang", 1), xml.replace(b">8.3<", b">9.3<", 1))

    names = tuple(sealed.signing.objects.put(data) for data in altered)

    assert [report.verdict for report in sealed.signing.ask(CheckFiles(files=names)).reports] == [Verdict.BROKEN] * 2


def test_a_file_that_is_not_kept_cannot_be_checked(school):
    with pytest.raises(NotFound):
        school.signing.ask(CheckFiles(files=("0" * 64,)))
