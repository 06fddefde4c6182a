import pytest
from lxml import etree

from deploy.outside_checks import check_xml
from services.signing import xml
from services.signing.validation import Verdict
from tests.unit.signing.school_papers import PEOPLE, SIGNED_AT
from tests.unit.signing.verdicts import validate_xml


def test_a_document_signed_by_all_is_valid_and_tells_who_signed(signed_document, roots):
    report = validate_xml(signed_document, trust=roots, at=SIGNED_AT)

    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    assert [each.slot for each in report.signatures] == list(PEOPLE)
    assert {each.signed_at for each in report.signatures} == {SIGNED_AT}
    assert (report.code, report.version) == ("01HZX3K9W2Q8R7T6Y5V4B3N2M1", 1)


def test_the_data_reported_are_the_very_bytes_of_the_document(signed_document, roots):
    data = validate_xml(signed_document, trust=roots, at=SIGNED_AT).data

    assert data.startswith(b'<DU_LIEU_HOC_BA Id="data">')
    assert data in signed_document


def test_a_program_of_others_accepts_every_signature(outside_programs, signed_document, roots_file, tmp_path):
    path = tmp_path / "document.xml"
    path.write_bytes(signed_document)

    assert check_xml(path, roots_file)


def test_a_program_of_others_rejects_a_changed_mark(outside_programs, signed_document, roots_file, tmp_path):
    path = tmp_path / "document.xml"
    path.write_bytes(signed_document.replace(b"<CA_NAM>8.3", b"<CA_NAM>9.3", 1))

    assert not check_xml(path, roots_file)


def test_what_is_stored_is_its_own_canonical_form(signed_document):
    assert etree.tostring(etree.fromstring(signed_document), method="c14n") == signed_document


def test_signing_adds_signatures_and_touches_nothing_else(signed_document, document):
    root = etree.fromstring(signed_document)
    etree.strip_elements(root, "{http://www.w3.org/2000/09/xmldsig#}Signature")

    assert etree.tostring(root, method="c14n") == document


def test_signing_one_by_one_gives_the_same_document_as_signing_together(school, document, signed_document):
    for slot in PEOPLE:
        document = school.sign_xml(document, [slot])

    assert document == signed_document


def test_a_filled_slot_is_not_filled_again(school, signed_document):
    with pytest.raises(xml.NoEmptySlot):
        school.sign_xml(signed_document, ["GVCN"])


def test_a_slot_is_not_filled_twice_at_once(school, document):
    with pytest.raises(xml.NoEmptySlot):
        school.sign_xml(document, ["GVCN", "GVCN"])


def test_a_slot_without_a_container_cannot_be_signed(school, document):
    with pytest.raises(xml.NoEmptySlot):
        school.sign_xml(document.replace(b'<GVCN Id="ky-GVCN"></GVCN>', b""), ["GVCN"])


def test_a_slot_whose_row_covers_nothing_cannot_be_signed(school, document):
    with pytest.raises(xml.NoEmptySlot):
        school.sign_xml(document.replace(b"<THAM_CHIEU>thongtinhocba<", b"<THAM_CHIEU>lyliich<"), ["GVCN"])
