"""From the first PIN to the sealed class: each slot once, by its holder, in its turn, on what the owner confirms."""

from dataclasses import replace

import pytest

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.signing.boards import FindWaiting
from services.contracts.signing.documents import DocumentsSignedV1, ReadSignedDocuments
from services.contracts.signing.sessions import SessionState
from tests.integration.locked_class import YEAR
from tests.integration.signing.class_to_sign import (
    HOMEROOM,
    PRINCIPAL,
    SEAL,
    SUBJECTS,
    batch_of,
    open_session,
    outcome,
    read,
    slots,
    store,
    wrapped_secret,
)


def test_each_session_tells_the_class_and_its_role_once(sealed):
    told = [one for one in sealed.signing.told(DocumentsSignedV1) if one["record_id"] == str(sealed.class_id)]

    assert [(one["role"], one["version"]) for one in told] == [
        ("GVBM", 3),
        ("GVBM", 6),
        ("GVCN", 9),
        ("CBQL", 12),
        ("KY_PHAT_HANH", 15),
    ]


def test_a_session_counts_what_waits_runs_until_it_is_done_and_then_forgets_the_key(school, a_class):
    opened = a_class.open(SUBJECTS)
    kept = wrapped_secret(a_class, opened)
    a_class.signing.work()

    ended = read(a_class, opened, school.locked.maths_teacher)
    assert (opened.expected, *outcome(opened)) == (3, SessionState.RUNNING, 0, 0)
    assert outcome(ended) == (SessionState.ENDED, 3, 0)
    assert {(item.slot, item.signed) for item in ended.items} == {("GVBM-TOAN", True)}
    assert kept is not None
    assert wrapped_secret(a_class, opened) is None


def test_a_session_over_two_classes_keeps_the_key_until_both_are_done(school, new_class):
    first, second = new_class(), new_class()
    opened = open_session(school, [first, second], SUBJECTS)
    store(first, opened, batch_of(first, opened))
    between = wrapped_secret(first, opened)
    store(second, opened, batch_of(second, opened))

    assert opened.expected == 6
    assert between is not None
    assert outcome(read(first, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 6, 0)
    assert wrapped_secret(first, opened) is None
    school.signing.work()


@pytest.mark.parametrize(
    ("before", "role"),
    [((), HOMEROOM), ((), PRINCIPAL), ((), SEAL), ((SUBJECTS,), PRINCIPAL), ((SUBJECTS, HOMEROOM), SEAL)],
)
def test_nobody_signs_before_their_turn(a_class, before, role):
    a_class.sign_until(*before)
    signed = slots(a_class)

    session = a_class.sign(role)

    assert outcome(session) == (SessionState.ENDED, 0, 3)
    assert {item.reason for item in session.items} == {"not_its_turn"}
    assert slots(a_class) == signed


def test_the_homeroom_teachers_turn_comes_when_every_subject_teacher_has_signed(school, a_class):
    a_class.sign(SUBJECTS, school.locked.maths_teacher)
    early = a_class.sign(HOMEROOM)
    a_class.sign(SUBJECTS, school.locked.sport_teacher)

    assert early.refused == 3
    assert a_class.sign(HOMEROOM).signed == 3


def test_a_teacher_signs_the_own_subject_alone(school, a_class):
    session = a_class.sign(SUBJECTS, school.locked.sport_teacher)

    assert session.signed == 3
    assert set(slots(a_class)) == {"GVBM-GDTC"}


@pytest.mark.parametrize("role", [SUBJECTS, PRINCIPAL])
def test_nobody_signs_in_anothers_place(school, a_class, role):
    with pytest.raises(Refused, match="nothing_to_sign"):
        a_class.open(role, school.locked.homeroom)


def test_the_seal_is_set_by_the_clerk_of_the_school_alone(school, a_class):
    for other in (school.locked.principal, school.signing.grant("clerk", new_id())):
        with pytest.raises(Forbidden):
            a_class.open(SEAL, other)


def test_a_seal_signs_for_one_school_at_a_time(school, new_class):
    mine, others = new_class(), new_class()
    elsewhere = "UPDATE documents SET unit_id = :school WHERE class_id = :id"
    school.signing.sql(elsewhere, school=new_id(), id=others.class_id)

    with pytest.raises(Invalid, match="one_school_only"):
        open_session(school, [mine, others], SEAL)


def test_what_is_signed_already_waits_for_nobody(school, a_class):
    a_class.sign(SUBJECTS)

    with pytest.raises(Refused, match="nothing_to_sign"):
        a_class.open(SUBJECTS)
    with pytest.raises(Refused, match="nothing_to_sign"):
        open_session(school, [], SEAL)


def test_a_document_that_its_owner_no_longer_gives_to_be_signed_is_refused_and_the_others_are_signed(a_class):
    a_class.confirm(*a_class.documents[1:])

    session = a_class.sign(SUBJECTS)

    assert outcome(session) == (SessionState.ENDED, 2, 1)
    (refused,) = (item for item in session.items if not item.signed)
    assert (refused.transcript_id, refused.reason) == (a_class.documents[0].transcript_id, "not_signable")


@pytest.mark.parametrize("changed", [{"xml": "0" * 64}, {"pdf": "0" * 64}, {"version": 2}], ids=str)
def test_a_document_that_its_owner_knows_with_other_bytes_is_refused(a_class, changed):
    a_class.confirm(*(replace(document, **changed) for document in a_class.documents))

    session = a_class.sign(SUBJECTS)

    assert {item.reason for item in session.items} == {"not_signable"}
    assert slots(a_class) == []


def test_what_was_refused_can_be_signed_in_another_session(a_class):
    a_class.confirm()
    a_class.sign(SUBJECTS)
    a_class.confirm(*a_class.documents)

    assert a_class.sign(SUBJECTS).signed == 3


def test_after_its_time_a_session_signs_nothing_and_forgets_the_key(school, a_class):
    opened = a_class.open(SUBJECTS)
    school.signing.sql("UPDATE sessions SET expires_at = now() WHERE id = :id", id=opened.id)
    school.signing.work()

    assert outcome(read(a_class, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 0, 0)
    assert wrapped_secret(a_class, opened) is None
    assert slots(a_class) == []


def test_with_a_certificate_that_has_run_out_nothing_is_signed(school, a_class):
    shift = "UPDATE keys SET valid_to = valid_to {} interval '10 years' WHERE holder = :id"
    school.signing.sql(shift.format("-"), id=school.locked.maths_teacher)
    try:
        session = a_class.sign(SUBJECTS)
    finally:
        school.signing.sql(shift.format("+"), id=school.locked.maths_teacher)

    assert {item.reason for item in session.items} == {"certificate_not_valid"}


def test_a_session_is_seen_by_the_one_who_opened_it(school, a_class):
    session = a_class.sign(SUBJECTS)

    for other in (school.locked.principal, new_id()):
        with pytest.raises(NotFound):
            read(a_class, session, other)


def test_documents_are_registered_once_however_often_they_are_announced(a_class):
    before = a_class.signed()
    a_class.announce()

    assert a_class.signed() == before
    assert len(before) == 3


def test_a_document_frozen_later_is_registered_beside_the_signed_ones(school, a_class):
    a_class.sign(SUBJECTS)
    late = replace(a_class.documents[0], transcript_id=new_id())
    a_class.confirm(*a_class.documents, late)
    a_class.announce()

    assert len(a_class.signed()) == 4
    assert a_class.sign(SUBJECTS).expected == 1


def test_only_transcript_reads_where_documents_stand(a_class):
    question = ReadSignedDocuments(school_year=YEAR, class_id=a_class.class_id)

    with pytest.raises(Forbidden):
        a_class.signing.ask(question, a_class.school.locked.principal)


def test_a_document_that_its_owner_takes_back_waits_for_nobody_and_the_rest_goes_on(a_class):
    a_class.sign_until(SUBJECTS, HOMEROOM)
    a_class.confirm(*a_class.documents[1:])
    a_class.announce()

    mine = FindWaiting(school_year=YEAR)
    waiting = a_class.signing.ask(mine, a_class.school.signer_of(PRINCIPAL)).classes
    assert [one.waiting for one in waiting if one.class_id == a_class.class_id] == [2]
    assert outcome(a_class.sign(PRINCIPAL)) == (SessionState.ENDED, 2, 0)
