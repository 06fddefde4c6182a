"""Copies and extracts: who gets one, what it says, and the register that nobody can change afterwards."""

import subprocess

import pytest

from services.chassis.errors import Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.given import FindGivenYears, GivenSubject, GivenYears, GivenYearV1, PupilGivenYears
from services.contracts.identity import Role
from services.contracts.transcript import IssuedFile, ReceiveTranscripts, RecordViewedV1, RevokeTranscript
from services.contracts.transcript.copies import (
    CopyKind,
    FindCopies,
    HandOutClass,
    HandOutExtract,
    HandOutRecord,
    ReadCopy,
)
from tests.integration.locked_class import YEAR

SAID = {"recipient": "Trần Văn Mẫu, phụ huynh", "reason": "Nộp hồ sơ chuyển trường."}


@pytest.fixture
def issued(frozen_class):
    return frozen_class.issue()


def ask(a_class, command, by=None):
    return a_class.transcript.ask(command, by or a_class.admin)


def record(a_class, pupil_id, unit_id=None, **said):
    return HandOutRecord(unit_id=unit_id or a_class.locked.unit_id, pupil_id=pupil_id, **(SAID | said))


def extract(a_class, transcript):
    return HandOutExtract(
        unit_id=a_class.locked.unit_id, pupil_id=transcript.pupil_id, school_year=transcript.school_year, **SAID
    )


def words(a_class, copy):
    pdf = a_class.transcript.objects.get(copy.file)
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(text.decode().split())


def given(pupil_id, school_year):
    year = GivenYearV1(
        school_year=school_year,
        version=1,
        stage="TH",
        grade=4,
        school_name="Trường Tiểu học Cũ",
        class_name="4C",
        regulation="TT30/2014+TT22/2016",
        subjects=(GivenSubject(code="toan", name="Toán", term1="H", term2="T", year="T"),),
        level="Hoàn thành",
        conduct=None,
        absences=2,
        promotion="PROMOTED",
        title=None,
        remark="Chăm ngoan.",
        evidence="ab" * 32,
        warnings=(),
    )
    return GivenYears(pupils=(PupilGivenYears(pupil_id=pupil_id, years=(year,)),))


def test_a_record_holds_every_year_and_says_that_it_is_not_signed(frozen_class, issued):
    frozen_class.transcript.others.answers[FindGivenYears] = given(issued.pupil_id, 2023)

    copy = ask(frozen_class, record(frozen_class, issued.pupil_id))

    text = words(frozen_class, copy)
    assert (copy.kind, copy.codes, copy.pupil_ids) == (CopyKind.RECORD, (issued.code,), (issued.pupil_id,))
    for said in ("Trường Tiểu học Cũ", "NĂM HỌC 2023 – 2024", "Bản in này không có chữ ký số", issued.code):
        assert said in text
    assert "cấp cho Trần Văn Mẫu, phụ huynh" in text
    assert str(copy.id) in text


def test_an_extract_is_one_page(frozen_class, issued):
    copy = ask(frozen_class, extract(frozen_class, issued))

    text = words(frozen_class, copy)
    assert "TRÍCH SAO HỌC BẠ NĂM HỌC 2025 – 2026" in text
    assert "Trang 1/1" in text


def test_a_class_in_one_file_holds_those_who_have_been_issued(frozen_class, issued):
    second = frozen_class.issue(1)

    copy = ask(frozen_class, HandOutClass(school_year=YEAR, class_id=frozen_class.locked.class_id, **SAID))

    assert set(copy.codes) == {issued.code, second.code}
    assert words(frozen_class, copy).count("LÝ LỊCH HỌC SINH") == 2


def test_each_copy_is_in_the_register_with_recipient_and_reason_and_in_the_access_log(frozen_class, issued):
    copies = [
        ask(frozen_class, extract(frozen_class, issued)),
        ask(frozen_class, record(frozen_class, issued.pupil_id)),
    ]

    of_school = FindCopies(unit_id=frozen_class.locked.unit_id)
    of_other = FindCopies(unit_id=frozen_class.locked.unit_id, pupil_id=frozen_class.locked.pupils[1])
    found = ask(frozen_class, of_school).copies
    assert {one.id for one in found} == {one.id for one in copies}
    assert {(one.recipient, one.reason) for one in found} == {(SAID["recipient"], SAID["reason"])}
    assert ask(frozen_class, of_other).copies == ()
    assert ask(frozen_class, ReadCopy(copy_id=copies[0].id)) == copies[0]
    views = frozen_class.told(RecordViewedV1)
    assert [(one["pupil_ids"], one["what"]) for one in views] == [([str(issued.pupil_id)], "TRANSCRIPT")] * 2


def test_who_does_not_lead_the_school_gets_no_copy_and_does_not_see_the_register(frozen_class, issued, stranger):
    copy = ask(frozen_class, extract(frozen_class, issued))
    teacher = frozen_class.transcript.grant(Role.STAFF, frozen_class.locked.unit_id)

    for question in (
        extract(frozen_class, issued),
        record(frozen_class, issued.pupil_id),
        HandOutClass(school_year=YEAR, class_id=frozen_class.locked.class_id, **SAID),
        FindCopies(unit_id=frozen_class.locked.unit_id),
        ReadCopy(copy_id=copy.id),
    ):
        for other in (stranger, teacher):
            with pytest.raises(NotFound):
                ask(frozen_class, question, other)


def test_the_school_that_received_a_transcript_prints_it_too(frozen_class, issued):
    there = new_id()
    leader = frozen_class.transcript.grant(Role.PRINCIPAL, there)
    file = IssuedFile(
        transcript_id=issued.id, school_year=YEAR, version=1, code=issued.code, xml=issued.xml, pdf=issued.pdf
    )
    command = ReceiveTranscripts(pupil_id=issued.pupil_id, unit_id=there, transfer_id=new_id(), files=(file,))
    frozen_class.transcript.ask_as("transfer", command)

    assert ask(frozen_class, record(frozen_class, issued.pupil_id, there), leader).codes == (issued.code,)


def test_what_is_not_issued_or_was_revoked_is_not_printed(frozen_class, issued):
    with pytest.raises(Refused, match="nothing_issued"):
        ask(frozen_class, record(frozen_class, frozen_class.locked.pupils[1]))
    revoke = RevokeTranscript(school_year=YEAR, transcript_id=issued.id, reason="Cấp nhầm.")
    ask(frozen_class, revoke, frozen_class.locked.principal)

    with pytest.raises(Refused, match="nothing_issued"):
        ask(frozen_class, extract(frozen_class, issued))


@pytest.mark.parametrize("silence", [{"recipient": " "}, {"recipient": "x" * 101}, {"reason": ""}])
def test_nothing_is_handed_out_without_saying_to_whom_and_why(frozen_class, issued, silence):
    with pytest.raises(Invalid, match="copy_unsaid"):
        ask(frozen_class, record(frozen_class, issued.pupil_id, **silence))


def test_a_letter_that_cannot_be_printed_is_refused_in_words(frozen_class, issued):
    with pytest.raises(Invalid, match="not_printable"):
        ask(frozen_class, record(frozen_class, issued.pupil_id, recipient="王小明"))


@pytest.mark.parametrize("statement", ["UPDATE copies SET reason = 'khác'", "DELETE FROM copies", "TRUNCATE copies"])
def test_the_database_changes_no_line_of_the_register(frozen_class, issued, statement):
    ask(frozen_class, extract(frozen_class, issued))

    with pytest.raises(Exception, match="only ever added to"):
        frozen_class.transcript.sql(statement)
