"""The broker holds what the contracts ask for, and lets nobody speak or listen beyond that."""

import re

import pytest

from deploy.broker.topology import SUBSCRIBER, wanted
from services.chassis import events, wire
from services.contracts.platform import CALLS, EVENTS, GATEWAY, PUBLIC, SERVICES, publisher_of
from services.contracts.schemas import messages

OPERATIONS = sorted(name for name in messages() if not name.startswith("vn.hocba."))
TYPES = sorted(event.type for event in EVENTS)
USERS = {user.name: user for user in wanted().users}
REPLY_KEY = "0c7e2f0e-8b1f-4a5d-9a50-3d0f6a0c7b11"


def may_publish(user, exchange, key):
    """As RabbitMQ decides: the exchange by its permission, the routing key by the topic permission."""
    topic = next((topic for topic in USERS[user].topics if topic.exchange == exchange), None)
    written = re.search(USERS[user].permission.write, exchange)
    return bool(written and (topic is None or re.search(topic.write, key)))


def may_read(user, queue):
    return bool(re.search(USERS[user].permission.read, queue))


def may_bind(user, exchange, key):
    topic = next(topic for topic in USERS[user].topics if topic.exchange == exchange)
    return bool(re.search(topic.read, key))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_a_queue_of_requests_and_one_of_events(service):
    queues = {queue.name for queue in wanted().queues}

    assert {wire.rpc_queue(service), events.events_queue(service)} <= queues


def test_an_event_goes_to_its_consumers_and_a_public_one_to_the_stream_as_well():
    bindings = {(b.queue, b.key) for b in wanted().bindings if b.exchange == events.EXCHANGE}

    assert bindings == {
        *((events.events_queue(name), event.type) for event, names in EVENTS.items() for name in names),
        *((events.STREAM, event.type) for event in PUBLIC),
    }


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_everyone_calls_exactly_those_whom_they_work_with(user):
    callable_ones = {name for name in OPERATIONS if may_publish(user, wire.EXCHANGE, name)}

    wanted_ones = {name for name in OPERATIONS if name.split(".")[0] in CALLS[user]}
    assert callable_ones == wanted_ones | {"identity.read_token_keys"}


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_a_service_answers_and_nobody_sends_to_a_key_that_is_neither_request_nor_reply(user):
    assert may_publish(user, wire.EXCHANGE, REPLY_KEY) is (user != GATEWAY)
    for key in ("#", "*", "gradebook", "gradebook.save_column.x", "xgradebook.save_column", f"{REPLY_KEY}x"):
        assert not may_publish(user, wire.EXCHANGE, key)


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_a_service_tells_its_own_events_and_no_other(user):
    told = {name for name in TYPES if may_publish(user, events.EXCHANGE, name)}

    assert told == {name for name in TYPES if publisher_of(name) == user}


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_reads_anothers_requests_events_or_replies(user):
    others = [name for name in (*SERVICES, GATEWAY) if name != user]

    for other in others:
        assert not may_read(user, wire.rpc_queue(other))
        assert not may_read(user, events.events_queue(other))
        assert not may_read(user, f"rpc.reply-{other}-{REPLY_KEY}")


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY])
def test_nobody_binds_more_than_the_own_replies(user):
    assert may_bind(user, wire.EXCHANGE, REPLY_KEY)
    for key in ("#", "*.*", "gradebook.save_column", "identity.#"):
        assert not may_bind(user, wire.EXCHANGE, key)
    for key in ("#", *TYPES):
        assert not may_bind(user, events.EXCHANGE, key)


@pytest.mark.parametrize("user", [*SERVICES, GATEWAY, SUBSCRIBER])
def test_nobody_declares_queues_but_those_of_the_own_replies(user):
    configure = USERS[user].permission.configure

    assert bool(re.search(configure, f"rpc.reply-{user}-{REPLY_KEY}")) is (user != SUBSCRIBER)
    for name in (*(queue.name for queue in wanted().queues), wire.EXCHANGE, events.EXCHANGE, "amq.gen-x"):
        assert not re.search(configure, name)


def test_a_reader_from_outside_reads_the_public_stream_and_nothing_else():
    reader = USERS[SUBSCRIBER].permission

    readable = [queue.name for queue in wanted().queues if re.search(reader.read, queue.name)]
    assert readable == [events.STREAM]
    assert not re.search(reader.write, events.EXCHANGE)
    assert not re.search(reader.read, events.EXCHANGE)


def test_the_public_stream_carries_no_news_of_who_works_where_or_of_results_before_they_are_issued():
    assert {event.type.split(".")[3] for event in PUBLIC} == {
        "certificate_revoked",
        "digitised_copy_issued",
        "digitised_copy_revoked",
        "transcript_issued",
        "transcript_revoked",
        "transfer_completed",
    }
