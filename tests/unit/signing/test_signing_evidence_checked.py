"""Checking documents with evidence: ours is let stand after the last signature, anything else is a change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from services.signing import pdf_file, xades
from services.signing.evidence import pdf, xml
from services.signing.evidence.pdf import add_proof
from services.signing.evidence.proof import Proof, Stamped
from services.signing.evidence.xml import Evidence
from services.signing.timestamps import read
from services.signing.validation import Reason, Verdict
from tests.unit.signing import school_papers as papers
from tests.unit.signing.lasting_papers import Notary
from tests.unit.signing.verdicts import validate_pdf, validate_xml

LATER = papers.SIGNED_AT + timedelta(days=1)
BROKEN = (Verdict.BROKEN, (Reason.EVIDENCE_MALFORMED,))


@pytest.fixture(scope="module")
def notary(authority):
    return Notary.of(authority)


@pytest.fixture(scope="module")
def lasting(notary, signed_paper):
    return notary.keep_for_long(signed_paper)


def checked(file, roots):
    report = validate_pdf(file, trust=roots, at=LATER)
    return report.verdict, report.reasons


def test_a_paper_with_evidence_after_the_seal_stays_valid(signed_paper, notary, lasting, roots):
    for file in (notary.stamp(signed_paper), lasting, notary.prove(lasting)):
        assert checked(file, roots) == (Verdict.VALID, ())


def test_evidence_is_read_back_as_it_was_added(lasting, authority):
    file = pdf_file.read(lasting)
    seen = [pdf.read(file, index) for index in range(5, len(file.revisions))]

    assert [type(one) for one in seen] == [Stamped, Proof, Stamped]
    assert seen[1].lists[1] == authority.root_list
    assert read(seen[2].token, seen[2].digest, roots=[authority.root]).token == seen[2].token


def test_evidence_before_the_seal_is_a_change(school, paper, notary, lasting, roots):
    by_principal = school.sign_paper(paper, ["GVCN", "CBQL"])
    proof = pdf.read(pdf_file.read(lasting), 6)

    for early in (notary.stamp(by_principal), add_proof(by_principal, proof)):
        assert Reason.CHANGED_AFTER_SIGNING in checked(early, roots)[1]


def other_revision(file, objects):
    opened = pdf_file.read(file)
    return opened.append(objects(opened))


@pytest.mark.parametrize(
    "objects",
    [
        lambda opened: {opened.last.size: b"<</Type/DocTimeStamp>>"},
        lambda opened: {opened.last.root: opened.body(opened.last.root)},
        lambda opened: {opened.last.root: opened.body(opened.last.root)[:-2] + b"/OpenAction[0/Fit]>>"},
        lambda opened: {opened.last.size: b"<</Type/DSS/Certs[]/CRLs[]/OCSPs[]>>"},
        lambda opened: {
            opened.last.size: b"<</Type/DSS/Certs[]/CRLs[]/OCSPs[]>>",
            opened.last.root: opened.body(opened.last.root)[:-2] + b"/OpenAction[0/Fit]>>",
        },
    ],
)
def test_anything_else_after_the_seal_is_a_change(signed_paper, lasting, roots, objects):
    for file in (signed_paper, lasting):
        verdict, reasons = checked(other_revision(file, objects), roots)

        assert (verdict, reasons) == (Verdict.BROKEN, (Reason.CHANGED_AFTER_SIGNING,))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Type/DSS/Certs", b"/Type/DSS/certs"),
        (b"/Length ", b"/Length  "),
        (b"/T(TS-5)", b"/T(TS-9)"),
        (b"/Type/DocTimeStamp", b"/Type/Sig/Name(n)  "),
        (b"/SigFlags 3>>\nendobj\nxref", b"/SigFlags 1>>\nendobj\nxref"),
    ],
)
def test_evidence_in_another_form_is_a_change(lasting, roots, old, new):
    place = lasting.rindex(old)
    forged = lasting[:place] + new + lasting[place + len(old) :]

    assert checked(forged, roots)[0] is Verdict.BROKEN


def test_the_evidence_of_a_document_cannot_be_disguised(signed_document, notary, roots):
    document = notary.keep_for_long(signed_document)
    forged = document.replace(b"<xades:UnsignedSignatureProperties>", b"<xades:UnsignedSignatureProperties> ", 1)

    assert validate_xml(document, trust=roots, at=LATER).verdict is Verdict.VALID
    assert validate_xml(forged, trust=roots, at=LATER).reasons == (Reason.SIGNATURE_MALFORMED,)


def test_evidence_does_not_hide_a_change_of_what_was_signed(signed_document, notary, roots):
    document = notary.stamp(signed_document)

    report = validate_xml(document.replace(b"8.3", b"9.3", 1), trust=roots, at=LATER)

    assert Reason.DIGEST_MISMATCH in report.reasons


def test_a_second_block_of_evidence_is_refused(signed_document, notary, roots):
    document = notary.stamp(signed_document)
    block = document[document.index(b"<xades:UnsignedProperties>") : document.index(b"</xades:QualifyingProperties>")]

    report = validate_xml(document.replace(block, block + block), trust=roots, at=LATER)

    assert report.reasons == (Reason.SIGNATURE_MALFORMED,)


def test_what_is_no_proof_has_no_place_among_it(signed_paper, signed_document, notary, lasting, roots):
    proof = pdf.read(pdf_file.read(lasting), 6)
    for other in (
        replace(proof, lists=(*proof.lists, b"a list")),
        replace(proof, answers=(b"an answer",)),
        replace(proof, certificates=(*proof.certificates, b"a certificate")),
    ):
        document = signed_document
        for slot in papers.PEOPLE:
            document = with_evidence(document, Evidence(stamp=stamp_of(document, slot, notary), proof=other), slot)

        assert checked(add_proof(notary.stamp(signed_paper), other), roots) == BROKEN
        assert validate_xml(document, trust=roots, at=LATER).reasons == (Reason.EVIDENCE_MALFORMED,)


def with_evidence(document, evidence, slot):
    written = xades.canonical(signature_of(document, slot))
    return document.replace(written, xml.put(written, evidence))


def stamp_of(document, slot, notary):
    return notary.token(xml.stamp_digest(signature_of(document, slot)), LATER)


def signature_of(document, slot):
    (element,) = etree.fromstring(document).xpath(f"//*[@Id='sig-{slot}']")
    return element
