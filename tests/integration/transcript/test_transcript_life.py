"""After freezing: signed, issued once, revoked by the principal, and what a stranger with the code is told."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden, NotFound, Problem, Refused, Unavailable
from services.chassis.ids import new_id
from services.contracts.identity import Role
from services.contracts.signing.checking import CheckFiles, FileReport, FileReports
from services.contracts.signing.documents import SignedDocument
from services.contracts.transcript import (
    FindPupilTranscripts,
    IssuedFile,
    ReadDocuments,
    ReadTranscript,
    ReceiveTranscripts,
    RevokeTranscript,
    TranscriptIssuedV1,
    TranscriptRevokedV1,
    TranscriptState,
)
from services.contracts.transcript.issued import FindIssuedPupils
from services.contracts.verdicts import Verdict
from tests.integration.locked_class import YEAR


@pytest.fixture
def issued(frozen_class):
    """The first pupil's transcript, issued; signing finds its files valid."""
    transcript = frozen_class.issue()
    judge(frozen_class, Verdict.VALID)
    return transcript


def judge(a_class, verdict, **changed):
    """Have signing say this of every file."""

    def reports(request):
        of = a_class.of_pupil(0)
        told = {"kind": "pdf", "reasons": (), "code": of.code, "version": of.version, "signatures": ()} | changed
        return FileReports(reports=tuple(FileReport(**told, verdict=verdict) for _ in request.files))

    a_class.transcript.others.answers[CheckFiles] = reports


def revoke(a_class, transcript, by=None):
    command = RevokeTranscript(school_year=YEAR, transcript_id=transcript.id, reason="Cấp nhầm.")
    return a_class.transcript.ask(command, by or a_class.locked.principal)


def test_signatures_move_a_transcript_on_and_its_newest_files_are_shown(frozen_class):
    document = frozen_class.sign(0, 2)

    found = frozen_class.of_pupil(0)
    assert (found.state, found.signatures) == (TranscriptState.SIGNING, 2)
    assert (found.xml, found.pdf) == (document.xml, document.pdf)


def test_a_sealed_transcript_is_issued_and_announced_once(frozen_class):
    document = frozen_class.sign(0, 5, complete=True)
    frozen_class.hear_of(document)

    (event,) = frozen_class.told(TranscriptIssuedV1)
    issued = frozen_class.of_pupil(0)
    assert issued.state is TranscriptState.ISSUED
    assert (event["record_id"], event["pupil_id"]) == (str(issued.id), str(issued.pupil_id))


def test_old_news_of_signatures_changes_nothing(frozen_class):
    frozen_class.sign(0, 4)
    newest = frozen_class.of_pupil(0)
    frozen_class.sign(0, 3)
    frozen_class.hear_of(
        replace(frozen_class.sign(1, 1), transcript_id=newest.id, version=newest.version + 1, signatures=5)
    )

    assert frozen_class.of_pupil(0) == newest


def test_news_after_the_issue_changes_nothing(frozen_class, issued):
    frozen_class.sign(0, 9, complete=True)

    assert frozen_class.of_pupil(0) == issued
    assert len(frozen_class.told(TranscriptIssuedV1)) == 1


def with_evidence(frozen_class, issued, revision):
    """The news that the issued document's files hold more evidence."""
    files = [frozen_class.transcript.objects.put(f"{kind} {revision}".encode()) for kind in ("xml", "pdf")]
    return SignedDocument(
        transcript_id=issued.id,
        version=issued.version,
        signatures=issued.signatures,
        complete=True,
        xml=files[0],
        pdf=files[1],
        revision=revision,
    )


def test_an_issued_transcript_takes_over_files_with_more_evidence_and_never_older_ones(frozen_class, issued):
    older, newer = (with_evidence(frozen_class, issued, revision) for revision in (1, 2))

    for news in (newer, older, newer):
        frozen_class.hear_of(news)

    found = frozen_class.of_pupil(0)
    assert (found.state, found.xml, found.pdf) == (TranscriptState.ISSUED, newer.xml, newer.pdf)
    assert found.signatures == issued.signatures
    assert len(frozen_class.told(TranscriptIssuedV1)) == 1


def test_a_revoked_transcript_keeps_its_files_whatever_evidence_comes(frozen_class, issued):
    revoked = revoke(frozen_class, issued)

    frozen_class.hear_of(with_evidence(frozen_class, issued, 1))

    assert frozen_class.of_pupil(0) == revoked


def test_issued_transcripts_are_no_longer_given_to_be_signed_or_frozen(frozen_class, issued):
    frozen_class.freeze()

    question = ReadDocuments(school_year=YEAR, class_id=frozen_class.locked.class_id)
    waiting = {document.transcript_id for document in frozen_class.transcript.ask_as("signing", question).documents}
    assert waiting == {frozen_class.of_pupil(place).id for place in (1, 2)}
    assert frozen_class.of_pupil(0) == issued


def test_the_principal_takes_an_issued_transcript_back_and_every_byte_stays(frozen_class, issued):
    revoked = revoke(frozen_class, issued)

    (event,) = frozen_class.told(TranscriptRevokedV1)
    assert revoked == replace(issued, state=TranscriptState.REVOKED, reason="Cấp nhầm.")
    assert (event["record_id"], event["change"]) == (str(issued.id), "CANCEL")


def test_what_is_not_issued_or_revoked_already_cannot_be_revoked(frozen_class, issued):
    revoke(frozen_class, issued)

    for transcript in (issued, frozen_class.of_pupil(1)):
        with pytest.raises(Refused, match="not_issued"):
            revoke(frozen_class, transcript)


def test_nobody_but_the_schools_principal_revokes(frozen_class, issued, stranger):
    with pytest.raises(Forbidden):
        revoke(frozen_class, issued, by=frozen_class.admin)
    with pytest.raises(NotFound):
        revoke(frozen_class, issued, by=stranger)
    with pytest.raises(NotFound):
        revoke(frozen_class, replace(issued, id=new_id()))


def test_an_issued_transcript_is_genuine_and_names_nobody(frozen_class, issued):
    told = frozen_class.verify(issued.code)

    assert (told.verdict, told.reasons[0].code) == (Verdict.VALID, "issued")
    assert (told.pupil_initials, told.school_year, told.version) == ("T. N. P. U.", YEAR, 1)
    assert (told.pdf, told.xml) == (issued.pdf, issued.xml)
    assert "Uyên" not in str(told)


def test_a_code_is_known_however_it_is_typed(frozen_class, issued):
    typed = issued.code.lower().replace("0", "o").replace("1", "l")

    assert frozen_class.verify(f" {typed[:8]}-{typed[8:]} ").verdict is Verdict.VALID


@pytest.mark.parametrize("code", ["", "ABC", "6J3NVJEHXXTEHWFA34X6XR37XH", "' OR 1=1 --"])
def test_of_an_unknown_code_nothing_is_established(frozen_class, code):
    told = frozen_class.verify(code)

    assert (told.verdict, told.reasons[0].code) == (Verdict.UNDECIDED, "unknown_code")
    assert told.school is None


def test_of_a_transcript_not_yet_issued_nothing_is_told_but_that(frozen_class):
    told = frozen_class.verify(frozen_class.of_pupil(1).code)

    assert (told.verdict, told.reasons[0].code) == (Verdict.UNDECIDED, "not_issued")
    assert (told.school, told.pupil_initials, told.pdf) == (None, None, None)


def test_a_revoked_transcript_is_said_to_be_revoked_whatever_its_signatures(frozen_class, issued):
    revoke(frozen_class, issued)
    for verdict in Verdict:
        judge(frozen_class, verdict)
        assert frozen_class.verify(issued.code).verdict is Verdict.REVOKED


@pytest.mark.parametrize(
    ("verdict", "changed", "answer"),
    [
        (Verdict.BROKEN, {}, (Verdict.BROKEN, "signatures_broken")),
        (Verdict.UNDECIDED, {}, (Verdict.UNDECIDED, "not_established")),
        (Verdict.VALID, {"code": "0" * 26}, (Verdict.BROKEN, "not_this_document")),
        (Verdict.VALID, {"version": 2}, (Verdict.BROKEN, "not_this_document")),
    ],
)
def test_valid_is_said_only_of_this_very_document_with_good_signatures(frozen_class, issued, verdict, changed, answer):
    judge(frozen_class, verdict, **changed)

    told = frozen_class.verify(issued.code)

    assert (told.verdict, told.reasons[0].code) == answer


@pytest.mark.parametrize("failure", [Unavailable(), NotFound(), Problem()], ids=["away", "file lost", "file damaged"])
def test_while_the_files_cannot_be_checked_nothing_is_established(frozen_class, issued, failure):
    frozen_class.transcript.others.answers[CheckFiles] = failure

    told = frozen_class.verify(issued.code)

    assert (told.verdict, told.reasons[0].code) == (Verdict.UNDECIDED, "check_unavailable")


def received(a_class, issued, unit_id):
    file = IssuedFile(
        transcript_id=issued.id, school_year=YEAR, version=1, code=issued.code, xml=issued.xml, pdf=issued.pdf
    )
    command = ReceiveTranscripts(pupil_id=issued.pupil_id, unit_id=unit_id, transfer_id=new_id(), files=(file,))
    return file, command


def test_a_school_that_received_a_transcript_keeps_it_for_its_leaders(frozen_class, issued):
    there = new_id()
    admin = frozen_class.transcript.grant(Role.ADMIN, there)
    file, command = received(frozen_class, issued, there)

    counts = [frozen_class.transcript.ask_as("transfer", command).received for _ in range(2)]

    question = FindPupilTranscripts(pupil_id=issued.pupil_id, unit_id=there)
    assert counts == [1, 1]
    assert frozen_class.transcript.ask_as("transfer", question).files == (file,)
    assert frozen_class.transcript.ask(ReadTranscript(school_year=YEAR, transcript_id=issued.id), admin) == issued


def test_transfer_is_given_what_the_school_has_issued_and_not_revoked(frozen_class, issued):
    question = FindPupilTranscripts(pupil_id=issued.pupil_id, unit_id=frozen_class.locked.unit_id)
    before = frozen_class.transcript.ask_as("transfer", question).files
    revoke(frozen_class, issued)

    assert [file.transcript_id for file in before] == [issued.id]
    assert frozen_class.transcript.ask_as("transfer", question).files == ()
    with pytest.raises(Forbidden):
        frozen_class.transcript.ask(question, frozen_class.admin)


def test_of_many_pupils_those_are_named_whose_transcript_is_in_force(frozen_class, issued):
    place = {"school_year": YEAR, "unit_id": frozen_class.locked.unit_id}
    whole_class = tuple(frozen_class.of_pupil(number).pupil_id for number in range(2))
    question = FindIssuedPupils(**place, pupil_ids=whole_class)

    before = frozen_class.transcript.ask_as("transfer", question).pupil_ids
    elsewhere = frozen_class.transcript.ask_as("transfer", replace(question, unit_id=new_id())).pupil_ids
    revoke(frozen_class, issued)

    assert (before, elsewhere) == ({issued.pupil_id}, frozenset())
    assert not frozen_class.transcript.ask_as("transfer", question).pupil_ids
