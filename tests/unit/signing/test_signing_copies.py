"""Digitised copies under signatures: they are told from originals, and nothing of them changes unnoticed."""

import json
import random
import re
import shutil
import subprocess
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from services.signing import pdf, summary
from services.signing.evidence.pdf import draft_timestamp
from services.signing.validation import Reason, Verdict
from services.transcript.digitised.data import Scan, to_canonical
from services.transcript.digitised.document_xml import write
from services.transcript.digitised.paper import render
from services.transcript.digitised.scan import read_scan
from tests.unit.signing import school_papers as papers
from tests.unit.signing.school_papers import SIGNED_AT
from tests.unit.signing.timestamp_servers import token_on
from tests.unit.signing.verdicts import validate, validate_pdf, validate_xml
from tests.unit.transcript import copies

SIGNERS = ("CBQL", "KY_PHAT_HANH")


def held(slots):
    """The same places, held by the people who have keys here."""
    return tuple(replace(slot, holder=papers.holder(slot.slot), name=papers.PEOPLE[slot.slot]) for slot in slots)


def of_school(data):
    return replace(data, slots=held(data.slots), school=replace(data.school, unit_id=papers.holder("KY_PHAT_HANH")))


def a_scan(*words):
    return copies.packed("PDF", *(copies.leaf(one) for one in words))


def scanned(data, file, pages):
    scan = Scan(
        sha256=sha256(file).hexdigest(), media_type=pages.media_type, bytes=len(file), pages=len(pages.pictures)
    )
    return replace(of_school(data), scan=scan)


def prepared(data, pictures):
    rendered = render(data, pictures)
    return pdf.prepare(rendered.pdf, [pdf.Box(**asdict(box)) for box in rendered.boxes])


@pytest.fixture(scope="module")
def pages():
    return read_scan(a_scan("I", "II"))


@pytest.fixture(scope="module")
def data(pages):
    return scanned(copies.copy(), a_scan("I", "II"), pages)


@pytest.fixture(scope="module")
def signed_copy(school, data, pages):
    return school.sign_paper(prepared(data, pages.pictures), SIGNERS)


@pytest.fixture(scope="module")
def signed_xml(school, data):
    return school.sign_xml(write(data), SIGNERS)


@pytest.fixture
def judged(roots):
    """What the validator says of a file."""

    def judge(file):
        return validate(file, trust=roots, at=SIGNED_AT)

    return judge


def test_a_copy_signed_by_principal_and_seal_is_valid_and_called_a_copy(signed_copy, signed_xml, data, judged):
    for file in (signed_copy, signed_xml):
        report = judged(file)

        assert (report.verdict, report.origin) == (Verdict.VALID, "DIGITISED_COPY")
        assert (report.code, report.version) == (data.code, data.version)
        assert [one.slot for one in report.signatures] == list(SIGNERS)


def test_a_transcript_is_still_called_an_original(signed_paper, judged):
    assert judged(signed_paper).origin == "BORN_DIGITAL"


def test_a_copy_without_its_seal_is_broken(school, data, pages, judged):
    paper = school.sign_paper(prepared(data, pages.pictures), ["CBQL"])
    document = school.sign_xml(write(data), ["CBQL"])

    assert [set(judged(file).reasons) for file in (paper, document)] == [{Reason.SLOT_EMPTY}] * 2


@pytest.mark.parametrize("element", ["MA_BAM", "SO_TRANG", "SO_BYTE", "NAM_HOC_CUOI"])
def test_a_copy_that_names_another_scan_than_was_signed_is_broken(signed_xml, judged, element):
    changed = re.sub(f"(<{element}>).".encode(), rb"\g<1>7", signed_xml)

    assert changed != signed_xml
    assert judged(changed).reasons == (Reason.DIGEST_MISMATCH,)


def test_a_copy_whose_pages_are_those_of_another_scan_is_broken(school, signed_copy, data, pages, judged):
    """The signatures of one copy below the pages of another."""
    other = school.sign_paper(prepared(data, pages.pictures[::-1]), SIGNERS)
    first, second = (file.index(b"\nxref\n") for file in (signed_copy, other))

    assert len(other) == len(signed_copy)
    assert judged(other[:second] + signed_copy[first:]).verdict is Verdict.BROKEN


def test_one_changed_byte_of_a_scanned_page_breaks_the_copy(signed_copy, judged):
    picture = signed_copy.index(b"\xff\xd8\xff")
    changed = bytearray(signed_copy)
    changed[picture + 20_000] ^= 1

    assert judged(bytes(changed)).verdict is Verdict.BROKEN


def test_a_copy_that_calls_itself_an_original_is_broken(signed_xml, school, data, pages, judged):
    flipped = signed_xml.replace(b"DIGITISED_COPY", b"BORN_DIGITAL")
    lying = replace(data, origin="BORN_DIGITAL")
    paper = school.sign_paper(prepared(lying, pages.pictures), SIGNERS)
    document = school.sign_xml(write(lying), SIGNERS)

    assert [judged(file).verdict for file in (flipped, paper, document)] == [Verdict.BROKEN] * 3
    assert set(judged(paper).reasons) == set(judged(document).reasons) == {Reason.STRUCTURE}


def test_a_copy_under_the_format_of_originals_is_broken(school, data, pages, judged):
    lying = replace(data, format="vn.hocba.transcript.v1")
    paper = school.sign_paper(prepared(lying, pages.pictures), SIGNERS)
    document = school.sign_xml(write(lying), SIGNERS)

    assert [judged(file).verdict for file in (paper, document)] == [Verdict.BROKEN] * 2


def test_an_original_that_calls_itself_a_copy_is_broken(school, document, roots):
    told = b"<THONG_TIN_CHUNG><DINH_DANG>vn.hocba.transcript.v1</DINH_DANG><NGUON_GOC>DIGITISED_COPY</NGUON_GOC>"
    lying = school.sign_xml(document.replace(b"<THONG_TIN_CHUNG>", told))

    assert validate_xml(lying, trust=roots, at=SIGNED_AT).reasons == (Reason.STRUCTURE,)


@pytest.mark.parametrize(
    "slots",
    [
        lambda slots: slots[:1],
        lambda slots: slots[1:],
        lambda slots: slots[::-1],
        lambda slots: (*slots, slots[0]),
        lambda slots: (replace(slots[0], slot="GVCN", role="GVCN"), *slots),
        lambda slots: (slots[0], replace(slots[1], holder=slots[0].holder)),
    ],
    ids=["no seal", "no principal", "other order", "twice", "a teacher too", "the seal of another"],
)
def test_a_copy_with_other_places_to_sign_is_broken(school, data, slots, judged):
    changed = replace(data, slots=slots(data.slots))
    boxes = [box for box in papers.boxes() if box.slot in SIGNERS]
    paper = school.sign_paper(pdf.prepare(papers.printed(json.loads(to_canonical(changed))), boxes), SIGNERS)

    assert [judged(file).verdict for file in (paper, write(changed))] == [Verdict.BROKEN] * 2
    assert judged(paper).reasons == (Reason.SLOT_LIST,)


def test_of_a_thousand_mutations_none_is_valid(signed_copy, signed_xml, roots):
    """Seeded: the same in every run; half of them in the PDF, half in the XML."""
    dice = random.Random(88)  # noqa: S311 - the same mutations in every run
    valid = []
    for number in range(1000):
        file, check = ((signed_copy, validate_pdf), (signed_xml, validate_xml))[number % 2]
        changed = mutated(file, dice)
        if changed != file and check(changed, trust=roots, at=SIGNED_AT).verdict is Verdict.VALID:
            valid.append(number)

    assert valid == []


def mutated(file, dice):
    """A bit flipped, or a piece cut out, doubled, or moved from elsewhere in the file."""
    place, length = dice.randrange(len(file)), dice.randrange(1, 40)
    piece, elsewhere = file[place : place + length], dice.randrange(len(file))
    return dice.choice(
        [
            file[:place] + bytes([file[place] ^ 1 << dice.randrange(8)]) + file[place + 1 :],
            file[:place] + file[place + length :],
            file[:place] + piece + file[place:],
            file[:place] + file[elsewhere : elsewhere + length] + file[place + length :],
        ]
    )


def test_the_code_on_paper_says_that_it_is_a_copy_and_of_which_paper(data):
    told = summary.summary_of(to_canonical(data), issued_at=SIGNED_AT + timedelta(minutes=1))

    assert (told.school_year, told.class_name) == (2015, "6, 7, 8, 9")
    assert told.results[0].startswith("Bản sao điện tử")
    assert told.results[1:] == ("năm học 2015–2016 đến 2018–2019", data.printed_school)


def test_a_copy_takes_evidence_after_its_seal_and_stays_valid(todays_authority, timestamps, data, pages):
    now = datetime.now(UTC)
    signers = {
        slot: papers.signer_of(slot, todays_authority, valid_until=now + timedelta(days=365)) for slot in SIGNERS
    }
    school = papers.School(authority=todays_authority, signers=signers)
    sealed = school.sign_paper(prepared(data, pages.pictures), SIGNERS, at=now - timedelta(hours=1))
    draft = draft_timestamp(sealed)

    stamped = draft.filled(token_on(draft.digest, timestamps))

    assert stamped.startswith(sealed)
    assert validate_pdf(stamped, trust=[todays_authority.root], at=now).verdict is Verdict.VALID
    assert validate_pdf(stamped + b"\n", trust=[todays_authority.root], at=now).verdict is Verdict.BROKEN


@pytest.mark.skipif(not all(map(shutil.which, ("pdfsig", "qpdf"))), reason="poppler-utils or qpdf is not installed")
def test_other_programs_read_the_signed_copy(signed_copy, tmp_path):
    path = tmp_path / "copy.pdf"
    path.write_bytes(signed_copy)

    def said(*command):
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    assert "No syntax or stream encoding errors" in said("qpdf", "--check", str(path))
    assert len(re.findall("Signature is Valid", said("pdfsig", "-nocert", str(path)))) == len(SIGNERS)
