"""Completing a cohort: every pupil alone, by any number of processes, broken off anywhere."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from services.chassis.database import Database
from services.chassis.errors import Refused, Unavailable
from services.contracts.gradebook.enrolment import MovePupil
from services.contracts.transcript import FindPupilTranscripts, ReceiveTranscripts
from services.contracts.transfer import TransferCompletedV1
from services.contracts.transfer import TransferState as State
from services.transfer import bundle
from tests.integration.acting import Acting


class Killed(BaseException):
    """The process is gone: nothing in it catches this."""


@pytest.fixture
def offered(leaving):
    return leaving.offer()


def another_process(leaving):
    """The same service once more, with connections of its own."""
    transfers = leaving.transfers
    return Acting(transfers.service, Database(transfers.db.url), transfers.objects, transfers.others)


def arrived(leaving):
    """The pupils of the class of whom it was announced, as often as it was."""
    told = [data["pupil_id"] for data in leaving.transfers.told(TransferCompletedV1)]
    return sorted(pupil for pupil in told if pupil in map(str, leaving.pupils))


def of_one(leaving, kind, pupil_id):
    """What was asked of that kind for the pupil."""
    return [asked for asked in leaving.transfers.others.of(kind) if asked[0].pupil_id == pupil_id]


def test_every_pupil_is_moved_with_transcripts_and_announced(leaving, offered):
    leaving.accept(offered.link_code)
    leaving.transfers.work()

    assert leaving.read(offered.cohort.id).counts == {State.COMPLETED: 4}
    assert arrived(leaving) == sorted(map(str, leaving.pupils))
    for pupil_id in leaving.pupils:
        [(handed, _, _)] = of_one(leaving, ReceiveTranscripts, pupil_id)
        assert (handed.unit_id, handed.files) == (leaving.new_school, (leaving.files[pupil_id],))


def test_each_bundle_is_one_that_a_stranger_can_open(leaving, offered):
    leaving.accept(offered.link_code)
    leaving.transfers.work()

    rows = leaving.transfers.sql("SELECT pupil_id, bundle FROM transfers WHERE cohort_id = :id", id=offered.cohort.id)
    for row in rows:
        assert bundle.unpack(leaving.transfers.objects.get(row.bundle)).index.pupil_id == row.pupil_id


def test_a_cohorts_link_works_once(leaving, offered):
    leaving.accept(offered.link_code)

    with pytest.raises(Refused, match=r"transfer\.link_used"):
        leaving.accept(offered.link_code)


def test_of_two_processes_that_are_given_the_link_at_once_one_accepts_all(leaving, offered):
    processes = [another_process(leaving) for _ in range(2)]
    barrier = Barrier(2)

    def attempt(process):
        barrier.wait()
        try:
            return str(leaving_at(leaving, process).accept(offered.link_code).counts)
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as people:
        outcomes = list(people.map(attempt, processes))
    leaving.transfers.work()
    for process in processes:
        process.db.engine.dispose()

    assert sorted(outcomes) == sorted([str({State.ACCEPTED: 4}), "transfer.link_used"])
    assert arrived(leaving) == sorted(map(str, leaving.pupils))


def leaving_at(leaving, process):
    """The class as that process sees it."""
    return type(leaving)(**{name: getattr(leaving, name) for name in leaving.__slots__} | {"transfers": process})


def test_two_processes_complete_a_cohort_together_and_each_pupil_once(leaving, offered):
    leaving.accept(offered.link_code)
    processes = [another_process(leaving) for _ in range(2)]

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda process: process.work(), processes))
    for process in processes:
        process.db.engine.dispose()

    assert leaving.read(offered.cohort.id).counts == {State.COMPLETED: 4}
    assert arrived(leaving) == sorted(map(str, leaving.pupils))


def test_one_broken_pupil_fails_with_the_reason_and_stops_nobody(leaving, offered):
    broken = leaving.pupils[1]
    leaving.broken.add(broken)
    leaving.accept(offered.link_code)
    leaving.transfers.work()

    cohort = leaving.read(offered.cohort.id)
    [failed] = [one for one in cohort.pupils if one.state is State.FAILED]
    assert cohort.counts == {State.COMPLETED: 3, State.FAILED: 1}
    assert failed.pupil_id == broken
    assert failed.reason.startswith("transfer.file_broken")
    assert "không qua được kiểm tra" in failed.reason_vi
    assert not of_one(leaving, MovePupil, broken)


def test_a_pupil_whose_transcript_was_revoked_since_the_offer_stays(leaving, offered):
    revoked = leaving.pupils[0]
    del leaving.files[revoked]
    leaving.accept(offered.link_code)
    leaving.transfers.work()

    found = {one.pupil_id: one for one in leaving.read(offered.cohort.id).pupils}
    assert found[revoked].state is State.FAILED
    assert found[revoked].reason.startswith("transfer.year_not_issued")
    assert not of_one(leaving, MovePupil, revoked)


@pytest.mark.parametrize("step", [FindPupilTranscripts, MovePupil, ReceiveTranscripts])
def test_a_process_killed_at_any_step_leaves_nobody_behind_and_moves_nobody_twice(leaving, offered, step):
    leaving.accept(offered.link_code)
    goes_on, asked = leaving.transfers.others.answers[step], []

    def killed_at_the_third(request):
        asked.append(request.pupil_id)
        if len(asked) == 3:
            raise Killed
        return goes_on(request)

    leaving.answer(step, killed_at_the_third)
    with pytest.raises(Killed):
        leaving.transfers.work()
    before = leaving.read(offered.cohort.id).counts
    leaving.transfers.work()

    assert before == {State.COMPLETED: 2, State.ACCEPTED: 2}
    assert leaving.read(offered.cohort.id).counts == {State.COMPLETED: 4}
    assert arrived(leaving) == sorted(map(str, leaving.pupils))
    for pupil_id in leaving.pupils:
        assert len({key for _, _, key in of_one(leaving, MovePupil, pupil_id)}) == 1


def test_tasks_done_again_have_no_second_effect(leaving, offered):
    leaving.accept(offered.link_code)
    leaving.transfers.work()
    asked = len(leaving.transfers.others.asked)
    leaving.transfers.sql("UPDATE inbox SET state = 'PENDING', attempts = 0")
    leaving.transfers.work()

    assert len(leaving.transfers.others.asked) == asked
    assert arrived(leaving) == sorted(map(str, leaving.pupils))


def test_who_waits_for_another_service_holds_up_nobody(leaving, offered):
    waiting, goes_on = leaving.pupils[0], leaving.transfers.others.answers[MovePupil]

    def not_yet(request):
        if request.pupil_id == waiting:
            raise Unavailable
        return goes_on(request)

    leaving.answer(MovePupil, not_yet)
    leaving.accept(offered.link_code)
    leaving.transfers.work()
    between = leaving.read(offered.cohort.id).counts
    leaving.answer(MovePupil, goes_on)
    leaving.transfers.work()

    assert between == {State.COMPLETED: 3, State.ACCEPTED: 1}
    assert leaving.read(offered.cohort.id).counts == {State.COMPLETED: 4}


def test_a_pupil_who_failed_is_offered_again_in_another_cohort(leaving, offered):
    broken = leaving.pupils[0]
    leaving.broken.add(broken)
    leaving.accept(offered.link_code)
    leaving.transfers.work()
    leaving.broken.clear()

    again = leaving.offer(pupil_ids=(broken,))
    leaving.accept(again.link_code)
    leaving.transfers.work()

    assert leaving.read(again.cohort.id).counts == {State.COMPLETED: 1}
