"""Batches that die, are repeated, or meet: every slot is signed once, and nothing that was signed is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.chassis.errors import Unavailable
from services.contracts.signing.sessions import SessionState
from services.contracts.transcript import ReadDocuments
from tests.integration.signing.class_to_sign import (
    HOMEROOM,
    SUBJECTS,
    batch_of,
    open_session,
    outcome,
    read,
    slots,
    store,
    wrapped_secret,
)


def test_a_batch_that_died_before_it_was_stored_is_done_again_and_signs_each_slot_once(school, a_class):
    opened = a_class.open(SUBJECTS)
    batch_of(a_class, opened)  # and the process dies here

    school.signing.work()

    assert slots(a_class) == ["GVBM-TOAN"] * 3
    assert outcome(read(a_class, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 3, 0)


def test_a_task_done_again_makes_no_second_signature(school, a_class):
    opened = a_class.open(SUBJECTS)
    school.signing.work()
    before = a_class.signed()
    school.signing.sql("UPDATE inbox SET state = 'PENDING' WHERE data->>'session_id' = :id", id=str(opened.id))
    school.signing.work()

    assert a_class.signed() == before
    assert slots(a_class) == ["GVBM-TOAN"] * 3
    assert school.signing.unfinished() == []


@pytest.mark.parametrize("role", [SUBJECTS, HOMEROOM])
def test_a_batch_worked_out_twice_from_the_same_state_is_stored_once(school, a_class, role):
    a_class.sign_until(*[SUBJECTS] * (role is HOMEROOM))
    opened = a_class.open(role)
    first, second = batch_of(a_class, opened), batch_of(a_class, opened)
    store(a_class, opened, first)
    before = a_class.signed()
    store(a_class, opened, second)
    school.signing.work()

    assert a_class.signed() == before
    assert outcome(read(a_class, opened, school.signer_of(role))) == (SessionState.ENDED, 3, 0)
    assert wrapped_secret(a_class, opened) is None


def test_two_subject_teachers_who_sign_at_the_same_time_are_both_kept(school, a_class):
    maths, sport = school.locked.maths_teacher, school.locked.sport_teacher
    sessions = [a_class.open(SUBJECTS, by) for by in (maths, sport)]
    batches = [batch_of(a_class, session) for session in sessions]
    for session, batch in zip(sessions, batches, strict=True):
        store(a_class, session, batch)

    assert slots(a_class) == ["GVBM-GDTC"] * 3 + ["GVBM-TOAN"] * 3
    assert [document.signatures for document in a_class.signed()] == [2, 2, 2]
    school.signing.work()
    assert a_class.sign(HOMEROOM).signed == 3


def test_two_workers_at_once_sign_every_slot_once(school, a_class):
    for by in (school.locked.maths_teacher, school.locked.sport_teacher):
        a_class.open(SUBJECTS, by)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: school.signing.work(), range(2)))

    assert slots(a_class) == ["GVBM-GDTC"] * 3 + ["GVBM-TOAN"] * 3
    assert school.signing.unfinished() == []


def test_a_session_waits_while_the_owner_of_the_documents_does_not_answer(school, a_class):
    answer = school.signing.others.answers[ReadDocuments]
    opened = a_class.open(SUBJECTS)
    school.signing.others.answers[ReadDocuments] = Unavailable()
    school.signing.work()
    waiting = read(a_class, opened, school.locked.maths_teacher)
    school.signing.others.answers[ReadDocuments] = answer
    school.signing.work()

    assert outcome(waiting) == (SessionState.RUNNING, 0, 0)
    assert outcome(read(a_class, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 3, 0)


def test_a_task_done_twice_ends_its_own_class_alone(school, new_class):
    first, second = new_class(), new_class()
    opened = open_session(school, [first, second], SUBJECTS)
    for _ in range(2):
        store(first, opened, batch_of(first, opened))

    assert wrapped_secret(first, opened) is not None
    school.signing.work()
    assert outcome(read(first, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 6, 0)
