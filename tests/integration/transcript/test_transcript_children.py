"""What guardians see of their own child's transcripts and papers, and that nobody else sees it this way."""

import pytest

from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.contracts.identity import FindGuardians, GuardianContact, GuardianContacts
from services.contracts.transcript import IssuedFile, ReceiveTranscripts, RecordViewedV1, RevokeTranscript
from services.contracts.transcript.children import FindChildCopies, FindChildTranscripts, ReadChildTranscript
from services.contracts.transcript.copies import CopyKind, HandOutClass, HandOutExtract
from tests.integration.locked_class import YEAR

SAID = {"recipient": "Trường THPT Mẫu", "reason": "Nộp hồ sơ dự tuyển."}


@pytest.fixture
def issued(frozen_class):
    return frozen_class.issue()


@pytest.fixture
def mother(frozen_class):
    """The guardian of the class's first pupil alone."""
    contact = GuardianContact(
        pupil_id=frozen_class.locked.pupils[0], guardian_id=new_id(), name="Ví Dụ", email="me@example.vn"
    )

    def answer(asked):
        return GuardianContacts(contacts=(contact,) if contact.pupil_id in asked.pupil_ids else ())

    frozen_class.transcript.others.answers[FindGuardians] = answer
    return contact.guardian_id


def ask(a_class, question, person):
    return a_class.transcript.ask(question, person)


def test_a_guardian_sees_every_paper_that_was_handed_out_of_the_child(frozen_class, issued, mother):
    other = frozen_class.issue(1)
    extract = HandOutExtract(unit_id=frozen_class.locked.unit_id, pupil_id=issued.pupil_id, school_year=YEAR, **SAID)
    first = ask(frozen_class, extract, frozen_class.admin)
    second = ask(
        frozen_class, HandOutClass(school_year=YEAR, class_id=frozen_class.locked.class_id, **SAID), frozen_class.admin
    )

    found = ask(frozen_class, FindChildCopies(pupil_id=issued.pupil_id), mother).copies

    assert [(one.id, one.kind) for one in found] == [(second.id, CopyKind.CLASS), (first.id, CopyKind.EXTRACT)]
    assert {(one.recipient, one.reason) for one in found} == {(SAID["recipient"], SAID["reason"])}
    assert {one.codes for one in found} == {(issued.code,)}  # and nothing of the others on the class's paper
    assert other.code in second.codes


def test_a_paper_of_another_school_is_seen_too(frozen_class, issued, mother):
    there = new_id()
    file = IssuedFile(
        transcript_id=issued.id, school_year=YEAR, version=1, code=issued.code, xml=issued.xml, pdf=issued.pdf
    )
    received = ReceiveTranscripts(pupil_id=issued.pupil_id, unit_id=there, transfer_id=new_id(), files=(file,))
    frozen_class.transcript.ask_as("transfer", received)
    leader = frozen_class.transcript.grant("principal", there)
    copy = ask(frozen_class, HandOutExtract(unit_id=there, pupil_id=issued.pupil_id, school_year=YEAR, **SAID), leader)

    (found,) = ask(frozen_class, FindChildCopies(pupil_id=issued.pupil_id), mother).copies

    assert (found.id, found.unit_id) == (copy.id, there)


def test_a_guardian_sees_issued_transcripts_and_which_are_revoked(frozen_class, issued, mother):
    question = FindChildTranscripts(pupil_id=issued.pupil_id)

    (before,) = ask(frozen_class, question, mother).transcripts
    revoke = RevokeTranscript(school_year=YEAR, transcript_id=issued.id, reason="Cấp nhầm.")
    ask(frozen_class, revoke, frozen_class.locked.principal)
    (after,) = ask(frozen_class, question, mother).transcripts

    assert (before.id, before.code, before.state) == (issued.id, issued.code, "ISSUED")
    assert before.school_name == frozen_class.locked.unit.name
    assert after.state == "REVOKED"


def test_what_is_not_issued_is_not_seen(frozen_class, mother):
    frozen = frozen_class.of_pupil(0)

    assert ask(frozen_class, FindChildTranscripts(pupil_id=frozen.pupil_id), mother).transcripts == ()
    with pytest.raises(NotFound):
        ask(frozen_class, ReadChildTranscript(pupil_id=frozen.pupil_id, transcript_id=frozen.id), mother)


def test_reading_a_file_is_told_to_the_access_log(frozen_class, issued, mother):
    found = ask(frozen_class, ReadChildTranscript(pupil_id=issued.pupil_id, transcript_id=issued.id), mother)

    assert (found.pdf, found.xml) == (issued.pdf, issued.xml)
    (view,) = frozen_class.told(RecordViewedV1)
    assert (view["person_id"], view["pupil_ids"], view["what"]) == (str(mother), [str(issued.pupil_id)], "TRANSCRIPT")
    assert view["grant_id"] is None


def test_nobody_but_a_guardian_of_this_very_child_sees_it_so(frozen_class, issued, mother):
    other = frozen_class.issue(1)
    for pupil_id, transcript_id, person in (
        (issued.pupil_id, issued.id, frozen_class.admin),
        (issued.pupil_id, issued.id, new_id()),
        (other.pupil_id, other.id, mother),
    ):
        for question in (
            FindChildCopies(pupil_id=pupil_id),
            FindChildTranscripts(pupil_id=pupil_id),
            ReadChildTranscript(pupil_id=pupil_id, transcript_id=transcript_id),
        ):
            with pytest.raises(NotFound):
                ask(frozen_class, question, person)


def test_another_childs_transcript_is_not_found_under_the_own_one(frozen_class, issued, mother):
    other = frozen_class.issue(1)

    with pytest.raises(NotFound):
        ask(frozen_class, ReadChildTranscript(pupil_id=issued.pupil_id, transcript_id=other.id), mother)
