"""A subject's teacher signs the class sheet with the documents: once, by its holder, on what its owner confirms."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.agent.signing import describe
from services.chassis.codec import encode
from services.chassis.errors import Forbidden, NotFound, Refused, Unavailable
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.agents import AgentSignature, CreateAgent, FindAgentWork, GiveSignatures, ProveAgent
from services.contracts.signing.boards import FindWaiting, ReadSigningProgress
from services.contracts.signing.class_sheets import (
    FindClassSheets,
    FindRowSheets,
    ReadClassSheet,
    ReadSheetFiles,
    SealedDocument,
)
from services.contracts.signing.revocation import ReadRevocationReach, RevocationReason, RevokeCertificate
from services.contracts.signing.sessions import SessionState
from services.contracts.transcript import ReadDocuments
from services.signing import algorithms, class_sheets
from services.signing.validation import Verdict
from services.signing.validation.class_rows import rows_of
from services.signing.validation.class_sheet import covers, statement_of
from tests.integration.locked_class import MATHS, SPORT, YEAR
from tests.integration.signing.class_to_sign import (
    HOMEROOM,
    PRINCIPAL,
    SEAL,
    SUBJECTS,
    announced,
    batch_of,
    in_primary_at,
    open_session,
    outcome,
    read,
    slots,
    store,
    unannounced,
)
from tests.integration.signing.outside_authority import new_key
from tests.unit.signing.verdicts import validate_class_sheet


@pytest.fixture
def with_sheets(school):
    """A class of three whose documents and two class sheets wait."""
    documents = tuple(replace(document, transcript_id=new_id()) for document in school.frozen)
    return announced(school, documents)


@pytest.fixture
def in_primary(school):
    return in_primary_at(school)


@pytest.fixture
def sport(school):
    return school.locked.sport_teacher


def sheets(a_class, person=None):
    """By subject, as the school sees them."""
    question = FindClassSheets(school_year=YEAR, class_id=a_class.class_id)
    person = person or a_class.signing.grant(Role.STAFF, a_class.school.locked.unit_id)
    return {sheet.subject: sheet for sheet in a_class.signing.ask(question, person).sheets}


def verdict(a_class, sheet, authority):
    return validate_class_sheet(a_class.signing.objects.get(sheet.file), trust=[authority.root], at=datetime.now(UTC))


def signed_subjects(a_class):
    return {sheet.subject for sheet in sheets(a_class).values() if sheet.file}


def test_with_one_pin_a_teacher_signs_three_documents_and_the_class_sheet(school, with_sheets, authority):
    opened = with_sheets.open(SUBJECTS)
    with_sheets.signing.work()
    session = read(with_sheets, opened, school.locked.maths_teacher)

    assert (opened.expected, *outcome(session)) == (4, SessionState.ENDED, 4, 0)
    assert [item.slot for item in session.items].count(f"CLASS_SHEET-{MATHS}") == 1
    assert signed_subjects(with_sheets) == {MATHS}
    report = verdict(with_sheets, sheets(with_sheets)[MATHS], authority)
    assert report.verdict is Verdict.VALID
    assert [one.holder for one in report.signatures] == [str(school.locked.maths_teacher)]


def test_a_teacher_who_comes_while_the_class_is_being_registered_does_not_get_a_part_of_it(school, monkeypatch):
    a_class = announced_while(school, monkeypatch)

    with pytest.raises(Refused, match="nothing_to_sign"):
        a_class.open(SUBJECTS)
    opened = a_class.open(SUBJECTS)
    a_class.signing.work()

    session = read(a_class, opened, school.locked.maths_teacher)
    assert (opened.expected, *outcome(session)) == (4, SessionState.ENDED, 4, 0)


def announced_while(school, monkeypatch):
    """A class with class sheets that is registered after the next session has looked for its documents."""
    made = unannounced(school, [replace(document, transcript_id=new_id()) for document in school.frozen])
    look = class_sheets.waiting_for

    def announce_first(*arguments):
        monkeypatch.undo()
        made.announce()
        return look(*arguments)

    monkeypatch.setattr(class_sheets, "waiting_for", announce_first)
    return made


def test_a_signed_sheet_covers_the_teachers_row_of_every_pupil_of_the_class(with_sheets, authority):
    with_sheets.sign(SUBJECTS)
    statement = statement_of(verdict(with_sheets, sheets(with_sheets)[MATHS], authority))

    for document in with_sheets.documents:
        rows = rows_of(with_sheets.signing.objects.get(document.canonical))
        assert [row.subject["code"] for row in rows if covers(statement, row)] == [MATHS]


def test_documents_with_their_rows_places_are_sealed_and_valid(with_sheets):
    with_sheets.sign_until(SUBJECTS, HOMEROOM, PRINCIPAL, SEAL)

    reports = with_sheets.reports(xml=True) + with_sheets.reports(xml=False)
    assert {(report.verdict, report.reasons) for report in reports} == {("VALID", ())}


def test_in_primary_the_class_sheet_is_all_that_a_subjects_teacher_signs(school, in_primary, authority):
    session = in_primary.sign(SUBJECTS)

    assert outcome(session) == (SessionState.ENDED, 1, 0)
    assert slots(in_primary) == []
    assert verdict(in_primary, sheets(in_primary)[MATHS], authority).verdict is Verdict.VALID


def test_an_unsigned_sheet_holds_nobody_up_and_is_signed_after_the_seal(in_primary):
    in_primary.sign_until(HOMEROOM, PRINCIPAL, SEAL)
    complete = [document.complete for document in in_primary.signed()]

    session = in_primary.sign(SUBJECTS)

    assert complete == [True] * 3
    assert outcome(session) == (SessionState.ENDED, 1, 0)


def test_the_teacher_of_another_subject_signs_the_own_sheet_alone(with_sheets, sport):
    with_sheets.sign(SUBJECTS, sport)

    assert signed_subjects(with_sheets) == {SPORT}
    assert set(slots(with_sheets)) == {f"GVBM-{SPORT}"}


@pytest.mark.parametrize("role", [HOMEROOM, PRINCIPAL, SEAL])
def test_nobody_signs_a_sheet_in_another_role(with_sheets, sport, role):
    with_sheets.sign_until(*(one for one in (SUBJECTS, HOMEROOM, PRINCIPAL) if one is not role))
    before = signed_subjects(with_sheets)

    with_sheets.sign(role)

    assert signed_subjects(with_sheets) == before


def test_no_sheet_waits_for_somebody_who_teaches_nothing_there(school, in_primary):
    with pytest.raises(Refused, match="nothing_to_sign"):
        in_primary.open(SUBJECTS, school.locked.homeroom)


def test_a_signed_sheet_is_not_signed_again(with_sheets):
    with_sheets.sign(SUBJECTS)
    before = sheets(with_sheets)

    with pytest.raises(Refused, match="nothing_to_sign"):
        with_sheets.open(SUBJECTS)
    assert sheets(with_sheets) == before


def test_of_two_sessions_opened_at_one_moment_one_signs_the_sheet(school, in_primary):
    opened = [in_primary.open(SUBJECTS) for _ in range(2)]
    batches = [batch_of(in_primary, one) for one in opened]
    for session, batch in zip(opened, batches, strict=True):
        store(in_primary, session, batch)
    before = sheets(in_primary)[MATHS]

    in_primary.signing.work()

    first, second = (read(in_primary, one, school.locked.maths_teacher) for one in opened)
    assert (first.signed, second.signed) == (1, 0)
    assert {item.reason for item in second.items} == {"already_signed"}
    assert sheets(in_primary)[MATHS] == before


def test_a_batch_that_died_before_it_was_stored_signs_the_sheet_once(school, with_sheets):
    opened = with_sheets.open(SUBJECTS)
    batch_of(with_sheets, opened)  # and the process dies here

    school.signing.work()

    assert outcome(read(with_sheets, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 4, 0)


def test_one_session_signs_the_sheets_of_two_classes(school, with_sheets, in_primary):
    opened = open_session(school, [with_sheets, in_primary], SUBJECTS)
    school.signing.work()

    assert opened.expected == 5
    assert outcome(read(with_sheets, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 5, 0)
    assert signed_subjects(with_sheets) == signed_subjects(in_primary) == {MATHS}


@pytest.mark.parametrize(
    "changed", [{"statement": "0" * 64}, {"holder": new_id()}, {"sheet_id": new_id()}], ids=lambda one: next(iter(one))
)
def test_a_sheet_that_its_owner_knows_otherwise_is_refused_and_the_documents_are_signed(school, with_sheets, changed):
    known = school.sheets[with_sheets.class_id]
    with_sheets.confirm_sheets(*(replace(sheet, **changed) for sheet in known))

    session = with_sheets.sign(SUBJECTS)

    assert outcome(session) == (SessionState.ENDED, 3, 1)
    assert {(item.slot, item.reason) for item in session.items if not item.signed} == {
        (f"CLASS_SHEET-{MATHS}", "not_signable")
    }
    with_sheets.confirm_sheets(*known)
    assert with_sheets.sign(SUBJECTS).signed == 1


def test_while_its_owner_is_away_nothing_is_signed_and_then_all_is(school, with_sheets):
    answer = school.signing.others.answers[ReadDocuments]
    opened = with_sheets.open(SUBJECTS)
    school.signing.others.answers[ReadDocuments] = Unavailable()
    school.signing.work()
    school.signing.others.answers[ReadDocuments] = answer
    assert signed_subjects(with_sheets) == set()

    school.signing.work()

    assert outcome(read(with_sheets, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 4, 0)


def test_what_waits_counts_the_sheets(with_sheets, in_primary, school):
    found = with_sheets.signing.ask(FindWaiting(school_year=YEAR), school.locked.maths_teacher).classes
    mine = {one.class_id: (one.role, one.waiting, one.ready) for one in found}
    in_primary.sign(SUBJECTS)
    after = with_sheets.signing.ask(FindWaiting(school_year=YEAR), school.locked.maths_teacher).classes

    assert mine[with_sheets.class_id] == (SUBJECTS, 4, 4)
    assert mine[in_primary.class_id] == (SUBJECTS, 1, 1)
    assert in_primary.class_id not in {one.class_id for one in after}


def test_sheets_are_registered_once_however_often_they_are_announced(with_sheets):
    before = sheets(with_sheets)
    with_sheets.announce()

    assert sheets(with_sheets) == before
    assert len(before) == 2


def test_a_signed_sheet_goes_into_the_public_log(with_sheets):
    with_sheets.sign(SUBJECTS)
    name = sheets(with_sheets)[MATHS].file

    queued = with_sheets.signing.sql("SELECT kind, digest FROM log_queue WHERE reference = :name", name=name)
    assert {(one.kind, bytes(one.digest).hex()) for one in queued} == {("file", name)}


def test_the_file_says_all_that_is_needed_to_check_it(with_sheets):
    with_sheets.sign(SUBJECTS)
    sheet = sheets(with_sheets)[MATHS]

    told = json.loads(with_sheets.signing.objects.get(sheet.file))
    assert set(told) == {"signature", "statement"}
    assert (told["statement"]["root"], told["statement"]["size"]) == (sheet.root, 3)
    assert told["statement"]["teacher"]["name"] == sheet.name


def test_sheets_are_seen_by_the_people_of_the_school_alone(with_sheets, school):
    sheet = sheets(with_sheets, school.signing.grant(Role.DEPUTY, school.locked.unit_id))
    one = ReadClassSheet(school_year=YEAR, sheet_id=sheet[MATHS].sheet_id)
    teacher = school.signing.grant(Role.STAFF, school.locked.unit_id)
    stranger = school.signing.grant(Role.PRINCIPAL, new_id())

    assert school.signing.ask(one, teacher) == sheet[MATHS]
    for question in (one, FindClassSheets(school_year=YEAR, class_id=with_sheets.class_id)):
        with pytest.raises(NotFound):
            school.signing.ask(question, stranger)
    with pytest.raises(NotFound):
        school.signing.ask(ReadClassSheet(school_year=YEAR, sheet_id=new_id()), teacher)


def test_the_database_takes_no_second_signature_of_a_sheet(with_sheets):
    with_sheets.sign(SUBJECTS)
    again = "INSERT INTO class_sheet_signatures SELECT * FROM class_sheet_signatures WHERE sheet_id = :id"

    with pytest.raises(Exception, match="class_sheet_signatures_pkey"):
        with_sheets.signing.sql(again, id=sheets(with_sheets)[MATHS].sheet_id)


def test_a_teachers_token_at_the_school_signs_the_sheet_with_the_documents(school, with_sheets, outside):
    teacher, key = school.locked.maths_teacher, new_key("P-256")
    certificate = outside.issue("Phạm Quốc Vượng", key.public_key())
    school.forget_key(teacher)
    made = school.signing.ask(CreateAgent(certificates=outside.pem(certificate)), teacher)
    challenge = algorithms.sign(key, bytes.fromhex(made.challenge))
    school.signing.ask(ProveAgent(token=made.token, value=challenge.hex()))
    opened = with_sheets.open(SUBJECTS)
    school.signing.work()

    (job,) = school.signing.ask(FindAgentWork(token=made.token)).jobs
    given = [(item.digest, algorithms.sign(key, bytes.fromhex(item.digest)).hex()) for item in job.items]
    values = tuple(AgentSignature(digest=digest, value=value) for digest, value in given)
    school.signing.ask(GiveSignatures(token=made.token, session_id=opened.id, signatures=values))
    school.signing.work()
    school.forget_key(teacher)
    school.create_key(teacher)

    assert sorted(item.part for item in job.items) == ["SHEET", "XML", "XML", "XML"]
    assert "3 học bạ, 1 bảng ký lớp, 4 chữ ký." in describe(encode(job))[0]
    assert outcome(read(with_sheets, opened, teacher)) == (SessionState.ENDED, 4, 0)
    report = validate_class_sheet(
        with_sheets.signing.objects.get(sheets(with_sheets)[MATHS].file),
        trust=[outside.root],
        at=datetime.now(UTC),
        holders={certificate.public_bytes(Encoding.DER): str(teacher)},
    )
    assert report.verdict is Verdict.VALID


def test_transcript_alone_is_given_the_files_of_the_signed_sheets(with_sheets):
    question = ReadSheetFiles(school_year=YEAR, class_id=with_sheets.class_id)
    with_sheets.sign(SUBJECTS)

    assert with_sheets.signing.ask_as("transcript", question).files == (sheets(with_sheets)[MATHS].file,)
    with pytest.raises(Forbidden):
        with_sheets.signing.ask(question, with_sheets.school.locked.principal)


def test_with_a_pupil_go_the_signed_sheets_that_the_rows_stand_on(in_primary):
    in_primary.sign_until(HOMEROOM, PRINCIPAL, SEAL)
    one, *_ = in_primary.documents
    key = SealedDocument(school_year=YEAR, transcript_id=one.transcript_id, version=one.version)
    unknown = replace(key, transcript_id=new_id())
    question = FindRowSheets(documents=(key, unknown, key))
    before = in_primary.signing.ask_as("transfer", question).files
    in_primary.sign(SUBJECTS)

    assert before == ()
    assert in_primary.signing.ask_as("transfer", question).files == (sheets(in_primary)[MATHS].file,)
    with pytest.raises(Forbidden):
        in_primary.signing.ask(question, in_primary.school.locked.principal)


def test_a_revocation_touches_the_sheets_that_the_certificate_signed(school, in_primary, sport):
    (key,) = school.signing.sql("SELECT serial FROM keys WHERE holder = :id AND retired_at IS NULL", id=sport)
    in_primary.sign(SUBJECTS, sport)
    (sheet,) = (one for one in sheets(in_primary).values() if one.file)

    command = RevokeCertificate(
        serial=key.serial, reason=RevocationReason.KEY_COMPROMISE, compromised_at=sheet.signed_at
    )
    revocation = school.signing.ask(command, sport)
    school.create_key(sport)

    reach = school.signing.ask(ReadRevocationReach(revocation_id=revocation.id), sport)
    assert [(slot.transcript_id, slot.slot) for slot in reach.slots] == [(sheet.sheet_id, f"CLASS_SHEET-{SPORT}")]


def test_progress_counts_the_schools_sheets_and_those_signed(school, with_sheets):
    def counted():
        (found,) = school.signing.ask(
            ReadSigningProgress(school_year=YEAR, unit_id=school.locked.unit_id), leader
        ).schools
        return found.class_sheets, found.class_sheets_signed

    leader = school.signing.grant(Role.DEPUTY, school.locked.unit_id)
    before = counted()
    with_sheets.sign(SUBJECTS)

    assert counted() == (before[0], before[1] + 1)
    assert before[0] > before[1]
