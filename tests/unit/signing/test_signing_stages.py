"""Transcripts of every stage, as they are frozen, take the signatures of their people and are valid."""

from dataclasses import replace

import pytest
from lxml import etree

from deploy.outside_checks import check_pdf
from services.contracts.signing.documents import ON_PAPER, SlotRole
from services.signing import pdf, xml
from services.signing.validation import Reason, Verdict
from services.transcript.canonical import Slot
from services.transcript.document_xml import SCHEMA, write
from services.transcript.render import Renderer
from tests.unit.signing.school_papers import SIGNED_AT, holder, signer_of
from tests.unit.signing.verdicts import validate_pdf, validate_xml
from tests.unit.transcript.papers import papers

STAGES = list(papers())
ROLE = {"GVBM": "GVBM-toan"}  # one person teaches everything here


@pytest.fixture(scope="module")
def signers(authority):
    return {role: signer_of(ROLE.get(role, role), authority) for role in SlotRole}


@pytest.fixture(scope="module", params=STAGES)
def data(request):
    """A stage's transcript, its slots held by the invented signers."""
    data = papers()[request.param]
    slots = tuple(replace(slot, holder=holder(ROLE.get(slot.role, slot.role))) for slot in data.slots)
    return replace(data, slots=slots, school=replace(data.school, unit_id=holder(SlotRole.SEAL)))


@pytest.fixture(scope="module")
def signed_paper(data, signers):
    rendered = Renderer().render(data)
    boxes = [pdf.Box(slot=b.slot, page=b.page, x0=b.x0, y0=b.y0, x1=b.x1, y1=b.y1) for b in rendered.boxes]
    paper = pdf.prepare(rendered.pdf, boxes)
    for slot in ON_PAPER:
        paper = pdf.sign(paper, slot, signers[slot], at=SIGNED_AT)
    return paper


def test_the_paper_of_each_stage_is_valid_once_signed(signed_paper, data, roots):
    report = validate_pdf(signed_paper, trust=roots, at=SIGNED_AT)

    assert (report.verdict, report.reasons, report.code) == (Verdict.VALID, (), data.code)


def test_programs_of_others_accept_the_paper_of_each_stage(outside_programs, signed_paper, roots_file, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(signed_paper)

    assert check_pdf(path, roots_file) == {"pdfsig": True, "qpdf": True, "openssl": True}


def test_the_document_of_each_stage_is_valid_once_all_its_slots_are_signed(data, signers, roots):
    signed = xml.sign(write(data), [(slot.slot, signers[slot.role]) for slot in data.slots], at=SIGNED_AT)

    report = validate_xml(signed, trust=roots, at=SIGNED_AT)

    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(signed))
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    assert [one.slot for one in report.signatures] == [slot.slot for slot in data.slots]


def test_a_transcript_without_a_place_for_each_teacher_who_must_sign_is_never_valid(data, signers, roots):
    wrong = primary_with_teachers(data) if data.stage == "TH" else replace(data, slots=data.slots[1:])
    signed = xml.sign(write(wrong), [(slot.slot, signers[slot.role]) for slot in wrong.slots], at=SIGNED_AT)

    report = validate_xml(signed, trust=roots, at=SIGNED_AT)

    assert (report.verdict, report.reasons) == (Verdict.BROKEN, (Reason.SLOT_LIST,))


def primary_with_teachers(data):
    slot = Slot(
        slot="GVBM-toan", role=SlotRole.SUBJECT_TEACHER, subject="toan", holder=holder("GVBM-toan"), name="Lê Thị Mơ"
    )
    return replace(data, slots=(slot, *data.slots))


def test_a_document_that_lacks_one_of_its_signatures_is_never_valid(data, signers, roots):
    for missing in data.slots:
        signed = [(slot.slot, signers[slot.role]) for slot in data.slots if slot is not missing]

        assert validate_xml(xml.sign(write(data), signed, at=SIGNED_AT), trust=roots, at=SIGNED_AT).verdict is (
            Verdict.BROKEN
        )
