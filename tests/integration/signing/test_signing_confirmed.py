"""Keys that are confirmed on a phone: the session answers at once, waits apart, and says what became of it."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from services.chassis.errors import Problem
from services.contracts.signing.certificates import KeyProvider, RegisterCertificate
from services.contracts.signing.revocation import RevocationReason, RevokeCertificate
from services.contracts.signing.sessions import ReadSigningSession, SessionState, StopReason
from services.contracts.verdicts import Verdict
from services.signing.custody import write_authority
from services.signing.providers.csc import CscServices
from services.signing.providers.csc_client import CscService
from services.signing.usecases.confirming import ConfirmSessionTask
from tests.integration.chassis.bus import CHECKOUT, until
from tests.integration.signing.class_to_sign import HOMEROOM, PRINCIPAL, SEAL, SUBJECTS, outcome, slots
from tests.integration.signing.csc_server import PASSWORD, USER, Credential, Phone, RunningService
from tests.integration.signing.outside_authority import new_key

OPEN_TRANSACTIONS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="module")
def running():
    service = RunningService()
    yield service
    service.stop()


@pytest.fixture
def phone():
    return Phone()


@pytest.fixture
def remote(school, outside, running, phone):
    """The principal's key is at the service "mau", which asks on the phone."""
    principal = school.locked.principal
    key = new_key("P-256")
    certificate = outside.issue(school.locked.people[principal].name, key.public_key())
    running.state.credentials["GX02"] = Credential(key, auth_mode="implicit")
    service = CscService(url=running.url, user=USER, password=PASSWORD)
    school.providers[KeyProvider.CSC] = CscServices({"mau": service})
    school.forget_key(principal)
    registered = RegisterCertificate(
        provider=KeyProvider.CSC, place="mau/GX02", certificates=outside.pem(certificate), pin=""
    )
    school.signing.ask(registered, principal)
    running.state.credentials["GX02"].phone = phone
    running.state.calls.clear()
    yield running.state
    running.state.fault = None
    assert running.broken == []


@pytest.fixture
def ready(a_class, remote):
    a_class.sign_until(SUBJECTS, HOMEROOM)
    return a_class


@pytest.fixture
def apart(ready):
    """The threads that wait for people, one of them at a time."""
    with ThreadPoolExecutor(1) as thread:
        worker = ready.signing.worker(alone=ConfirmSessionTask.type)
        yield lambda: thread.submit(worker.work_once)


def read(a_class, opened):
    return a_class.signing.ask(ReadSigningSession(session_id=opened.id), a_class.school.locked.principal)


def told(a_class, opened):
    session = read(a_class, opened)
    return session.state, session.reason


def test_a_session_is_answered_at_once_and_goes_on_when_the_phone_has_confirmed(ready, apart, phone, remote):
    opened = ready.open(PRINCIPAL, pin="")
    waiting = apart()
    shown = phone.rings()
    meanwhile = read(ready, opened)
    ready.signing.worker().work_once()
    phone.confirm()

    assert waiting.result()
    assert opened.state is SessionState.AWAITING_CONFIRMATION
    assert (shown, outcome(meanwhile)) == (6, (SessionState.AWAITING_CONFIRMATION, 0, 0))
    assert read(ready, opened).state is SessionState.RUNNING
    assert read(ready, opened).expires_at > opened.expires_at
    ready.signing.work()
    ready.sign_until(SEAL)
    assert outcome(read(ready, opened)) == (SessionState.ENDED, 3, 0)
    assert {report.verdict for report in ready.reports(xml=True) + ready.reports(xml=False)} == {Verdict.VALID}
    assert [call["numSignatures"] for call in remote.of("credentials/authorize")] == [6]


def test_while_one_holder_looks_for_the_phone_others_sign_and_no_transaction_is_open(ready, apart, phone, new_class):
    ready.open(PRINCIPAL, pin="")
    waiting = apart()
    phone.rings()
    other = new_class()
    open_ones = other.signing.sql(OPEN_TRANSACTIONS)[0][0]
    other.open(SUBJECTS)
    worker = other.signing.worker()
    while worker.work_once():
        pass

    assert (open_ones, slots(other)) == (0, ["GVBM-TOAN"] * 3)
    phone.confirm()
    assert waiting.result()
    other.signing.work()


def test_a_declined_confirmation_stops_the_session_and_another_one_signs(ready, apart, phone):
    opened = ready.open(PRINCIPAL, pin="")
    waiting = apart()
    phone.rings()
    phone.decline()
    waiting.result()

    assert told(ready, opened) == (SessionState.STOPPED, StopReason.CONFIRMATION_DECLINED)
    phone.confirm()
    again = ready.open(PRINCIPAL, pin="")
    ready.signing.work()
    assert outcome(read(ready, again)) == (SessionState.ENDED, 3, 0)


def test_a_confirmation_that_never_comes_is_said_and_nothing_is_signed(ready, apart, phone):
    opened = ready.open(PRINCIPAL, pin="")
    ready.signing.sql("UPDATE sessions SET expires_at = now() + interval '300 ms' WHERE id = :id", id=opened.id)
    apart().result()

    assert told(ready, opened) == (SessionState.STOPPED, StopReason.NOT_CONFIRMED)
    phone.confirm()
    ready.signing.work()
    assert slots(ready).count("CBQL") == 0


def test_a_session_whose_time_ends_in_line_says_that_nobody_confirmed(ready):
    opened = ready.open(PRINCIPAL, pin="")
    ready.signing.sql("UPDATE sessions SET expires_at = now() WHERE id = :id", id=opened.id)
    with ready.signing.db.transaction() as tx:
        ready.signing.round("end_expired").handler(tx)

    assert told(ready, opened) == (SessionState.STOPPED, StopReason.NOT_CONFIRMED)
    ready.signing.work()


def fails(how, call):
    """A fault of one of the service's calls."""

    def fault(handler, method):
        if method == call:
            how(handler)
        return method == call

    return fault


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (lambda handler: handler.connection.close(), StopReason.SERVICE_AWAY),
        (lambda handler: handler.reply(503, b"{}"), StopReason.SERVICE_AWAY),
        (lambda handler: handler.reply(504, b"<html>"), StopReason.NOT_CONFIRMED),
        (lambda handler: handler.reply(400, b'{"error": "invalid_request"}'), StopReason.SERVICE_REFUSED),
        (lambda handler: handler.reply(400, b'{"error": "invalid_pin"}'), StopReason.SERVICE_REFUSED),
    ],
    ids=["hangs up", "in trouble", "a proxy waits no longer", "refuses", "wants a PIN that nobody has"],
)
def test_a_service_that_fails_while_it_asks_stops_the_session(ready, remote, how, reason):
    opened = ready.open(PRINCIPAL, pin="")
    remote.fault = fails(how, "credentials/authorize")
    ready.signing.work()

    assert told(ready, opened) == (SessionState.STOPPED, reason)
    assert ready.signing.unfinished() == []


def test_a_service_that_is_too_slow_to_let_us_in_is_away_and_nobody_was_asked(ready, remote):
    opened = ready.open(PRINCIPAL, pin="")
    remote.fault = fails(lambda handler: handler.reply(504, b"<html>"), "auth/login")
    ready.signing.work()

    assert told(ready, opened) == (SessionState.STOPPED, StopReason.SERVICE_AWAY)
    assert remote.of("credentials/authorize") == []


def test_a_holder_is_asked_about_one_session_at_a_time(ready, phone):
    opened = ready.open(PRINCIPAL, pin="")
    with pytest.raises(Problem, match="confirmation_awaited") as refused:
        ready.open(PRINCIPAL, pin="")

    assert refused.value.fields["session_id"] == str(opened.id)
    phone.decline()
    ready.signing.work()


def test_a_process_that_dies_while_it_waits_has_the_holder_asked_again_and_each_slot_is_signed_once(
    ready, remote, phone
):
    opened = ready.open(PRINCIPAL, pin="")
    phone.confirm()
    wait = ready.signing.service.work[ConfirmSessionTask.type].before
    lost = wait([ConfirmSessionTask(session_id=opened.id)], ready.signing.outside)
    phone.confirm()
    ready.signing.work()

    assert lost.came.secret
    assert len(remote.of("credentials/authorize")) == 2
    assert outcome(read(ready, opened)) == (SessionState.ENDED, 3, 0)
    assert slots(ready).count("CBQL") == 3


@pytest.fixture
def worker_process(school, running, authority, broker_url, tmp_path):
    """Runs the service's own worker in a block, at whose end it is killed."""
    write_authority(tmp_path / "authority.pem", authority)
    told = {
        "DATABASE_URL": school.signing.db.url,
        "BROKER_URL": broker_url,
        "OBJECTS": str(tmp_path),
        "SERVER_KEY": "khóa máy chủ thử",
        "AUTHORITY": str(tmp_path / "authority.pem"),
        "PUBLIC_URL": "https://hocba.example.vn",
        "CSC_SERVICES": json.dumps({"mau": {"url": running.url, "user": USER, "password": PASSWORD}}),
    }
    argv = [sys.executable, "-m", "services.chassis.run", "signing", "worker"]
    environment = os.environ | {f"HOCBA_SIGNING_{name}": value for name, value in told.items()}

    @contextmanager
    def run():
        with (tmp_path / "signing.log").open("ab") as log:
            process = subprocess.Popen(argv, cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()

    return run


def test_a_worker_that_is_killed_while_it_waits_is_followed_by_one_that_asks_again(ready, phone, worker_process):
    opened = ready.open(PRINCIPAL, pin="")
    with worker_process():
        phone.rings()
    killed = told(ready, opened)
    with worker_process():
        phone.rings()
        phone.confirm()  # heard by nobody: who asked is dead
        phone.confirm()
        until(lambda: read(ready, opened).state is SessionState.RUNNING)

    def is_done():
        ready.signing.work()
        return read(ready, opened).state is SessionState.ENDED

    until(is_done)  # the killed one may have begun to sign: the database lets go of it when it sees that it is dead
    assert killed == (SessionState.AWAITING_CONFIRMATION, None)
    assert outcome(read(ready, opened)) == (SessionState.ENDED, 3, 0)
    assert slots(ready).count("CBQL") == 3


def test_a_second_answer_for_a_confirmed_session_is_thrown_away(ready, phone):
    opened = ready.open(PRINCIPAL, pin="")
    phone.confirm()
    work = ready.signing.service.work[ConfirmSessionTask.type]
    task = [ConfirmSessionTask(session_id=opened.id)]
    twice = work.before(task, ready.signing.outside)
    phone.confirm()
    ready.signing.work()
    with ready.signing.db.transaction() as tx:
        work.handler(tx, task, twice)

    assert outcome(read(ready, opened)) == (SessionState.ENDED, 3, 0)
    assert work.before(task, ready.signing.outside) is None


def test_a_key_that_is_revoked_meanwhile_signs_nothing_whatever_the_phone_says(ready, apart, phone):
    principal = ready.school.locked.principal
    opened = ready.open(PRINCIPAL, pin="")
    waiting = apart()
    phone.rings()
    (key,) = ready.signing.sql("SELECT serial FROM keys WHERE holder = :id AND retired_at IS NULL", id=principal)
    ready.signing.ask(RevokeCertificate(serial=key.serial, reason=RevocationReason.KEY_COMPROMISE), principal)
    phone.confirm()
    waiting.result()
    ready.signing.work()

    assert told(ready, opened) == (SessionState.STOPPED, StopReason.KEY_REVOKED)
    assert slots(ready).count("CBQL") == 0


def test_what_opens_a_session_is_not_kept_once_it_has_stopped(ready, phone):
    opened = ready.open(PRINCIPAL, pin="")
    phone.decline()
    ready.signing.work()

    assert ready.signing.sql("SELECT wrapped_secret FROM sessions WHERE id = :id", id=opened.id)[0][0] is None


def test_a_certificate_of_a_key_on_a_phone_is_registered_while_the_holder_confirms(school, outside, running, phone):
    person = school.locked.sport_teacher
    school.forget_key(person)
    key = new_key("P-256")
    running.state.credentials["GX03"] = Credential(key, auth_mode="implicit", phone=phone)
    certificate = outside.issue(school.locked.people[person].name, key.public_key())
    command = RegisterCertificate(
        provider=KeyProvider.CSC, place="mau/GX03", certificates=outside.pem(certificate), pin=""
    )
    phone.decline()
    with pytest.raises(Problem, match="confirmation_declined"):
        school.signing.ask(command, person)
    phone.confirm()

    assert school.signing.ask(command, person).provider is KeyProvider.CSC
    school.forget_key(person)
    school.create_key(person)
