"""Paper transcripts that a school scanned: copies are made, signed, checked, revoked; none passes for an original."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import EnrolmentV1, FindLastEnrolment
from services.contracts.gradebook.evidence import EvidenceV1, ReadEvidence
from services.contracts.identity import FindPeople, People, Role
from services.contracts.signing.checking import CheckFiles, FileReport, FileReports
from services.contracts.signing.documents import (
    DocumentsSignedV1,
    ReadSignedDocuments,
    SignedDocument,
    SignedDocuments,
    SlotRole,
)
from services.contracts.transcript import (
    FindPupilTranscripts,
    Origin,
    ReadDocuments,
    ReadTranscript,
    ReceiveTranscripts,
    RevokeTranscript,
    TranscriptIssuedV1,
    TranscriptRevokedV1,
    TranscriptsFrozenV1,
    TranscriptState,
    VerifyCode,
)
from services.contracts.transcript.copies import HandOutRecord
from services.contracts.transcript.digitised import (
    Digitise,
    DigitisedCopyIssuedV1,
    DigitisedCopyRevokedV1,
    FindDigitisedCopies,
    ReadDigitisedCopy,
)
from services.contracts.transcript.files import FileForm, ReadTranscriptFile
from services.contracts.verdicts import Verdict
from tests.integration.locked_class import YEAR
from tests.unit.transcript.copies import leaf, packed

PAPER = packed("PDF", leaf("Trang I"), leaf("Trang II"))


@pytest.fixture
def clerk(ready_class):
    return ready_class.transcript.grant(Role.CLERK, ready_class.locked.unit_id)


@pytest.fixture
def order(ready_class, clerk):
    """A clerk's order for the first pupil's paper of grades 1 to 5, of which gradebook keeps the scan."""
    locked, others = ready_class.locked, ready_class.transcript.others

    def enrolment(asked):
        if asked.pupil_id not in locked.pupils:
            raise NotFound
        names = {"pupil_id": asked.pupil_id, "school_year": YEAR, "unit_id": locked.unit_id, "class_id": None}
        return EnrolmentV1(**names, began_on=date(2020, 9, 1), ended_on=date(2021, 5, 31))

    def evidence(asked):
        kind = {"content_type": "application/pdf", "sent_by": clerk, "sent_at": datetime.now(UTC)}
        return EvidenceV1(unit_id=asked.unit_id, file=asked.file, **kind)

    others.answers |= {FindLastEnrolment: enrolment, ReadEvidence: evidence}
    return Digitise(
        school_year=YEAR,
        unit_id=locked.unit_id,
        pupil_id=locked.pupils[0],
        scan=ready_class.transcript.objects.put(PAPER),
        first_year=2010,
        last_year=2014,
        grades=(1, 2, 3, 4, 5),
        printed_school="Trường Phổ thông cơ sở Sông Mây",
        compared_by=clerk,
        compared_at=datetime.now(UTC) - timedelta(hours=1),
    )


@pytest.fixture(autouse=True)
def clerks_name(ready_class, clerk):
    """Identity knows the clerk too."""
    answers, locked = ready_class.transcript.others.answers, ready_class.locked
    known = [*locked.people.values(), replace(locked.people[locked.homeroom], id=clerk, name="Lương Thị Kim Chi")]
    answers[FindPeople] = lambda asked: People(people=tuple(one for one in known if one.id in asked.person_ids))


@pytest.fixture
def school(ready_class):
    return ready_class


def make(school, order, by):
    return school.transcript.ask(order, by)


def signed(school, copy, count, *, complete=False):
    """Have the news come that the copy has so many signatures."""
    files = [school.transcript.objects.put(f"{kind} {copy.document.id} {count}".encode()) for kind in ("xml", "pdf")]
    document = SignedDocument(
        transcript_id=copy.document.id,
        version=copy.document.version,
        signatures=count,
        complete=complete,
        xml=files[0],
        pdf=files[1],
    )
    school.transcript.others.answers[ReadSignedDocuments] = SignedDocuments(documents=(document,))
    told = {"record_id": copy.document.unit_id, "version": count, "updated_at": datetime.now(UTC), "school_year": YEAR}
    school.transcript.tell(DocumentsSignedV1(**told, change="UPDATE", role=SlotRole.SEAL))


def issue(school, copy):
    signed(school, copy, 2, complete=True)
    return read(school, copy)


def read(school, copy, by=None):
    question = ReadDigitisedCopy(school_year=YEAR, transcript_id=copy.document.id)
    return school.transcript.ask(question, by or school.admin)


def revoke(school, copy):
    command = RevokeTranscript(school_year=YEAR, transcript_id=copy.document.id, reason="Quét thiếu một trang.")
    return school.transcript.ask(command, school.locked.principal)


def verified(school, copy, origin=Origin.DIGITISED_COPY):
    told = {"kind": "pdf", "reasons": (), "code": copy.document.code, "version": copy.document.version}
    report = FileReport(**told, signatures=(), verdict=Verdict.VALID, origin=origin)
    school.transcript.others.answers[CheckFiles] = FileReports(reports=(report, report))
    return school.transcript.ask(VerifyCode(code=copy.document.code))


def test_a_clerk_makes_a_copy_that_waits_for_principal_and_seal_alone(school, order, clerk):
    copy = make(school, order, clerk)

    assert (copy.document.state, copy.document.origin) == (TranscriptState.FROZEN, Origin.DIGITISED_COPY)
    assert (copy.document.version, copy.document.class_id) == (1, school.locked.unit_id)
    asked = ReadDocuments(school_year=YEAR, class_id=school.locked.unit_id)
    (document,) = school.transcript.ask_as("signing", asked).documents
    assert [slot.role for slot in document.slots] == ["CBQL", "KY_PHAT_HANH"]
    assert {slot.reference for slot in document.slots} == {"data"}
    (event,) = school.told(TranscriptsFrozenV1)
    assert event["record_id"] == event["unit_id"]


def test_the_copy_says_what_was_scanned_and_who_compared_it(school, order, clerk):
    copy = make(school, order, clerk)

    (row,) = school.transcript.sql("SELECT canonical FROM transcripts WHERE id = :id", id=copy.document.id)
    data = school.transcript.objects.get(row.canonical).decode()
    assert copy.scan in data
    assert '"pages":2' in data
    assert '"origin":"DIGITISED_COPY"' in data
    assert "Lương Thị Kim Chi" in data
    assert school.transcript.objects.get(copy.scan) == PAPER
    pdf = school.transcript.objects.get(copy.document.pdf)
    assert pdf.startswith(b"%PDF-1.7")


def test_admin_and_clerk_make_copies_and_nobody_else(school, order, stranger):
    other = replace(order, pupil_id=school.locked.pupils[1])
    assert make(school, other, school.admin).document.code

    with pytest.raises(Forbidden):
        make(school, order, school.locked.principal)
    with pytest.raises(NotFound):
        make(school, order, stranger)


def test_clerk_and_leaders_see_the_schools_copies_and_nobody_else(school, order, clerk, stranger):
    copy = make(school, order, clerk)
    listed = FindDigitisedCopies(school_year=YEAR, unit_id=school.locked.unit_id)

    for by in (clerk, school.admin, school.locked.principal):
        assert school.transcript.ask(listed, by).copies == (copy,)
        assert read(school, copy, by) == copy
        document = ReadTranscript(school_year=YEAR, transcript_id=copy.document.id)
        assert school.transcript.ask(document, by) == copy.document
    for question in (listed, ReadDigitisedCopy(school_year=YEAR, transcript_id=copy.document.id)):
        with pytest.raises(NotFound):
            school.transcript.ask(question, stranger)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"<html>", "no PDF, JPEG or PNG"),
        (b"%PDF-1.7\nrubbish", "cannot be read"),
        (b"\xff\xd8\xff\xe0 rubbish", "cannot be read"),
        (packed("JPEG", leaf("I"))[:3000], "cannot be read"),
        (packed("PNG", leaf("I", (8000, 8000))), "too much time or memory"),
        (packed("PDF", *([leaf("I", (60, 80))] * 41)), "more than 40 pages"),
    ],
    ids=["a page of the Web", "no PDF", "no JPEG", "half a JPEG", "a huge picture", "too many pages"],
)
def test_a_file_that_is_no_fit_scan_is_refused_in_one_sentence(school, order, clerk, file, why):
    scan = school.transcript.objects.put(file)

    with pytest.raises(Invalid, match="scan_unfit") as refused:
        make(school, replace(order, scan=scan), clerk)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"last_year": 2009},
        {"last_year": YEAR + 1},
        {"first_year": 1990},
        {"grades": ()},
        {"grades": (5, 4)},
        {"grades": (0,)},
        {"grades": (13,)},
        {"printed_school": "  "},
        {"printed_school": "Trường " * 20},
        {"condition": "rách " * 100},
        {"compared_at": datetime(2090, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_makes_no_sense_of_a_paper_is_refused(school, order, clerk, changes):
    with pytest.raises(Invalid, match="copy_unfit"):
        make(school, replace(order, **changes), clerk)


def test_the_scan_the_pupil_and_the_comparer_must_be_the_schools(school, order, clerk):
    with pytest.raises(Refused, match="not_of_this_school"):
        make(school, replace(order, pupil_id=new_id()), clerk)
    with pytest.raises(Invalid, match="not_compared_here"):
        make(school, replace(order, compared_by=new_id()), clerk)
    school.transcript.others.answers[ReadEvidence] = NotFound()
    with pytest.raises(Invalid, match="scan_not_kept"):
        make(school, order, clerk)


def test_a_paper_has_one_copy_in_force_and_a_new_version_after_that_was_revoked(school, order, clerk):
    first = make(school, order, clerk)
    with pytest.raises(Refused, match="already_digitised"):
        make(school, order, clerk)

    issue(school, first)
    with pytest.raises(Refused, match="already_digitised"):
        make(school, order, clerk)
    revoke(school, first)

    second = make(school, order, clerk)
    assert (second.document.version, second.document.state) == (2, TranscriptState.FROZEN)
    assert second.document.code != first.document.code
    assert verified(school, first).verdict is Verdict.REVOKED


@pytest.mark.parametrize("signatures", [0, 1])
def test_a_copy_that_is_wrong_is_taken_back_before_anybody_has_to_sign_it(school, order, clerk, signatures):
    copy = make(school, order, clerk)
    if signatures:
        signed(school, copy, signatures)
    revoked = revoke(school, copy)
    signed(school, copy, 2, complete=True)

    assert revoked.state is read(school, copy).document.state is TranscriptState.REVOKED
    asked = ReadDocuments(school_year=YEAR, class_id=school.locked.unit_id)
    assert school.transcript.ask_as("signing", asked).documents == ()
    first, second = school.told(TranscriptsFrozenV1)
    assert first["version"] < second["version"]
    assert school.told(DigitisedCopyRevokedV1) == school.told(DigitisedCopyIssuedV1) == []
    assert make(school, order, clerk).document.version == 2


def test_another_paper_of_the_same_pupil_has_a_copy_of_its_own(school, order, clerk):
    make(school, order, clerk)

    other = make(school, replace(order, first_year=2015, last_year=2018, grades=(6, 7, 8, 9)), clerk)

    assert other.document.version == 1


def test_a_copy_is_issued_and_revoked_under_names_that_nobody_takes_for_an_originals(school, order, clerk):
    copy = make(school, order, clerk)
    assert issue(school, copy).document.state is TranscriptState.ISSUED
    revoke(school, copy)

    assert [one["record_id"] for one in school.told(DigitisedCopyIssuedV1)] == [str(copy.document.id)]
    assert [one["record_id"] for one in school.told(DigitisedCopyRevokedV1)] == [str(copy.document.id)]
    assert school.told(TranscriptIssuedV1) == school.told(TranscriptRevokedV1) == []


def test_a_stranger_is_told_that_it_is_a_copy_of_which_paper(school, order, clerk):
    copy = issue(school, make(school, order, clerk))

    answer = verified(school, copy)

    assert (answer.verdict, answer.origin) == (Verdict.VALID, Origin.DIGITISED_COPY)
    assert answer.reasons[0].code == "issued_copy"
    assert "không phải bản gốc" in answer.reasons[0].vi
    assert (answer.school_year, answer.last_year, answer.printed_school) == (2010, 2014, order.printed_school)
    assert answer.scan == order.scan


def test_files_of_an_original_are_no_proof_of_a_copy(school, order, clerk):
    copy = issue(school, make(school, order, clerk))

    answer = verified(school, copy, Origin.BORN_DIGITAL)

    assert (answer.verdict, answer.reasons[0].code) == (Verdict.BROKEN, "not_this_document")


def test_a_pupils_year_is_frozen_beside_the_copy_and_neither_counts_for_the_other(school, order, clerk):
    make(school, order, clerk)
    found = school.freeze()

    assert len(found.transcripts) == found.expected == len(school.locked.pupils)
    assert {one.origin for one in found.transcripts} == {Origin.BORN_DIGITAL}
    assert school.of_pupil(0).version == 1


def test_a_copy_is_given_to_other_programs_as_data_alone_never_as_a_years_results(school, order, clerk):
    copy = issue(school, make(school, order, clerk))
    place = {"school_year": YEAR, "transcript_id": copy.document.id}

    given = school.transcript.ask(ReadTranscriptFile(**place, form=FileForm.JSON), school.admin)

    assert b'"origin":"DIGITISED_COPY"' in school.transcript.objects.get(given.file)
    for form in (FileForm.CLR, FileForm.ELMO):
        with pytest.raises(Refused, match="no_results"):
            school.transcript.ask(ReadTranscriptFile(**place, form=form), school.admin)


def test_transfer_carries_a_copy_with_its_origin_and_printouts_leave_it_out(school, order, clerk):
    copy = issue(school, make(school, order, clerk))
    there = new_id()
    admin = school.transcript.grant(Role.ADMIN, there)
    place = {"pupil_id": order.pupil_id, "unit_id": school.locked.unit_id}

    (file,) = school.transcript.ask_as("transfer", FindPupilTranscripts(**place)).files
    move = ReceiveTranscripts(pupil_id=order.pupil_id, unit_id=there, transfer_id=new_id(), files=(file,))
    school.transcript.ask_as("transfer", move)

    kept = school.transcript.ask_as("transfer", FindPupilTranscripts(pupil_id=order.pupil_id, unit_id=there)).files
    assert kept == (file,)
    assert file.origin is Origin.DIGITISED_COPY
    assert read(school, copy, admin) == copy
    with pytest.raises(Refused, match="nothing_issued"):
        school.transcript.ask(HandOutRecord(**place, recipient="Mẹ", reason="Hồ sơ"), school.admin)


@pytest.mark.parametrize(
    "change",
    [
        "origin = 'BORN_DIGITAL'",
        "scan = repeat('0', 64)",
        "last_year = 2015",
        "canonical = repeat('0', 64)",
        "state = 'PARKED'",
        "class_id = id",
    ],
)
def test_the_database_itself_keeps_a_copy_what_it_is(school, order, clerk, change):
    copy = make(school, order, clerk)

    with pytest.raises(DBAPIError):
        school.transcript.sql(f"UPDATE transcripts SET {change} WHERE id = :id", id=copy.document.id)  # noqa: S608 - fixed text


def test_the_database_itself_knows_no_original_with_a_scan_and_no_second_copy(school, order, clerk):
    copy = make(school, order, clerk)
    columns = "school_year, class_id, unit_id, pupil_id, version, state, canonical"
    again = "INSERT INTO transcripts ({0}, id) SELECT {0}, gen_random_uuid() FROM transcripts WHERE id = :id"

    for names in ("scan", "origin, scan", "origin, first_year, last_year, printed_school, scan, scan_type"):
        with pytest.raises(DBAPIError):
            school.transcript.sql(again.format(f"{columns}, {names}"), id=copy.document.id)
