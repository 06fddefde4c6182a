import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from services.signing import authority as authorities
from services.signing import keys
from services.signing.validation import Reason, Verdict
from tests.unit.signing import school_papers as papers
from tests.unit.signing.school_papers import SIGNED_AT
from tests.unit.signing.verdicts import validate_xml


@pytest.fixture
def reasons(roots):
    """What the validator finds wrong with a document that must not be valid."""

    def find(document, *, trust=roots, verdict=Verdict.BROKEN):
        report = validate_xml(document, trust=trust, at=SIGNED_AT)
        assert report.verdict is verdict
        return set(report.reasons)

    return find


def _content(document: bytes, slot: str) -> bytes:
    return re.search(rb' Id="ky-%b">(<ds:Signature.*?</ds:Signature>)' % slot.encode(), document)[1]


def _canonical(root: etree._Element) -> bytes:
    return etree.tostring(root, method="c14n")


def test_no_document_with_a_changed_byte_is_valid(signed_document, roots):
    dice = random.Random(2026)  # noqa: S311 - the same mutations in every run
    for _ in range(400):
        changed = bytearray(signed_document)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)

        assert validate_xml(bytes(changed), trust=roots, at=SIGNED_AT).verdict is not Verdict.VALID


def test_no_document_with_a_changed_letter_in_a_signature_is_valid(signed_document, roots):
    dice = random.Random(2027)  # noqa: S311 - the same mutations in every run
    start = signed_document.rindex(b"<ds:SignatureValue>")
    for _ in range(200):
        changed = bytearray(signed_document)
        place = dice.randrange(start, len(changed))
        changed[place] = dice.choice(b"ABCyz019+/= \n".replace(bytes([changed[place]]), b""))

        assert validate_xml(bytes(changed), trust=roots, at=SIGNED_AT).verdict is not Verdict.VALID


def test_the_idle_bits_of_a_signatures_last_letter_are_not_free(signed_document, reasons):
    changed, count = re.subn(rb"(\w)==</ds:SignatureValue>", lambda m: bytes([m[1][0] + 1]) + m[0][1:], signed_document)

    assert count == len(papers.PEOPLE)
    assert reasons(changed) == {Reason.SIGNATURE_MALFORMED}


@pytest.mark.parametrize("slot", papers.PEOPLE)
def test_a_document_that_lost_one_signature_is_not_a_transcript(signed_document, reasons, slot):
    assert reasons(signed_document.replace(_content(signed_document, slot), b"")) == {Reason.SLOT_EMPTY}


def test_a_changed_mark_breaks_its_teachers_signature_and_all_above(signed_document, roots):
    report = validate_xml(signed_document.replace(b"8.3", b"9.3", 1), trust=roots, at=SIGNED_AT)

    broken = [each.slot for each in report.signatures if each.reason is Reason.DIGEST_MISMATCH]
    assert broken == ["GVBM-toan", "GVCN", "CBQL", "KY_PHAT_HANH"]


def test_two_signatures_cannot_change_places(signed_document, reasons):
    first, second = _content(signed_document, "GVBM-toan"), _content(signed_document, "GVBM-gdtc")
    swapped = signed_document.replace(first, b"\0").replace(second, first).replace(b"\0", second)

    assert reasons(swapped) == {Reason.SIGNATURE_MALFORMED}


def test_a_signature_cannot_be_moved_to_another_pupils_document(school, signed_document, reasons):
    other = school.sign_xml(papers.document("Vũ Ân"))
    mixed = other.replace(_content(other, "CBQL"), _content(signed_document, "CBQL"))

    assert reasons(mixed) == {Reason.DIGEST_MISMATCH}


def test_a_signature_over_another_part_does_not_count(school, document, reasons):
    row = b"<VAI_TRO>CBQL</VAI_TRO><THAM_CHIEU>%b<"
    covering_less = document.replace(row % b"data", row % b"lyLich")
    signature = _content(school.sign_xml(covering_less), "CBQL")
    signed = school.sign_xml(document)

    assert reasons(signed.replace(_content(signed, "CBQL"), signature)) == {Reason.WRONG_REFERENCE}
    assert reasons(school.sign_xml(covering_less)) == {Reason.SLOT_LIST}


def _kept_in_an_object(root):
    """The signed original is kept where nobody reads, and a forged one stands in its place."""
    original = root[0]
    forged = etree.fromstring(_canonical(original).replace(b"8.3", b"9.3"))
    root.replace(original, forged)
    root.find(".//{*}Object").append(original)


def _kept_under_another_name(root):
    _kept_in_an_object(root)
    root[0].set("Id", "data2")


def _kept_beside(root):
    root.append(etree.fromstring(_canonical(root[0])))
    root[0].set("Id", "data2")


def _subject_row_moved_out(root):
    row = root.find(".//DIEM_TONG_KET")
    root.find(".//LY_LICH").append(row)


def _subject_row_forged_under_a_new_id(root):
    results, row = root.find(".//THONG_TIN_HOC_BA"), root.find(".//DIEM_TONG_KET")
    forged = etree.fromstring(_canonical(row).replace(b"8.3", b"9.3").replace(b"-toan", b"-hoa"))
    results.replace(row, forged)
    root.find(".//LY_LICH").append(row)


def _containers_moved(root):
    root.find(".//DANH_SACH_GVBM").append(root.find(".//PHAT_HANH_HOC_BA/CBQL"))


def _two_signatures_in_one_container(root):
    container = root.find(".//CBQL")
    container.append(root.find(".//KY_PHAT_HANH")[0])


@pytest.mark.parametrize(
    "wrap",
    [
        _kept_in_an_object,
        _kept_under_another_name,
        _kept_beside,
        _subject_row_moved_out,
        _subject_row_forged_under_a_new_id,
        _containers_moved,
        _two_signatures_in_one_container,
    ],
)
def test_what_was_signed_cannot_be_kept_aside_while_something_else_is_shown(signed_document, roots, wrap):
    root = etree.fromstring(signed_document)
    wrap(root)

    assert validate_xml(_canonical(root), trust=roots, at=SIGNED_AT).verdict is Verdict.BROKEN


def test_an_id_given_twice_is_refused(signed_document, reasons):
    assert reasons(signed_document.replace(b'Id="gv-toan"', b'Id="data"', 1)) == {Reason.DUPLICATE_ID}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<HOC_BA>", b'<!DOCTYPE HOC_BA [<!ENTITY a "b">]><HOC_BA>'),
        (b"<HOC_BA>", b'<?xml version="1.0"?><HOC_BA>'),
        (b"8.3", b"8<!-- -->.3"),
        (b"8.3", b"<![CDATA[8.3]]>"),
        (b"8.3", b"<?php?>8.3"),
        (b"8.3", b"&#56;.3"),
        (b'<GVBM Id="gv-toan"></GVBM>', b'<GVBM Id="gv-toan"/>'),
        (b'<GVBM Id="gv-toan">', b"<GVBM Id='gv-toan'>"),
        (b"</HOC_BA>", b"</HOC_BA>\n"),
    ],
    ids=["DTD", "declaration", "comment", "CDATA", "instruction", "reference", "short tag", "quotes", "white space"],
)
def test_any_other_way_to_write_the_same_document_is_refused(signed_document, reasons, old, new):
    assert reasons(signed_document.replace(old, new, 1)) == {Reason.NOT_CANONICAL}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"),
        (b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", b"http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        (b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", b"http://www.w3.org/2001/10/xml-exc-c14n#"),
        (b"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", b"http://www.w3.org/TR/1999/REC-xslt-19991116"),
    ],
)
def test_algorithms_that_are_not_ours_are_refused(signed_document, reasons, old, new):
    assert reasons(signed_document.replace(old, new)) == {Reason.SIGNATURE_MALFORMED}


@pytest.mark.parametrize(
    "garbage", [b"", b"<", b"<HOC_BA></HOC_BA>", b"\xff\xfe<\x00", b"<A></A>", b"<HOC_BA>" * 5000, b"\x00" * 100]
)
def test_what_is_no_transcript_is_refused(garbage, reasons):
    assert reasons(garbage) <= {Reason.UNREADABLE, Reason.NOT_CANONICAL, Reason.STRUCTURE}


def test_a_huge_document_is_refused_unread(reasons):
    assert reasons(b"<" * 3_000_000) == {Reason.TOO_LARGE}


@pytest.mark.parametrize("row", ["GVBM-toan", "KY_PHAT_HANH"])
def test_a_signer_cannot_be_struck_from_the_list(school, document, reasons, row):
    shorter = re.sub(rb"<O_KY><MA>%b<.*?</O_KY>" % row.encode(), b"", document)
    others = [slot for slot in papers.PEOPLE if slot != row]

    assert reasons(school.sign_xml(shorter, others)) <= {Reason.SLOT_LIST, Reason.STRUCTURE}


def test_a_teacher_cannot_pass_for_the_school(school, document, reasons):
    teacher = str(papers.holder("GVCN")).encode()
    forged = re.sub(rb"(<VAI_TRO>KY_PHAT_HANH.*?<NGUOI_KY>)[^<]+", rb"\g<1>" + teacher, document)

    assert reasons(school.with_signer("KY_PHAT_HANH", school.signers["GVCN"]).sign_xml(forged)) == {Reason.SLOT_LIST}


def test_a_colleague_cannot_sign_in_a_teachers_place(school, document, reasons):
    forged = school.with_signer("GVBM-toan", school.signers["GVBM-gdtc"]).sign_xml(document)

    assert reasons(forged) == {Reason.WRONG_HOLDER}


def test_a_certificate_without_its_key_signs_nothing(school, document, reasons):
    mine, hers = school.signers["CBQL"], school.signers["GVCN"]
    forger = keys.Signer(key=mine.key, certificate=hers.certificate, chain=hers.chain)

    assert reasons(school.with_signer("GVCN", forger).sign_xml(document)) == {Reason.SIGNATURE_MISMATCH}


def test_an_expired_certificate_does_not_sign(school, authority, document, reasons):
    expired = papers.signer_of("GVCN", authority, valid_until=SIGNED_AT - timedelta(seconds=1))

    assert reasons(school.with_signer("GVCN", expired).sign_xml(document)) == {Reason.CERTIFICATE_NOT_VALID_THEN}


def test_an_unknown_authority_leaves_the_document_undecided(school, rogue_authority, document, reasons):
    stranger = papers.signer_of("GVCN", rogue_authority)
    signed = school.with_signer("GVCN", stranger).sign_xml(document)

    assert reasons(signed, verdict=Verdict.UNDECIDED) == {Reason.CERTIFICATE_UNTRUSTED}


def test_tampering_outweighs_an_unknown_authority(school, rogue_authority, document, reasons):
    stranger = papers.signer_of("GVCN", rogue_authority)
    forged = school.with_signer("GVCN", stranger).sign_xml(document).replace(b"8.3", b"9.3", 1)

    assert Reason.DIGEST_MISMATCH in reasons(forged)


def test_a_teacher_cannot_issue_certificates(school, document, reasons):
    """Her certificate signs documents; with it as an authority above, a certificate is worth nothing."""
    teacher = school.signers["GVBM-toan"]
    own = authorities.x509.load_der_x509_certificate(teacher.certificate)
    pretended = replace(school.authority, issuing=own, issuing_key=teacher.key)
    forged = papers.signer_of("CBQL", pretended)
    chain = (teacher.certificate, school.authority.issuing.public_bytes(Encoding.DER))
    forger = keys.Signer(key=forged.key, certificate=forged.certificate, chain=chain)

    signed = school.with_signer("CBQL", forger).sign_xml(document)

    assert reasons(signed, verdict=Verdict.UNDECIDED) == {Reason.CERTIFICATE_UNTRUSTED}


def test_an_authoritys_own_certificate_signs_no_documents(school, document, reasons):
    authority = school.authority
    pretender = keys.Signer(key=authority.issuing_key, certificate=authority.chain[0], chain=())
    signed = school.with_signer("CBQL", pretender).sign_xml(document)

    assert reasons(signed) == {Reason.CERTIFICATE_PURPOSE}


def test_nobody_signs_tomorrow(school, document, reasons):
    signed = school.sign_xml(document, at=SIGNED_AT + timedelta(days=1))

    assert reasons(signed) == {Reason.SIGNED_IN_FUTURE}


def test_the_homeroom_teacher_does_not_sign_before_the_last_subject_teacher(school, document, roots):
    early = school.sign_xml(document, ["GVCN"], at=SIGNED_AT - timedelta(seconds=1))
    signed = school.sign_xml(early, [slot for slot in papers.PEOPLE if slot != "GVCN"])

    report = validate_xml(signed, trust=roots, at=SIGNED_AT)

    assert [each.slot for each in report.signatures if each.reason is Reason.OUT_OF_ORDER] == ["GVCN"]
    assert report.verdict is Verdict.BROKEN


def test_a_persons_own_certificate_is_no_seal_even_of_a_school_called_by_their_id(school, document, reasons):
    own = papers.signer_of("KY_PHAT_HANH", school.authority, is_seal=False)
    forged = school.with_signer("KY_PHAT_HANH", own).sign_xml(document)

    assert reasons(forged) == {Reason.WRONG_HOLDER}
