"""Issued transcripts as files for other programs: who gets them, and that nothing else is given out as one."""

from base64 import b64decode

import pytest
from lxml import etree

from services.chassis.errors import NotFound, Refused, Unavailable
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.credentials import Credential, MakeCredential
from services.contracts.transcript import IssuedFile, ReceiveTranscripts, RevokeTranscript
from services.contracts.transcript.files import FileForm, ReadTranscriptFile
from services.transcript.canonical import digest, from_canonical
from services.transcript.elmo import NAMESPACE
from tests.integration.locked_class import YEAR


@pytest.fixture
def issued(frozen_class):
    frozen_class.transcript.others.answers[MakeCredential] = Credential(file="ab" * 32)
    return frozen_class.issue()


def ask(a_class, transcript, form, by=None):
    question = ReadTranscriptFile(school_year=YEAR, transcript_id=transcript.id, form=form)
    return a_class.transcript.ask(question, by or a_class.admin)


def test_the_signed_data_are_given_as_they_were_frozen(frozen_class, issued):
    found = ask(frozen_class, issued, FileForm.JSON)

    raw = frozen_class.transcript.objects.get(found.file)
    assert (found.code, found.version) == (issued.code, issued.version)
    assert digest(raw) == found.file
    assert from_canonical(raw).code == issued.code


def test_a_credential_is_asked_of_signing_under_transcripts_own_right(frozen_class, issued):
    found = ask(frozen_class, issued, FileForm.CLR)

    ((asked, token, _),) = frozen_class.transcript.others.of(MakeCredential)
    assert found.file == "ab" * 32
    assert (asked, token) == (
        MakeCredential(school_year=YEAR, transcript_id=issued.id, version=issued.version),
        None,
    )


def test_without_signing_there_is_no_credential_and_the_rest_goes_on(frozen_class, issued):
    frozen_class.transcript.others.answers[MakeCredential] = Unavailable()

    with pytest.raises(Unavailable):
        ask(frozen_class, issued, FileForm.CLR)
    assert ask(frozen_class, issued, FileForm.JSON).code == issued.code


def test_elmo_carries_the_newest_signed_pdf(frozen_class, issued):
    found = ask(frozen_class, issued, FileForm.ELMO)

    elmo = etree.fromstring(frozen_class.transcript.objects.get(found.file))
    content = elmo.findtext(f".//{{{NAMESPACE}}}content")
    assert b64decode(content.partition(",")[2]) == frozen_class.transcript.objects.get(issued.pdf)
    assert elmo.findtext(f".//{{{NAMESPACE}}}identifier[@type='vn-transcript']") == issued.code


def test_asked_again_it_is_the_same_file(frozen_class, issued):
    assert len({ask(frozen_class, issued, FileForm.ELMO).file for _ in range(2)}) == 1


@pytest.mark.parametrize("form", FileForm)
def test_what_is_not_issued_is_refused_with_its_state(frozen_class, form):
    with pytest.raises(Refused) as refused:
        ask(frozen_class, frozen_class.of_pupil(1), form)

    assert (refused.value.code, refused.value.fields) == ("transcript.not_in_force", {"state": "FROZEN"})


@pytest.mark.parametrize("form", FileForm)
def test_what_was_taken_back_is_refused(frozen_class, issued, form):
    command = RevokeTranscript(school_year=YEAR, transcript_id=issued.id, reason="Cấp nhầm.")
    frozen_class.transcript.ask(command, frozen_class.locked.principal)

    with pytest.raises(Refused) as refused:
        ask(frozen_class, issued, form)
    assert refused.value.fields == {"state": "REVOKED"}


def test_a_parked_transcript_has_no_files(ready_class):
    waiting = ready_class.promoting("RETEST", "PROMOTED", "PROMOTED")
    waiting.freeze()

    with pytest.raises(Refused) as refused:
        ask(waiting, waiting.of_pupil(0), FileForm.JSON)
    assert refused.value.fields == {"state": "PARKED"}


@pytest.mark.parametrize("form", FileForm)
def test_only_leaders_of_the_school_get_them(frozen_class, issued, stranger, form):
    for other in (stranger, frozen_class.transcript.grant(Role.STAFF, frozen_class.locked.unit_id)):
        with pytest.raises(NotFound):
            ask(frozen_class, issued, form, other)
    assert frozen_class.transcript.others.of(MakeCredential) == []


def test_the_school_that_received_the_pupil_gets_them_too(frozen_class, issued):
    unit_id = new_id()
    leader = frozen_class.transcript.grant(Role.PRINCIPAL, unit_id)
    names = ("school_year", "version", "code", "xml", "pdf")
    file = IssuedFile(transcript_id=issued.id, **{name: getattr(issued, name) for name in names})
    received = ReceiveTranscripts(pupil_id=issued.pupil_id, unit_id=unit_id, transfer_id=new_id(), files=(file,))
    frozen_class.transcript.ask_as("transfer", received)

    assert ask(frozen_class, issued, FileForm.ELMO, leader).code == issued.code
