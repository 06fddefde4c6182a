"""Keys at a remote service: authorised for as many as are counted, signed in lots, every trouble one clear refusal."""

import json
from threading import Event

import pytest

from services.chassis.errors import Problem
from services.contracts.signing.certificates import KeyProvider, RegisterCertificate
from services.contracts.signing.sessions import OpenSigningSession, ReadSigningSession, SessionState
from services.contracts.verdicts import Verdict
from services.signing.providers import csc_client
from services.signing.providers.csc import CscServices
from services.signing.providers.csc_client import CscService
from tests.integration.locked_class import YEAR
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SEAL, SUBJECTS, outcome, slots
from tests.integration.signing.csc_server import PASSWORD, USER, Credential, RunningService
from tests.integration.signing.outside_authority import new_key

PIN = "864209"


@pytest.fixture(scope="module")
def running():
    service = RunningService()
    yield service
    service.stop()


@pytest.fixture(scope="module", params=["RSA", "P-256"])
def remote(request, school, outside, running):
    """The principal's key is at the service "mau", as credential GX01."""
    key = new_key(request.param)
    certificate = outside.issue(school.locked.people[school.locked.principal].name.upper(), key.public_key())
    running.state.credentials["GX01"] = Credential(key)
    services = {"mau": CscService(url=running.url, user=USER, password=PASSWORD)}
    school.providers[KeyProvider.CSC] = CscServices(services)
    school.forget_key(school.locked.principal)
    school.signing.ask(
        RegisterCertificate(provider=KeyProvider.CSC, place="mau/GX01", certificates=outside.pem(certificate), pin=PIN),
        school.locked.principal,
    )
    return school


@pytest.fixture
def state(remote, running):
    """The service as new, with its one credential."""
    key = running.state.credentials["GX01"].key
    yield running.state
    running.state.credentials["GX01"] = Credential(key)
    running.state.bend = running.state.fault = None
    running.state.calls.clear()
    remote.signing.sql("UPDATE keys SET pin_failures = 0")
    assert running.broken == []


@pytest.fixture
def ready(a_class, state):
    a_class.sign_until(SUBJECTS, HOMEROOM)
    state.calls.clear()
    return a_class


def open_session(a_class, *, pin=PIN, otp=None):
    command = OpenSigningSession(school_year=YEAR, class_ids=(a_class.class_id,), role=PRINCIPAL, pin=pin, otp=otp)
    return a_class.signing.ask(command, a_class.school.locked.principal)


def sign(a_class, **entry):
    opened = open_session(a_class, **entry)
    a_class.signing.work()
    return a_class.signing.ask(ReadSigningSession(session_id=opened.id), a_class.school.locked.principal)


def refusal(a_class, **entry):
    with pytest.raises(Problem) as refused:
        open_session(a_class, **entry)
    return refused.value.code


def reasons(session):
    return {item.reason for item in session.items if not item.signed}


@pytest.mark.parametrize(("multisign", "lots"), [(20, [6]), (4, [4, 2]), (1, [1] * 6), (True, [6]), (False, [1] * 6)])
def test_a_class_is_sealed_with_remote_signatures_in_the_services_lots(ready, state, multisign, lots):
    state.credentials["GX01"].multisign = multisign

    session = sign(ready)
    ready.sign_until(SEAL)

    assert outcome(session) == (SessionState.ENDED, 3, 0)
    assert [len(call["hash"]) for call in state.of("signatures/signHash")] == lots
    assert {report.verdict for report in ready.reports(xml=True) + ready.reports(xml=False)} == {Verdict.VALID}


def test_a_service_that_binds_an_authorisation_to_its_hashes_gets_them(ready, state):
    state.credentials["GX01"].scal = "2"

    assert sign(ready).signed == 3
    assert [len(call["hash"]) for call in state.of("credentials/authorize")] == [1, 6]


def test_with_a_one_time_password_one_authorisation_is_for_all(ready, state):
    state.credentials["GX01"].otp = "738496"

    assert refusal(ready) == "signing.otp_wanted"
    assert state.credentials["GX01"].otps_sent == 1
    assert refusal(ready, otp="000000") == "signing.otp_wrong"
    assert sign(ready, otp="738496").signed == 3
    assert [call["numSignatures"] for call in state.of("credentials/authorize")] == [6, 6]


def test_a_key_that_is_confirmed_on_the_phone_gets_no_pin(ready, state):
    state.credentials["GX01"].auth_mode = "implicit"

    assert sign(ready).signed == 3
    assert not any("PIN" in call for call in state.of("credentials/authorize"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"otp": "738496", "multisign": 5}, "signing.too_many_at_once"),
        ({"otp": "738496", "scal": "2"}, "signing.hashes_wanted"),
        ({"status": "disabled"}, "signing.service_refused"),
        ({"auth_mode": "oauth2code"}, "signing.service_refused"),
        ({"tries": 0}, "signing.token_locked"),
    ],
    ids=str,
)
def test_what_the_service_does_not_allow_is_said_before_anything_is_signed(ready, state, change, code):
    for name, value in change.items():
        setattr(state.credentials["GX01"], name, value)

    assert refusal(ready, otp="738496") == code
    assert ready.signing.sql("SELECT max(pin_failures) FROM keys")[0][0] == 0
    assert state.of("signatures/signHash") == []


def test_a_wrong_pin_is_counted_here_and_there(ready, state):
    assert refusal(ready, pin="000000") == "signing.pin_wrong"
    assert state.credentials["GX01"].tries == 2
    assert ready.signing.sql("SELECT max(pin_failures) FROM keys")[0][0] == 1


def failing(*, methods, status=None, content=b"{}"):
    """A fault: for these methods this answer, or none at all."""

    def fault(handler, method):
        if method not in methods:
            return False
        if status is None:
            handler.connection.close()
        else:
            handler.reply(status, content)
        return True

    return fault


@pytest.mark.parametrize("fault", [{"status": 503}, {}], ids=["in trouble", "hangs up"])
def test_while_the_service_is_away_a_session_waits_and_then_goes_on(ready, state, fault):
    opened = open_session(ready)
    state.fault = failing(methods=["signatures/signHash"], **fault)
    ready.signing.work()
    principal = ready.school.locked.principal
    waiting = ready.signing.ask(ReadSigningSession(session_id=opened.id), principal)
    state.fault = None
    ready.signing.work()

    assert outcome(waiting) == (SessionState.RUNNING, 0, 0)
    assert outcome(ready.signing.ask(ReadSigningSession(session_id=opened.id), principal)) == (SessionState.ENDED, 3, 0)


def test_an_answer_that_comes_too_late_counts_as_none(ready, state, monkeypatch):
    monkeypatch.setattr(csc_client, "ANSWER_SECONDS", 0.2)
    answered = Event()

    def late(handler, method):
        return method == "credentials/authorize" and not answered.wait(2)

    state.fault = late
    assert refusal(ready) == "signing.service_away"
    answered.set()
    assert slots(ready).count("CBQL") == 0


def test_when_the_service_goes_away_between_two_lots_the_first_is_kept(ready, state):
    state.credentials["GX01"].multisign = 2
    seen = []

    def third_fails(handler, method):
        seen.append(method)
        if seen.count("signatures/signHash") == 3 and method == "signatures/signHash":
            handler.reply(503, b"{}")
            return True
        return False

    opened = open_session(ready)
    state.fault = third_fails
    ready.signing.work()
    session = ready.signing.ask(ReadSigningSession(session_id=opened.id), ready.school.locked.principal)
    state.fault = None

    assert (session.signed, reasons(session)) == (2, {"provider_away"})
    assert sign(ready).signed == 1


def test_an_authorisation_that_was_used_up_by_a_lost_answer_is_said(ready, state):
    """The process died after the service had signed: the authorisation is gone, the signatures too."""
    state.credentials["GX01"].otp = "738496"
    opened = open_session(ready, otp="738496")
    for sad in state.sads.values():
        sad.left = 0
    ready.signing.work()
    session = ready.signing.ask(ReadSigningSession(session_id=opened.id), ready.school.locked.principal)

    assert (session.signed, reasons(session)) == (0, {"authorisation_ended"})
    state.credentials["GX01"].otp = "111111"
    assert sign(ready, otp="111111").signed == 3


@pytest.mark.parametrize(
    "bend",
    [
        lambda values: values[::-1],
        lambda values: [b"chu ky".ljust(256)] * len(values),
        lambda values: values[:-1],
        lambda values: values * 2,
        lambda values: [b""] * len(values),
    ],
    ids=["in another order", "of no key", "one too few", "twice", "empty"],
)
def test_wrong_signatures_of_a_service_are_not_stored(ready, state, bend):
    before = [document.pdf for document in ready.signed()]
    state.bend = bend

    session = sign(ready)

    assert (session.signed, session.refused) == (0, 3)
    assert reasons(session) <= {"wrong_signature", "provider_refused"}
    assert [document.pdf for document in ready.signed()] == before


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"{}", json.dumps({"SAD": 5}).encode()])
def test_an_answer_that_is_not_of_the_api_is_refused(ready, state, content):
    state.fault = failing(methods=["credentials/authorize"], status=200, content=content)

    assert refusal(ready) == "signing.service_refused"


def test_a_service_that_sends_us_elsewhere_is_not_followed(ready, state):
    state.fault = failing(methods=["auth/login"], status=302)

    assert refusal(ready) == "signing.service_refused"
