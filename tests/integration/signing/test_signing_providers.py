"""What a provider gives is believed by the certificate alone: what is wrong, another's or late is never stored."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from services.chassis.errors import Unavailable
from services.contracts.signing.certificates import KeyProvider
from services.contracts.signing.sessions import SessionState
from services.contracts.verdicts import Verdict
from services.signing import algorithms
from services.signing.domain import Refusal
from services.signing.providers import Authorisation
from tests.integration.signing.class_to_sign import (
    HOMEROOM,
    PRINCIPAL,
    SEAL,
    SUBJECTS,
    batch_of,
    outcome,
    read,
    slots,
    store,
    wrapped_secret,
)

STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Bent:
    """The software provider, with its answers bent."""

    def __init__(self, honest, bend: Callable) -> None:
        self._honest, self._bend = honest, bend

    def open(self, key, entry, *, signatures: int) -> Authorisation:
        return self._honest.open(key, entry, signatures=signatures)

    def sign(self, key, secret, digests):
        return self._bend(list(self._honest.sign(key, secret, digests)), digests)


@pytest.fixture
def bend(school):
    """Has the provider's answers go through a function, until the test ends."""
    available = school.providers
    honest = available[KeyProvider.SOFTWARE]

    def bent(function: Callable) -> None:
        available[KeyProvider.SOFTWARE] = Bent(honest, function)

    yield bent
    available[KeyProvider.SOFTWARE] = honest


def reasons(session):
    return {item.reason for item in session.items}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda values, _: [value[:-1] + bytes([value[-1] ^ 1]) for value in values],
        lambda _, digests: [algorithms.sign(STRANGER, digest) for digest in digests],
        lambda values, _: [*values[1:], values[0]],
        lambda values, _: [values[0]] * len(values),
        lambda values, _: values * 2,
        lambda values, _: values[:-1],
        lambda values, _: [b""] * len(values),
        lambda values, _: [value + b"\0" for value in values],
    ],
    ids=[
        "altered",
        "another's key",
        "of another digest",
        "one for all",
        "answered twice",
        "one too few",
        "empty",
        "too long",
    ],
)
def test_a_wrong_answer_is_never_stored(a_class, bend, wrong):
    a_class.sign_until(SUBJECTS)
    signed = slots(a_class)
    before = [document.pdf for document in a_class.signed()]
    bend(wrong)

    session = a_class.sign(HOMEROOM)

    kept = session.signed  # "one for all" is right for the first digest, and for no paper
    assert (session.state, kept, session.refused) == (SessionState.ENDED, 0, 3)
    assert reasons(session) == {"wrong_signature"}
    assert slots(a_class) == signed
    assert [document.pdf for document in a_class.signed()] == before


def test_an_answer_after_the_sessions_time_is_never_stored(school, a_class):
    opened = a_class.open(SUBJECTS)
    batch = batch_of(a_class, opened)
    school.signing.sql("UPDATE sessions SET expires_at = now() WHERE id = :id", id=opened.id)
    late = replace(batch, session=replace(batch.session, expires_at=batch.at))
    store(a_class, opened, late)

    assert slots(a_class) == []
    assert outcome(read(a_class, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 0, 0)
    assert wrapped_secret(a_class, opened) is None
    school.signing.work()


def test_one_of_the_items_fails_the_others_are_signed_and_a_new_session_makes_up_for_it(a_class, bend, school):
    bend(lambda values, _: [values[0], Refusal.PROVIDER_REFUSED, *values[2:]])
    session = a_class.sign(SUBJECTS)

    assert outcome(session) == (SessionState.ENDED, 2, 1)
    assert [item.reason for item in session.items if not item.signed] == ["provider_refused"]
    bend(lambda values, _: values)
    again = a_class.sign(SUBJECTS)
    assert (again.expected, again.signed) == (1, 1)
    assert slots(a_class) == ["GVBM-TOAN"] * 3


def test_a_paper_whose_pdf_alone_fails_is_not_half_signed(a_class, bend):
    a_class.sign_until(SUBJECTS)
    bend(lambda values, _: [values[0], Refusal.TOKEN_GONE, *values[2:]])
    session = a_class.sign(HOMEROOM)
    bend(lambda values, _: values)

    assert (session.signed, session.refused) == (2, 1)
    a_class.sign(HOMEROOM)
    a_class.sign_until(PRINCIPAL, SEAL)
    assert {one.verdict for one in a_class.reports(xml=True) + a_class.reports(xml=False)} == {Verdict.VALID}


def test_a_session_waits_while_the_provider_is_away_and_goes_on_by_itself(school, a_class, bend):
    def away(_values, _digests):
        raise Unavailable

    bend(away)
    opened = a_class.open(SUBJECTS)
    school.signing.work()
    waiting = read(a_class, opened, school.locked.maths_teacher)
    bend(lambda values, _: values)
    school.signing.work()

    assert outcome(waiting) == (SessionState.RUNNING, 0, 0)
    assert outcome(read(a_class, opened, school.locked.maths_teacher)) == (SessionState.ENDED, 3, 0)


def test_a_session_signs_nothing_that_came_after_it_was_opened(school, a_class):
    opened = a_class.open(SUBJECTS)
    late = replace(a_class.documents[0], transcript_id=school.locked.unit_id)
    a_class.confirm(*a_class.documents, late)
    a_class.announce()

    ended = read(a_class, opened, school.locked.maths_teacher)
    assert (ended.expected, ended.signed) == (3, 3)
    assert slots(a_class) == ["GVBM-TOAN"] * 3
    school.signing.sql("DELETE FROM documents WHERE transcript_id = :id", id=school.locked.unit_id)


def test_what_another_session_signed_meanwhile_is_said(school, a_class):
    first, second = a_class.open(SUBJECTS), a_class.open(SUBJECTS)
    school.signing.work()

    states = [outcome(read(a_class, one, school.locked.maths_teacher)) for one in (first, second)]
    assert sorted(states) == [(SessionState.ENDED, 0, 3), (SessionState.ENDED, 3, 0)]
    assert slots(a_class) == ["GVBM-TOAN"] * 3
