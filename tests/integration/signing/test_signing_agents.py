"""The office's token: an agent fetches what waits, a person consents, and only what was asked for is believed."""

from base64 import b64decode

import click
import pytest
from click.testing import CliRunner
from cryptography import x509

from deploy.hocba.commands import sign_agent
from services.chassis.errors import Forbidden, Unauthenticated
from services.contracts.signing.agents import CreateAgent, FindAgentWork
from services.contracts.signing.sessions import SessionState
from services.contracts.verdicts import Verdict
from services.signing import algorithms
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SUBJECTS, outcome
from tests.integration.signing.office import enrol, open_seal, read
from tests.integration.signing.outside_authority import TOKEN_PIN, new_key


@pytest.fixture(scope="module", params=["RSA", "P-256"])
def office(request, school, outside, tokens):
    return enrol(school, outside, tokens, request.param)


@pytest.fixture
def ready(office, a_class):
    a_class.sign_until(SUBJECTS, HOMEROOM, PRINCIPAL)
    return a_class


def test_the_agent_shows_asks_signs_and_the_class_is_sealed(office, ready):
    opened = open_seal(ready)
    waiting = read(ready, opened)
    shown = CliRunner().invoke(_looking(office.agent), input=f"y\n{TOKEN_PIN}\n")
    ready.signing.work()

    assert outcome(waiting) == (SessionState.RUNNING, 0, 0)
    assert all(document.code in shown.output for document in ready.documents)
    assert "3 học bạ, 6 chữ ký" in shown.output
    assert "Đã ký 6 trên 6" in shown.output
    assert outcome(read(ready, opened)) == (SessionState.ENDED, 3, 0)
    assert {one.verdict for one in ready.reports(xml=True) + ready.reports(xml=False)} == {Verdict.VALID}
    assert office.jobs(ready) == []


def test_without_consent_nothing_is_signed(office, ready):
    opened = open_seal(ready)
    declined = set()
    shown = CliRunner().invoke(_looking(office.agent, declined), input="n\n")
    again = CliRunner().invoke(_looking(office.agent, declined), input="")
    ready.signing.work()

    assert "Đã ký" not in shown.output
    assert again.output == ""
    assert outcome(read(ready, opened)) == (SessionState.RUNNING, 0, 0)
    finish(ready, opened)


def test_a_wrong_pin_is_said_and_nothing_is_signed(office, ready):
    opened = open_seal(ready)
    shown = CliRunner().invoke(_looking(office.agent), input="y\n000000\n")

    assert "Mã PIN không đúng." in shown.output
    finish(ready, opened)


def test_half_of_the_signatures_seal_half_of_the_class_and_the_rest_goes_on_waiting(office, ready):
    opened = open_seal(ready)
    (job,) = office.jobs(ready)
    office.give(opened.id, [office.honest(item) for item in job["items"][:3]])
    ready.signing.work()
    half = read(ready, opened)
    (rest,) = office.jobs(ready)
    office.give(opened.id, [office.honest(item) for item in rest["items"]])
    ready.signing.work()

    assert outcome(half) == (SessionState.RUNNING, 1, 0)
    assert len(rest["items"]) == 3
    assert outcome(read(ready, opened)) == (SessionState.ENDED, 3, 0)
    assert {one.verdict for one in ready.reports(xml=True) + ready.reports(xml=False)} == {Verdict.VALID}


def test_what_was_not_asked_for_is_wrong_or_comes_twice_is_not_taken(office, ready):
    opened = open_seal(ready)
    (job,) = office.jobs(ready)
    first, second = job["items"][:2]
    stranger = new_key("RSA")
    bad = [
        {"digest": first["digest"], "value": algorithms.sign(stranger, bytes.fromhex(first["digest"])).hex()},
        {"digest": first["digest"], "value": office.honest(second)["value"]},
        {"digest": "00" * 32, "value": algorithms.sign(office.key, bytes(32)).hex()},
        {"digest": "không phải hex", "value": ""},
    ]
    answers = [
        office.give(opened.id, bad),
        office.give(opened.id, [office.honest(first), office.honest(first)]),
        office.give(opened.id, [office.honest(first)]),
        office.give(ready.class_id, [office.honest(second)]),
    ]

    assert [(one["taken"], one["refused"]) for one in answers] == [(0, 4), (1, 1), (0, 1), (0, 1)]
    finish(ready, opened)


def test_after_the_sessions_time_nothing_waits_and_nothing_is_taken(office, ready):
    opened = open_seal(ready)
    (job,) = office.jobs(ready)
    ready.signing.sql("UPDATE sessions SET expires_at = now() WHERE id = :id", id=opened.id)
    late = office.give(opened.id, [office.honest(item) for item in job["items"]])

    assert (office.jobs(ready), late["taken"]) == ([], 0)
    finish(ready, opened)
    assert outcome(read(ready, opened))[1:] == (0, 0)


def test_a_stranger_fetches_nothing(office, school):
    with pytest.raises(Unauthenticated, match="agent_unknown"):
        school.signing.ask(FindAgentWork(token="đoán"))


def test_the_agents_token_is_not_kept(office, school):
    rows = school.signing.sql("SELECT one::text FROM agents one")

    assert rows
    assert all(office.token not in row[0] for row in rows)


def test_the_seals_agent_is_let_in_by_the_clerk_alone(office, school, outside):
    found = office.agent.find_work()
    certificate = x509.load_der_x509_certificate(b64decode(found["certificate"]))
    command = CreateAgent(certificates=outside.pem(certificate), unit_id=school.locked.unit_id)

    with pytest.raises(Forbidden):
        school.signing.ask(command, school.locked.principal)


def _looking(agent, declined=None):
    kept = set() if declined is None else declined
    return click.command()(lambda: sign_agent.look(agent, kept))


def finish(a_class, opened):
    """End the session as its time would."""
    a_class.signing.sql(
        "UPDATE sessions SET expires_at = now(), open_class_ids = '{}', wrapped_secret = NULL WHERE id = :id",
        id=opened.id,
    )


def test_a_session_that_nobody_signed_at_the_school_ends_by_itself(office, ready):
    opened = open_seal(ready)
    ready.signing.sql("UPDATE sessions SET expires_at = now() WHERE id = :id", id=opened.id)
    with ready.signing.db.transaction() as tx:
        assert not ready.signing.round("end_expired").handler(tx)

    assert outcome(read(ready, opened)) == (SessionState.ENDED, 0, 0)
    assert ready.signing.sql("SELECT wrapped_secret FROM sessions WHERE id = :id", id=opened.id)[0][0] is None
