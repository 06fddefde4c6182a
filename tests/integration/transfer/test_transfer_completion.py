"""Completing a transfer: checked, moved, handed over, each step repeatable."""

import pytest

from services.chassis.errors import NotFound, Refused, Unavailable
from services.contracts.gradebook.enrolment import MovePupil
from services.contracts.signing.checking import CheckFiles
from services.contracts.transcript import ReceiveTranscripts
from services.contracts.transfer import TransferState
from services.contracts.verdicts import Verdict

COMPLETED = "vn.hocba.transfer.transfer_completed.v1"


@pytest.fixture
def accepted(move):
    return move.accept(move.offer().link_code)


def events(move, transfer):
    return move.transfers.sql("SELECT type, data FROM outbox WHERE aggregate = :id", id=str(transfer.id))


def test_a_checked_transfer_moves_the_pupil_and_the_transcripts_and_is_announced(move, accepted):
    move.transfers.work()

    (event,) = events(move, accepted)
    assert move.read(accepted.id).state is TransferState.COMPLETED
    assert event.type == COMPLETED
    assert event.data["pupil_id"] == str(move.pupil_id)
    assert event.data["to_unit_id"] == str(move.new_school)


def test_the_pupil_is_moved_before_the_transcripts_are_handed_over(move, accepted):
    move.transfers.work()

    effects = [
        asked[0] for asked in move.transfers.others.asked if isinstance(asked[0], MovePupil | ReceiveTranscripts)
    ]
    assert [type(effect) for effect in effects] == [MovePupil, ReceiveTranscripts]
    assert effects[0].from_unit_id == move.old_school
    assert effects[1].unit_id == move.new_school
    assert effects[1].files == move.files


def test_the_background_acts_under_the_services_own_grant_with_a_key_of_the_task(move, accepted):
    move.transfers.work()

    ((_, token, key),) = move.transfers.others.of(MovePupil)
    assert token is None
    assert key.endswith("/gradebook.move_pupil")


def test_a_broken_file_ends_the_transfer_and_leaves_the_pupil_where_he_is(move, accepted):
    move.judge(Verdict.BROKEN)

    move.transfers.work()

    ended = move.read(accepted.id)
    assert ended.state is TransferState.FAILED
    assert ended.reason.startswith("transfer.file_broken")
    assert "digest_mismatch" in ended.reason
    assert not move.transfers.others.of(MovePupil)
    assert not events(move, accepted)


def test_after_a_failed_transfer_the_old_school_can_offer_again(move, accepted):
    move.judge(Verdict.BROKEN)
    move.transfers.work()

    assert move.offer().transfer.state is TransferState.OFFERED


def test_signatures_that_cannot_be_judged_yet_are_judged_again(move, accepted):
    move.judge(Verdict.UNDECIDED)
    move.transfers.work()
    waiting = move.read(accepted.id)
    move.judge(Verdict.VALID)
    move.transfers.work()

    assert waiting.state is TransferState.ACCEPTED
    assert move.read(accepted.id).state is TransferState.COMPLETED


def test_a_completion_broken_off_after_the_move_goes_on_with_the_same_key_and_never_fails(move, accepted):
    received = move.transfers.others.answers[ReceiveTranscripts]
    move.answer(ReceiveTranscripts, Unavailable())
    move.transfers.work()
    move.answer(ReceiveTranscripts, received)
    move.judge(Verdict.BROKEN)
    move.transfers.work()

    assert move.read(accepted.id).state is TransferState.COMPLETED
    assert len({key for _, _, key in move.transfers.others.of(MovePupil)}) == 1
    assert len(move.transfers.others.of(CheckFiles)) == 1
    assert len(events(move, accepted)) == 1


def test_a_task_done_again_has_no_second_effect(move, accepted):
    move.transfers.work()
    asked = len(move.transfers.others.asked)
    move.transfers.sql("UPDATE inbox SET state = 'PENDING' WHERE data->>'transfer_id' = :id", id=str(accepted.id))
    move.transfers.work()

    assert len(move.transfers.others.asked) == asked
    assert len(events(move, accepted)) == 1
    assert move.transfers.sql("SELECT 1 FROM inbox WHERE state <> 'DONE'") == []


@pytest.mark.parametrize("refusal", [Refused(), NotFound()])
def test_a_pupil_who_has_left_meanwhile_is_not_moved(move, accepted, refusal):
    move.answer(MovePupil, refusal)

    move.transfers.work()

    assert move.read(accepted.id).state is TransferState.FAILED
    assert not move.transfers.others.of(ReceiveTranscripts)
