"""Every message has its way through the broker, and no service has more rights than the contracts ask for."""

import re
from uuid import uuid4

import pytest

from deploy.broker.topology import SUBSCRIBER, wanted
from services.chassis import events, wire
from services.contracts.messages import Event, Request
from services.contracts.platform import CALLS, CONSUMERS, EVENTS, GATEWAY, PUBLIC, SERVICES, publisher_of, publishers_to
from services.contracts.schemas import messages

TOPOLOGY = wanted()
USERS = {user.name: user for user in TOPOLOGY.users}


def shapes(kind):
    """The contracts of a kind, with the service whose module publishes them."""
    return [(shape.__module__.split(".")[2], shape) for shape in messages().values() if issubclass(shape, kind)]


def queues_of(exchange, key):
    return {b.queue for b in TOPOLOGY.bindings if b.exchange == exchange and topic_matches(b.key, key)}


def topic_matches(pattern, key):
    return re.fullmatch(pattern.replace(".", r"\.").replace("*", r"[^.]+"), key) is not None


def may(user, exchange, action, key):
    """Whether the broker lets the user write to, or bind by, a routing key; without a rule it does."""
    rules = [topic for topic in USERS[user].topics if topic.exchange == exchange]
    return all(re.search(getattr(rule, action), key) for rule in rules)


def publishers(event_type):
    writers = [user for user in USERS if can(user, "write", events.EXCHANGE)]
    return [user for user in writers if may(user, events.EXCHANGE, "write", event_type)]


def can(user, action, resource):
    return re.search(getattr(USERS[user].permission, action), resource) is not None


@pytest.mark.parametrize(("service", "event"), shapes(Event), ids=lambda value: getattr(value, "__name__", value))
def test_every_event_is_declared_published_by_its_service_and_reaches_its_consumers(service, event):
    stream = {events.STREAM} if event in PUBLIC else set()

    assert publisher_of(event.type) == service
    assert EVENTS[event] or event in PUBLIC
    assert event.aggregate in event.__dataclass_fields__
    assert queues_of(events.EXCHANGE, event.type) == {events.events_queue(name) for name in EVENTS[event]} | stream
    assert publishers(event.type) == [service]


def test_every_declared_event_is_a_contract():
    assert set(EVENTS) == {event for _, event in shapes(Event)}
    assert set(CONSUMERS) == {event.type for event in EVENTS}


@pytest.mark.parametrize(("service", "request_"), shapes(Request), ids=lambda value: getattr(value, "__name__", value))
def test_every_operation_reaches_its_own_service_alone(service, request_):
    assert request_.operation.startswith(f"{service}.")
    assert queues_of(wire.EXCHANGE, request_.operation) == {wire.rpc_queue(service)}
    assert may(GATEWAY, wire.EXCHANGE, "write", request_.operation)


@pytest.mark.parametrize("caller", SERVICES)
def test_a_service_calls_the_services_of_its_contracts_and_no_other(caller):
    callees = {name for name in SERVICES if may(caller, wire.EXCHANGE, "write", f"{name}.do_something")}

    assert callees == set(CALLS[caller])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_asks_identity_for_token_keys_and_its_consumers_for_what_they_lack(service):
    asked = {name for name in SERVICES if may(service, wire.EXCHANGE, "write", f"{name}.find_lacking")}

    assert may(service, wire.EXCHANGE, "write", "identity.read_token_keys")
    assert asked >= {name for name in SERVICES if service in publishers_to(name)}


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_only_replies_of_its_own_can_be_declared_and_read(user):
    others = [name for name in (*SERVICES, GATEWAY) if name != user]

    assert can(user, "configure", f"rpc.reply-{user}-{uuid4()}")
    assert can(user, "read", f"rpc.reply-{user}-{uuid4()}")
    for other in others:
        for resource in (f"rpc.reply-{other}-{uuid4()}", wire.rpc_queue(other), events.events_queue(other)):
            assert not any(can(user, action, resource) for action in ("configure", "write", "read"))
    assert not can(user, "configure", wire.rpc_queue(user))
    assert not can(user, "configure", events.EXCHANGE)


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
@pytest.mark.parametrize("key", ["#", "*", "*.*", "identity.*", "gradebook.save_column", "vn.hocba.#"])
def test_nobody_can_bind_a_queue_of_theirs_to_what_is_meant_for_others(user, key):
    assert not may(user, wire.EXCHANGE, "read", key)
    assert not may(user, events.EXCHANGE, "read", key)


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_everybody_can_bind_for_replies_and_services_can_send_them(user):
    reply_key = str(uuid4())

    assert may(user, wire.EXCHANGE, "read", reply_key)
    assert may(user, wire.EXCHANGE, "write", reply_key) is (user != GATEWAY)
    assert not may(user, wire.EXCHANGE, "read", f"x{reply_key}")


@pytest.mark.parametrize(
    "event_type",
    [
        "vn.hocba.identity.grant_changed.v1.more",
        "xvn.hocba.identity.grant_changed.v1",
        "vn.hocba.identity.v1",
        "vnxhocba.identity.grant_changed.v1",
    ],
)
def test_no_service_publishes_an_event_of_another_form(event_type):
    assert not any(may(service, events.EXCHANGE, "write", event_type) for service in SERVICES)


def test_a_subscriber_reads_the_public_stream_and_nothing_else():
    assert can(SUBSCRIBER, "read", events.STREAM)
    assert not can(SUBSCRIBER, "read", events.events_queue("notify"))
    assert not any(can(SUBSCRIBER, action, events.STREAM) for action in ("configure", "write"))
    assert not can(SUBSCRIBER, "write", events.EXCHANGE)
