"""Checking documents with evidence: ours is let stand after the last signature, anything else is a change."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from services.signing import pdf_file, publication, xades
from services.signing.evidence import pdf, xml
from services.signing.evidence.pdf import add_proof, draft_timestamp
from services.signing.evidence.proof import Proof
from services.signing.evidence.xml import Archive, Evidence
from services.signing.timestamps import read
from services.signing.validation import Reason, Verdict, validate_pdf, validate_xml
from tests.unit.signing import school_papers as papers
from tests.unit.signing.timestamp_servers import token_on

LATER = papers.SIGNED_AT + timedelta(days=1)


@pytest.fixture(scope="module")
def proof(todays_authority, timestamps):
    listed = publication.revocation_list(todays_authority, [], now=datetime.now(UTC))
    return Proof(certificates=(timestamps.certificate,), lists=(listed,), answers=(b"an answer",))


@pytest.fixture(scope="module")
def stamped(timestamps):
    def stamp(file):
        draft = draft_timestamp(file)
        return draft.filled(token_on(draft.digest, timestamps))

    return stamp


@pytest.fixture(scope="module")
def lasting(signed_paper, proof, stamped):
    return stamped(add_proof(stamped(add_proof(stamped(signed_paper), proof)), proof))


def checked(file, roots):
    report = validate_pdf(file, trust=roots, at=LATER)
    return report.verdict, report.reasons


def test_a_paper_with_evidence_after_the_seal_stays_valid(signed_paper, proof, stamped, lasting, roots):
    for file in (stamped(signed_paper), add_proof(signed_paper, proof), lasting):
        assert checked(file, roots) == (Verdict.VALID, ())


def test_evidence_is_read_back_as_it_was_added(lasting, proof, signed_paper, todays_authority):
    file, first = pdf_file.read(lasting), draft_timestamp(signed_paper)
    seen = [pdf.read(file, index) for index in range(5, len(file.revisions))]

    assert read(seen[0], first.digest, roots=[todays_authority.root]).token == seen[0]
    assert [seen[1], seen[3]] == [proof, proof]
    assert [type(one) for one in seen] == [bytes, Proof, bytes, Proof, bytes]


def test_evidence_before_the_seal_is_a_change(school, paper, proof, stamped, roots):
    by_principal = school.sign_paper(paper, ["GVCN", "CBQL"])

    for early in (stamped(by_principal), add_proof(by_principal, proof)):
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
        (b"an answer", b"an Answer\nendstream"),
        (b"/T(TS-4)", b"/T(TS-9)"),
        (b"/Type/DocTimeStamp", b"/Type/Sig/Name(n)  "),
        (b"/SigFlags 3>>\nendobj\nxref", b"/SigFlags 1>>\nendobj\nxref"),
    ],
)
def test_evidence_in_another_form_is_a_change(lasting, roots, old, new):
    place = lasting.rindex(old)
    forged = lasting[:place] + new + lasting[place + len(old) :]

    assert checked(forged, roots)[0] is Verdict.BROKEN


def with_evidence(document, evidence, slot):
    (element,) = etree.fromstring(document).xpath(f"//*[@Id='sig-{slot}']")
    written = xades.canonical(element)
    return document.replace(written, xml.put(written, evidence))


def test_a_document_with_evidence_stays_valid_and_its_proof_cannot_be_disguised(signed_document, proof, roots):
    evidence = Evidence(stamp=b"stamp", proof=proof, archives=(Archive(token=b"t", proof=proof), Archive(token=b"u")))
    document = signed_document
    for slot in papers.PEOPLE:
        document = with_evidence(document, evidence, slot)
    forged = document.replace(b"<xades:UnsignedSignatureProperties>", b"<xades:UnsignedSignatureProperties> ", 1)

    assert validate_xml(document, trust=roots, at=LATER).verdict is Verdict.VALID
    assert validate_xml(forged, trust=roots, at=LATER).reasons == (Reason.SIGNATURE_MALFORMED,)


def test_evidence_does_not_hide_a_change_of_what_was_signed(signed_document, proof, roots):
    document = with_evidence(signed_document, Evidence(stamp=b"stamp", proof=proof), "GVCN")

    report = validate_xml(document.replace(b"8.3", b"9.3", 1), trust=roots, at=LATER)

    assert Reason.DIGEST_MISMATCH in report.reasons


def test_a_second_block_of_evidence_is_refused(signed_document, proof, roots):
    document = with_evidence(signed_document, Evidence(stamp=b"stamp", proof=proof), "GVCN")
    block = Evidence(stamp=b"stamp", proof=proof).write()

    report = validate_xml(document.replace(block, block + block), trust=roots, at=LATER)

    assert report.reasons == (Reason.SIGNATURE_MALFORMED,)
