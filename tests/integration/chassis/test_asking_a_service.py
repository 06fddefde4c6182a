"""Requests over the broker to a service's own process: answered once, refused in words, and never by a forger."""

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pika
import pytest
from sqlalchemy import text

from services.chassis import metrics, wire
from services.chassis.codec import to_json
from services.chassis.errors import Forbidden, Invalid, NotFound, Problem, Refused, Unauthenticated, Unavailable
from services.chassis.ids import new_id
from services.chassis.inbox import FindLacking
from services.chassis.rpc_client import RpcClient
from tests.integration.chassis.bus import CHECKOUT, hosting, until
from tests.integration.chassis.greetings import (
    Greet,
    Greeting,
    GreetLater,
    GreetOfficially,
    GreetThrough,
    Refuse,
    Stumble,
    Unheard,
)

LOCK = 4711
UNPREPARED = """
import eventlet
eventlet.monkey_patch()
from services.chassis import nameko_host
nameko_host.serve(None, None, "")
"""
START_SECONDS = 120


@pytest.fixture(scope="module")
def identity_process(bus, identity, tmp_path_factory):
    with identity.transaction() as tx:
        tx.conn.execute(text("CREATE TABLE greeted (name text)"))
    with hosting("identity", bus, identity, tmp_path_factory.mktemp("identity")) as process:
        yield process


@pytest.fixture(scope="module")
def process(bus, school, identity_process, tmp_path_factory):
    school.sql("CREATE TABLE greeted (name text)")
    with hosting("gradebook", bus, school.db, tmp_path_factory.mktemp("gradebook")) as process:
        yield process


@pytest.fixture(scope="module")
def gateway(bus, process):
    """The gateway's client, once gradebook and identity answer it."""
    client = RpcClient(bus.url("gateway"), "gateway", timeout=START_SECONDS).start()
    for service in ("gradebook", "identity"):
        client.call(Greet(name="An"), to=service)
    yield client
    client.stop()


@pytest.fixture
def gateways(bus):
    """A connection of the gateway's user, for requests that its client would never send."""
    with bus.connect("gateway") as connection:
        yield connection


def greeted(school, name):
    return len(school.sql("SELECT 1 FROM greeted WHERE name = :name", name=name))


def send(connection, name, *, reply_to="none", **changed):
    """A request as the gateway's client would make it, but for the headers that are changed; None leaves one out."""
    headers = {wire.DEADLINE: int(time.time() * 1000) + 10_000, wire.SECRET: "ab" * 32, wire.TRACE: ""} | changed
    properties = pika.BasicProperties(
        content_type="application/json",
        content_encoding="utf-8",
        reply_to=reply_to,
        correlation_id="c",
        user_id="gateway",
        headers={name: value for name, value in headers.items() if value is not None},
    )
    body = to_json({"args": [{"name": name}], "kwargs": {}})
    connection.channel().basic_publish(wire.EXCHANGE, "gradebook.greet", body, properties)


def test_a_request_is_answered_by_the_service_that_it_names(gateway):
    assert gateway.call(Greet(name="Bình"), to="gradebook") == Greeting(text="Xin chào Bình, gradebook.")
    assert gateway.call(Greet(name="Bình"), to="identity") == Greeting(text="Xin chào Bình, identity.")


def test_a_service_asks_another_while_it_answers(gateway):
    assert gateway.call(GreetThrough(name="Chi"), to="gradebook").text == "Xin chào Chi, identity."


def test_a_refusal_crosses_with_its_code_its_words_and_its_fields(gateway):
    with pytest.raises(Refused) as refusal:
        gateway.call(Refuse(name="Dũng"), to="gradebook")

    assert (refusal.value.code, refusal.value.fields) == ("test.not_today", {"name": "Dũng"})
    assert (refusal.value.vi, refusal.value.en) == ("Hôm nay không chào Dũng.", "No greeting for Dũng today.")


def test_a_bug_is_told_without_its_details(gateway):
    with pytest.raises(Problem) as problem:
        gateway.call(Stumble(), to="gradebook")

    assert (type(problem.value), problem.value.code) == (Problem, "internal")
    assert "secret" not in str(problem.value)


def test_an_operation_that_nobody_serves_is_not_found(gateway):
    with pytest.raises(NotFound):
        gateway.call(Unheard(), to="gradebook")


def test_a_request_that_does_not_fit_its_contract_is_refused_with_the_place(gateway):
    with pytest.raises(Invalid, match=r"\$\.name"):
        gateway.call(Greet(name=7), to="gradebook")


def test_without_a_token_only_the_services_named_are_answered(bus, gateway):
    assert gateway.call(GreetOfficially(name="Giang"), to="gradebook").text == "Xin chào Giang, gradebook."
    other = RpcClient(bus.url("transfer"), "transfer", timeout=START_SECONDS).start()
    with pytest.raises(Unauthenticated):
        other.call(GreetOfficially(name="Giang"), to="gradebook")
    other.stop()


def test_a_publisher_asks_an_inbox_what_it_lacks_and_no_other_may(bus, gateway):
    unknown = new_id()
    publisher = RpcClient(bus.url("identity"), "identity", timeout=START_SECONDS).start()

    assert publisher.call(FindLacking(event_ids=(unknown,)), to="gradebook").event_ids == (unknown,)
    with pytest.raises(Forbidden):
        gateway.call(FindLacking(event_ids=(unknown,)), to="gradebook")
    publisher.stop()


@contextmanager
def held_lock(school):
    """Whoever wants the lock waits until the block ends."""
    with school.db.connection() as conn:
        conn.exec_driver_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
        yield


def in_background(results, function, *arguments, **named):
    def run():
        try:
            results.append(function(*arguments, **named))
        except Problem as problem:
            results.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def is_waited_for(school):
    return school.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock AND NOT granted", lock=LOCK)


def test_a_slow_query_holds_up_nobody_else(gateway, school):
    answers = []
    with held_lock(school):
        slow = in_background(answers, gateway.call, GreetLater(lock=LOCK), to="gradebook")
        until(lambda: is_waited_for(school))

        assert gateway.call(Greet(name="Hà"), to="gradebook").text == "Xin chào Hà, gradebook."
        assert answers == []

    slow.join()
    assert answers == [Greeting(text="At last.")]


def test_who_waits_for_an_answer_waits_until_the_deadline_and_no_longer(gateway, school):
    with held_lock(school), pytest.raises(Unavailable) as problem:
        gateway.call(GreetLater(lock=LOCK), to="gradebook", timeout=0.5)

    assert (problem.value.code, problem.value.fields) == ("rpc.no_answer", {"service": "gradebook"})


MALFORMED = {
    "expired": {wire.DEADLINE: 1},
    "without a deadline": {wire.DEADLINE: None},
    "with a deadline in words": {wire.DEADLINE: "tomorrow"},
    "without a secret": {wire.SECRET: None},
    "with a secret that is none": {wire.SECRET: "é"},
    "without an address": {"reply_to": None},
}


@pytest.mark.parametrize("changed", MALFORMED.values(), ids=MALFORMED)
def test_a_request_whose_answer_nobody_awaits_is_not_done_and_stops_nobody(gateway, gateways, school, process, changed):
    send(gateways, "Khải", **changed)

    gateway.call(Greet(name="Lan"), to="gradebook")

    assert greeted(school, "Khải") == 0
    assert process.poll() is None


def test_strange_headers_stop_nobody(gateway, gateways, school, process):
    send(gateways, "Minh", **{wire.TRACE: 7, wire.TOKEN: 7, wire.KEY: 7})

    until(lambda: greeted(school, "Minh") == 1)
    assert process.poll() is None


def forged(gateway_call, mac):
    """A stranger's answer to a request that it did not receive."""
    return pika.BasicProperties(correlation_id=gateway_call.correlation_id, user_id="identity", headers={wire.MAC: mac})


def test_an_answer_that_somebody_else_sends_is_dropped(bus, gateway):
    """The test itself stands in notify's place; identity learns where the answer goes and comes first."""
    before = forged_replies("notify")
    answers = []
    with bus.connect("notify") as notifys, bus.connect("identity") as identitys:
        asking = in_background(answers, gateway.call, Greet(name="Nam"), to="notify")
        _, asked, body = next(notifys.channel().consume(wire.rpc_queue("notify"), auto_ack=True))
        lie, truth = (to_json({"result": {"text": word}, "error": None}) for word in ("A lie.", "The truth."))
        stranger = identitys.channel()
        for mac in ("00" * 32, "é", mac_of(asked, "notify", body, truth), None):
            stranger.basic_publish(wire.EXCHANGE, asked.reply_to, lie, forged(asked, mac))
        until(lambda: forged_replies("notify") == before + 4)
        honest = pika.BasicProperties(
            correlation_id=asked.correlation_id, headers={wire.MAC: mac_of(asked, "notify", body, truth)}
        )
        notifys.channel().basic_publish(wire.EXCHANGE, asked.reply_to, truth, honest)
        asking.join()

    assert answers == [Greeting(text="The truth.")]


def forged_replies(service):
    return metrics.RPC_REPLIES_FORGED.labels(service)._value.get()  # noqa: SLF001 - a counter's value has no public name


def mac_of(asked, responder, body, reply):
    return wire.reply_mac(
        asked.headers[wire.SECRET],
        correlation_id=asked.correlation_id,
        responder=responder,
        request=body,
        reply=reply,
    )


def test_a_caller_whose_connection_breaks_is_told_and_comes_back(bus, gateway, school):
    answers = []
    with held_lock(school):
        asking = in_background(answers, gateway.call, GreetLater(lock=LOCK), to="gradebook")
        until(lambda: is_waited_for(school))
        until(lambda: bus.break_off("gateway"))
        asking.join()

    assert [problem.code for problem in answers] == ["rpc.broker_unavailable"]
    until(gateway.is_connected)
    assert gateway.call(Greet(name="Oanh"), to="gradebook").text == "Xin chào Oanh, gradebook."


def test_a_service_whose_connections_break_comes_back_by_itself(bus, gateway, school, process):
    answers = []
    with held_lock(school):
        asking = in_background(answers, gateway.call, GreetLater(lock=LOCK), to="gradebook")
        until(lambda: is_waited_for(school))
        until(lambda: bus.break_off("gradebook"))
    asking.join()

    assert answers == [Greeting(text="At last.")]
    assert gateway.call(Greet(name="Phúc"), to="gradebook").text == "Xin chào Phúc, gradebook."
    assert gateway.call(GreetThrough(name="Phúc"), to="gradebook").text == "Xin chào Phúc, identity."
    assert process.poll() is None


def test_without_green_waiting_a_service_does_not_start():
    environment = {name: value for name, value in os.environ.items() if name != "PSYCOPG_WAIT_FUNC"}

    done = subprocess.run(
        [sys.executable, "-c", UNPREPARED], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "PSYCOPG_WAIT_FUNC=wait_selector" in done.stderr
