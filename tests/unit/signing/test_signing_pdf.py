import io

import pikepdf
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from deploy.outside_checks import check_pdf
from services.signing import pdf
from services.signing.appearance import qr
from services.signing.pdf_file import UnsupportedPdf
from services.signing.validation import Verdict
from tests.unit.signing.school_papers import ON_PAPER, PEOPLE, SIGNED_AT, VERIFY_AT, boxes, holder
from tests.unit.signing.verdicts import validate_pdf


def test_a_paper_signed_by_all_is_valid_and_tells_who_signed_when(signed_paper, roots):
    report = validate_pdf(signed_paper, trust=roots, at=SIGNED_AT)

    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    assert [(each.slot, each.holder, each.name) for each in report.signatures] == [
        (slot, str(holder(slot)), PEOPLE[slot]) for slot in ON_PAPER
    ]
    assert {each.signed_at for each in report.signatures} == {SIGNED_AT}
    assert (report.code, report.version) == ("01HZX3K9W2Q8R7T6Y5V4B3N2M1", 1)
    assert b'"vn.hocba.transcript.v1"' in report.data


def test_programs_of_others_accept_a_signed_paper(outside_programs, signed_paper, roots_file, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(signed_paper)

    assert check_pdf(path, roots_file) == {"pdfsig": True, "qpdf": True, "openssl": True}


def test_programs_of_others_reject_a_paper_with_one_changed_byte(outside_programs, signed_paper, roots_file, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(signed_paper.replace(b"/Lang(vi)", b"/Lang(en)"))

    assert check_pdf(path, roots_file) == {"pdfsig": False, "qpdf": True, "openssl": False}


def test_a_full_validator_trusts_every_signature_and_sees_the_seal_lock_the_file(signed_paper, authority):
    root = x509.Certificate.load(authority.root.public_bytes(Encoding.DER))
    signatures = list(PdfFileReader(io.BytesIO(signed_paper)).embedded_signatures)

    statuses = [
        validate_pdf_signature(
            each,
            ValidationContext(trust_roots=[root], allow_fetching=False, moment=SIGNED_AT, revocation_mode="soft-fail"),
        )
        for each in signatures
    ]

    assert all(status.bottom_line for status in statuses)
    assert statuses[-1].coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert signatures[-1].docmdp_level.name == "NO_CHANGES"


def test_empty_and_signed_fields_are_printed_and_painted_without_fonts(signed_paper):
    with pikepdf.open(io.BytesIO(signed_paper)) as opened:
        fields = list(opened.Root.AcroForm.Fields)

        assert [str(field.T) for field in fields] == list(ON_PAPER)
        assert all(int(field.F) & 4 for field in fields)
        assert not any(field.AP.N.Resources.keys() for field in fields)
        teacher, principal, seal = (field.AP.N.read_bytes() for field in fields)
        assert teacher == principal == b""
        assert qr(VERIFY_AT).operators in seal


def test_the_link_already_on_the_page_stays_beside_the_fields(signed_paper):
    with pikepdf.open(io.BytesIO(signed_paper)) as opened:
        subtypes = [str(annotation.Subtype) for annotation in opened.pages[1].Annots]

    assert sorted(subtypes) == ["/Link", "/Widget", "/Widget", "/Widget"]


def test_each_signature_leaves_all_earlier_bytes_as_they_are(school, paper):
    by_teacher = school.sign_paper(paper, ["GVCN"])
    by_principal = school.sign_paper(by_teacher, ["CBQL"])

    assert by_teacher.startswith(paper)
    assert by_principal.startswith(by_teacher)


def test_the_same_signers_at_the_same_time_make_the_same_bytes(school, paper, signed_paper):
    assert school.sign_paper(paper) == signed_paper


@pytest.mark.parametrize(
    "slots", [["CBQL"], ["KY_PHAT_HANH"], ["GVCN", "GVCN"], ["GVCN", "KY_PHAT_HANH"], [*ON_PAPER, "CBQL"]]
)
def test_nobody_signs_a_paper_out_of_turn_or_twice(school, paper, slots):
    with pytest.raises(pdf.NotItsTurn):
        school.sign_paper(paper, slots)


def test_a_paper_without_fields_cannot_be_signed(school, printed):
    with pytest.raises(pdf.NotItsTurn):
        school.sign_paper(printed)


def test_where_the_boxes_stand_does_not_change_who_signs_first(printed, paper):
    prepared = pdf.prepare(printed, boxes()[::-1])

    assert prepared == paper


def test_a_paper_is_prepared_only_once(paper):
    with pytest.raises(UnsupportedPdf):
        pdf.prepare(paper, boxes())


def test_a_file_of_another_make_is_refused(printed):
    rewritten = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed)) as opened:
        opened.save(rewritten, object_stream_mode=pikepdf.ObjectStreamMode.generate)

    with pytest.raises(UnsupportedPdf):
        pdf.prepare(rewritten.getvalue(), boxes())


@pytest.mark.parametrize(
    "raw", [b"", b"%PDF-1.7\n", b"%PDF-1.7\nstartxref\n0\n%%EOF", b"%PDF-1.7\nxref\nstartxref\n9\n%%EOF"]
)
def test_what_is_no_pdf_is_refused(raw):
    with pytest.raises(UnsupportedPdf):
        pdf.prepare(raw, boxes())
