import random
import re
from datetime import timedelta

import pytest

from services.signing import keys, pdf, pdf_file
from services.signing.pdf_file import PdfFile
from services.signing.validation import Reason, Verdict
from services.signing.validation.pdf import MOST_REVISIONS
from tests.unit.signing import school_papers as papers
from tests.unit.signing.school_papers import ON_PAPER, SIGNED_AT
from tests.unit.signing.verdicts import validate_pdf

_SIGNATURE = re.compile(rb"/Contents<[0-9a-f]+>")


@pytest.fixture
def reasons(roots):
    """What the validator finds wrong with a paper that must not be valid."""

    def find(paper, *, trust=roots, verdict=Verdict.BROKEN):
        report = validate_pdf(paper, trust=trust, at=SIGNED_AT)
        assert report.verdict is verdict
        return set(report.reasons)

    return find


def _page(paper: bytes) -> tuple[int, bytes]:
    """Number and body of the page with the fields."""
    file = pdf_file.read(paper)
    number = file.last.size - 1
    while b"/Type/Page/" not in (body := _body(file, number)):
        number -= 1
    return number, body


def _body(file: PdfFile, number: int) -> bytes:
    try:
        return file.body(number)
    except pdf_file.UnsupportedPdf:
        return b""


def _resized(form: bytes) -> bytes:
    content = form.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
    return re.sub(rb"/Length \d+", b"/Length %d" % len(content), form)


def test_no_paper_with_a_changed_byte_is_valid(signed_paper, roots):
    dice = random.Random(2026)  # noqa: S311 - the same mutations in every run
    for _ in range(300):
        changed = bytearray(signed_paper)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)

        assert validate_pdf(bytes(changed), trust=roots, at=SIGNED_AT).verdict is not Verdict.VALID


def test_no_paper_with_a_changed_digit_in_a_signature_is_valid(signed_paper, roots):
    dice = random.Random(2027)  # noqa: S311 - the same mutations in every run
    start = signed_paper.rindex(b"/Contents<") + 10
    end = signed_paper.index(b">", start)
    for _ in range(150):
        changed = bytearray(signed_paper)
        place = dice.randrange(start, end)
        changed[place] = dice.choice(b"0123456789ABCDEFabcdef ".replace(bytes([changed[place]]), b""))

        assert validate_pdf(bytes(changed), trust=roots, at=SIGNED_AT).verdict is not Verdict.VALID


def test_no_piece_cut_from_a_paper_is_valid(signed_paper, roots):
    dice = random.Random(2028)  # noqa: S311 - the same mutations in every run
    for length in dice.sample(range(len(signed_paper)), 50):
        assert validate_pdf(signed_paper[:length], trust=roots, at=SIGNED_AT).verdict is Verdict.BROKEN


def test_a_paper_without_its_seal_is_not_a_transcript(school, paper, reasons):
    assert reasons(school.sign_paper(paper, ["GVCN", "CBQL"])) == {Reason.SLOT_EMPTY}


def test_a_paper_whose_seal_was_cut_off_is_not_a_transcript(signed_paper, reasons):
    before_the_seal = pdf_file.read(signed_paper).revisions[-2].end

    assert reasons(signed_paper[:before_the_seal]) == {Reason.SLOT_EMPTY}


@pytest.mark.parametrize("fixture", ["printed", "paper"])
def test_an_unsigned_paper_is_not_a_transcript(fixture, request, reasons):
    assert reasons(request.getfixturevalue(fixture)) == {Reason.SLOT_EMPTY}


def test_a_signature_cannot_be_moved_to_another_pupils_paper(school, signed_paper, reasons):
    other = school.sign_paper(pdf.prepare(papers.printed(papers.transcript("Vũ Ân")), papers.boxes()))
    theirs, ours = _SIGNATURE.search(signed_paper)[0], _SIGNATURE.search(other)[0]

    assert reasons(other.replace(ours, theirs)) == {Reason.DIGEST_MISMATCH}


def test_one_signature_cannot_stand_in_for_another(signed_paper, reasons):
    swapped = signed_paper.replace(b"/T(GVCN)", b"/T(temp)").replace(b"/T(CBQL)", b"/T(GVCN)")

    assert Reason.UNEXPECTED_SIGNATURE in reasons(swapped.replace(b"/T(temp)", b"/T(CBQL)"))


def test_bytes_after_the_seal_are_refused(signed_paper, reasons):
    assert reasons(signed_paper + b"\n") == {Reason.UNREADABLE}
    assert reasons(signed_paper + b"% a remark\n%%EOF\n") == {Reason.UNREADABLE}


def test_a_revision_after_the_seal_is_refused(signed_paper, reasons):
    number, page = _page(signed_paper)
    changed = pdf_file.read(signed_paper).append({number: page.replace(b"/Contents", b"/Was")})

    assert reasons(changed) == {Reason.CHANGED_AFTER_SIGNING}


def test_a_revision_between_two_signatures_is_refused(school, paper, reasons):
    signed = school.sign_paper(paper, ["GVCN"])
    number, page = _page(signed)
    changed = pdf_file.read(signed).append({number: page.replace(b"/Contents", b"/Was")})

    assert reasons(school.sign_paper(changed, ["CBQL", "KY_PHAT_HANH"])) == {Reason.CHANGED_AFTER_SIGNING}


@pytest.mark.parametrize("victim", ["page", "field", "catalog"])
def test_a_principal_cannot_change_the_paper_while_signing(school, paper, reasons, monkeypatch, victim):
    signed = school.sign_paper(paper, ["GVCN"])
    file = pdf_file.read(signed)
    number, page = _page(signed)
    evil = {
        "page": {number: page.replace(b"/Contents", b"/Was")},
        "field": {file.last.size - 3: file.body(file.last.size - 3)},
        "catalog": {file.last.root: file.body(file.last.root).replace(b"/Lang(vi)", b"/Lang(en)")},
    }[victim]
    append = PdfFile.append
    with monkeypatch.context() as patched:
        patched.setattr(PdfFile, "append", lambda self, objects: append(self, {**evil, **objects}))
        signed = school.sign_paper(signed, ["CBQL"])

    assert Reason.CHANGED_AFTER_SIGNING in reasons(school.sign_paper(signed, ["KY_PHAT_HANH"]))


def test_a_principal_cannot_move_his_field_while_signing(school, paper, reasons, monkeypatch):
    signed = school.sign_paper(paper, ["GVCN"])
    append = PdfFile.append

    def moving(self, objects):
        return append(self, {number: body.replace(b"/Rect[", b"/Rect[1") for number, body in objects.items()})

    with monkeypatch.context() as patched:
        patched.setattr(PdfFile, "append", moving)
        signed = school.sign_paper(signed, ["CBQL"])

    assert Reason.CHANGED_AFTER_SIGNING in reasons(school.sign_paper(signed, ["KY_PHAT_HANH"]))


@pytest.mark.parametrize(
    "change",
    [
        (b" f Q", b" f Q BT (9,5) Tj ET"),
        (b"/Resources<<>>", b"/Resources<</XObject<</X 1 0 R>>>>"),
        (b"/BBox[0 0 ", b"/BBox[9 9 "),
        (b"/Subtype/Form", b"/Subtype/Form/OC 1 0 R"),
    ],
    ids=["words", "drawings from elsewhere", "another frame", "a switch"],
)
def test_a_seal_shows_nothing_but_its_codes(school, paper, reasons, monkeypatch, change):
    signed = school.sign_paper(paper, ["GVCN", "CBQL"])
    painted = pdf.form
    with monkeypatch.context() as patched:
        patched.setattr(pdf, "form", lambda drawings, size: _resized(painted(drawings, size).replace(*change)))
        forged = school.sign_paper(signed, ["KY_PHAT_HANH"])

    assert change[1] in forged
    assert reasons(forged) == {Reason.CHANGED_AFTER_SIGNING}


def test_a_signature_says_nothing_besides(school, paper, reasons, monkeypatch):
    append = PdfFile.append

    def talking(self, objects):
        told = {number: body.replace(b"/Type/Sig/", b"/Type/Sig/Reason(ok)/") for number, body in objects.items()}
        return append(self, told)

    with monkeypatch.context() as patched:
        patched.setattr(PdfFile, "append", talking)
        signed = school.sign_paper(paper, ["GVCN"])

    assert Reason.CHANGED_AFTER_SIGNING in reasons(school.sign_paper(signed, ["CBQL", "KY_PHAT_HANH"]))


def test_what_was_signed_first_leaves_no_place_for_later(paper, reasons, school):
    file = pdf_file.read(paper)
    line = file.revisions[0].line_of(_page(paper)[0])
    later = b"%010d" % (len(paper) + 6_000)

    assert reasons(paper[:line] + later + paper[line + 10 :]) == {Reason.UNREADABLE}
    with pytest.raises(pdf_file.UnsupportedPdf):
        school.sign_paper(paper[:line] + later + paper[line + 10 :])


def test_revisions_do_not_overlap():
    """Otherwise one large table could be read again for each of thousands of revisions."""

    def trailer(xref_at, entry=b""):
        told = b"<</Size 9/Root 1 0 R/Info 2 0 R/ID[(a)(a)]%b>>" % entry
        return b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (told, xref_at)

    head, older, newer = b"%PDF-1.7\n", b"xref\n0 10\n", b"xref\n0 30\n"
    first, second = len(head), len(head + older)
    file = (head + older + newer).ljust(first + len(older) + 10 * 20) + trailer(first)
    file = file.ljust(second + len(newer) + 30 * 20) + trailer(second, b"/Prev %d" % first)

    with pytest.raises(pdf_file.UnsupportedPdf, match="overlap"):
        pdf_file.read(file)


def test_more_revisions_than_a_lifetime_needs_are_refused_unread(signed_paper, reasons):
    crowded = signed_paper
    for _ in range(MOST_REVISIONS):
        crowded = pdf_file.read(crowded).append({1: b"<<>>"})

    assert reasons(crowded) == {Reason.TOO_LARGE}


def test_a_colleague_cannot_sign_in_the_homeroom_teachers_place(school, paper, reasons):
    forged = school.with_signer("GVCN", school.signers["CBQL"]).sign_paper(paper)

    assert reasons(forged) == {Reason.WRONG_HOLDER}


def test_a_certificate_without_its_key_signs_nothing(school, paper, reasons):
    mine, hers = school.signers["CBQL"], school.signers["GVCN"]
    forger = keys.Signer(key=mine.key, certificate=hers.certificate, chain=hers.chain)

    assert reasons(school.with_signer("GVCN", forger).sign_paper(paper)) == {Reason.SIGNATURE_MISMATCH}


def test_an_expired_certificate_does_not_sign(school, authority, paper, reasons):
    expired = papers.signer_of("GVCN", authority, valid_until=SIGNED_AT - timedelta(seconds=1))

    assert reasons(school.with_signer("GVCN", expired).sign_paper(paper)) == {Reason.CERTIFICATE_NOT_VALID_THEN}


def test_an_unknown_authority_leaves_the_paper_undecided(school, rogue_authority, paper, reasons):
    stranger = papers.signer_of("GVCN", rogue_authority)
    signed = school.with_signer("GVCN", stranger).sign_paper(paper)

    assert reasons(signed, verdict=Verdict.UNDECIDED) == {Reason.CERTIFICATE_UNTRUSTED}


def test_without_roots_every_signature_is_undecided(signed_paper, reasons):
    assert reasons(signed_paper, trust=[], verdict=Verdict.UNDECIDED) == {Reason.CERTIFICATE_UNTRUSTED}


def test_nobody_signs_tomorrow(school, paper, reasons):
    signed = school.sign_paper(paper, at=SIGNED_AT + timedelta(days=1))

    assert reasons(signed) == {Reason.SIGNED_IN_FUTURE}


def test_the_seal_is_not_older_than_what_it_seals(school, paper, reasons):
    signed = school.sign_paper(paper, ["GVCN", "CBQL"])
    sealed = school.sign_paper(signed, ["KY_PHAT_HANH"], at=SIGNED_AT - timedelta(seconds=1))

    assert reasons(sealed) == {Reason.OUT_OF_ORDER}


@pytest.mark.parametrize(
    ("slots", "reason"),
    [
        (papers.slots()[:-1], Reason.SLOT_LIST),
        ([*papers.slots(), papers.slots()[-1]], Reason.SLOT_LIST),
        ([{**slot, "role": "GVCN"} for slot in papers.slots()], Reason.SLOT_LIST),
        ([*papers.slots()[:-1], {**papers.slots()[-1], "holder": str(papers.holder("GVCN"))}], Reason.SLOT_LIST),
        ("GVCN", Reason.UNREADABLE),
    ],
    ids=["no seal", "two seals", "homeroom teachers only", "a teacher as the school", "no list"],
)
def test_a_paper_that_names_other_signers_than_the_law_is_refused(school, reasons, slots, reason):
    data = {**papers.transcript("Vũ An"), "slots": slots}
    paper = pdf.prepare(papers.printed(data), papers.boxes())

    assert reasons(school.sign_paper(paper)) == {reason}


def test_data_that_could_be_read_in_two_ways_are_refused(school, reasons, monkeypatch):
    monkeypatch.setattr(papers.rfc8785, "dumps", lambda _: b'{"code":"x","code":"y"}')
    paper = pdf.prepare(papers.printed({"code": "x"}), papers.boxes())
    monkeypatch.undo()

    assert reasons(school.sign_paper(paper)) == {Reason.NOT_CANONICAL}


def test_a_huge_file_is_refused_unread(reasons):
    assert reasons(b"%PDF-1.7\n" * 1_200_000) == {Reason.TOO_LARGE}


def test_a_small_attachment_that_unpacks_to_a_huge_one_is_refused(school, reasons):
    data = {**papers.transcript("Vũ An"), "remark": "a" * 2_000_000}
    paper = pdf.prepare(papers.printed(data), papers.boxes())

    assert reasons(school.sign_paper(paper)) == {Reason.TOO_LARGE}


def test_every_report_lists_the_signers_on_paper(school, paper, roots):
    report = validate_pdf(school.sign_paper(paper, ["GVCN"]), trust=roots, at=SIGNED_AT)

    assert [(each.slot, each.verdict, each.reason) for each in report.signatures] == [
        (ON_PAPER[0], Verdict.VALID, None),
        (ON_PAPER[1], Verdict.BROKEN, Reason.SLOT_EMPTY),
        (ON_PAPER[2], Verdict.BROKEN, Reason.SLOT_EMPTY),
    ]


def test_a_persons_own_certificate_is_no_seal_even_of_a_school_called_by_their_id(school, paper, reasons):
    own = papers.signer_of("KY_PHAT_HANH", school.authority, is_seal=False)
    forged = school.with_signer("KY_PHAT_HANH", own).sign_paper(paper)

    assert reasons(forged) == {Reason.WRONG_HOLDER}
