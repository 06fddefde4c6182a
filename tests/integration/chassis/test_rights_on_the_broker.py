"""The broker itself keeps each service to the rights that its contracts give it."""

from contextlib import contextmanager

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from deploy.broker.management import Management
from deploy.broker.topology import wanted
from services.chassis import wire
from services.chassis.events import EXCHANGE, STREAM, events_queue
from services.chassis.ids import new_id
from services.contracts.gradebook.sheets import SaveColumn
from services.contracts.identity import GrantChangedV1
from services.contracts.transcript import TranscriptsFrozenV1

FORBIDDEN, CONTRADICTION = 403, 406


@contextmanager
def channel_of(bus, user):
    with bus.connect(user) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        yield channel


@contextmanager
def refused(code=FORBIDDEN):
    with pytest.raises(ChannelClosedByBroker) as closed:
        yield
    assert closed.value.reply_code == code


def own_queue(channel, user):
    name = f"rpc.reply-{user}-{new_id()}"
    channel.queue_declare(name, exclusive=True)
    return name


def test_an_event_that_concerns_a_service_no_more_is_not_brought_to_it(bus, administrator):
    management, queue = Management(bus.management_url, bus.vhost), events_queue("gradebook")
    administrator.channel().queue_bind(queue, EXCHANGE, TranscriptsFrozenV1.type)
    before = management.differences(wanted())

    management.apply(wanted(), {user.name: bus.password for user in wanted().users})

    assert [TranscriptsFrozenV1.type in one for one in before] == [True]
    assert management.differences(wanted()) == []


@pytest.mark.parametrize("exchange", [wire.EXCHANGE, EXCHANGE])
@pytest.mark.parametrize("key", ["#", "*", "identity.*", "gradebook.save_column", GrantChangedV1.type])
def test_no_service_listens_in_on_what_is_meant_for_others(bus, exchange, key):
    with channel_of(bus, "gradebook") as channel, refused():
        channel.queue_bind(own_queue(channel, "gradebook"), exchange, key)


def test_a_service_hears_replies_that_are_meant_for_it(bus):
    with channel_of(bus, "gradebook") as channel:
        queue, key = own_queue(channel, "gradebook"), str(new_id())
        channel.queue_bind(queue, wire.EXCHANGE, key)
        channel.basic_publish(wire.EXCHANGE, key, b"reply", mandatory=True)

        assert channel.basic_get(queue)[2] == b"reply"


@pytest.mark.parametrize(
    ("user", "exchange", "key"),
    [
        ("notify", wire.EXCHANGE, SaveColumn.operation),
        ("gradebook", wire.EXCHANGE, "transcript.freeze_class"),
        ("gradebook", EXCHANGE, GrantChangedV1.type),
        ("gateway", EXCHANGE, GrantChangedV1.type),
        ("gateway", wire.EXCHANGE, "x-queue"),
        ("subscriber", EXCHANGE, GrantChangedV1.type),
    ],
)
def test_no_user_says_what_is_anothers_to_say(bus, user, exchange, key):
    with channel_of(bus, user) as channel, refused():
        channel.basic_publish(exchange, key, b"{}")


def test_nobody_speaks_under_anothers_name(bus):
    with channel_of(bus, "gradebook") as channel, refused(CONTRADICTION):
        channel.basic_publish(wire.EXCHANGE, "identity.read_me", b"{}", pika.BasicProperties(user_id="gateway"))


@pytest.mark.parametrize(
    "queue", ["mine", "rpc-gradebook-2", "rpc.reply-identity-01a20240-5fa3-71c9-9d9f-b5e9bc4eb663"]
)
def test_a_service_declares_nothing_but_its_reply_queues(bus, queue):
    with channel_of(bus, "gradebook") as channel, refused():
        channel.queue_declare(queue)


@pytest.mark.parametrize("queue", [wire.rpc_queue("identity"), events_queue("transcript"), STREAM])
def test_a_service_reads_no_queue_of_another(bus, queue):
    with channel_of(bus, "gradebook") as channel, refused():
        channel.basic_get(queue)


def test_a_service_deletes_no_queue(bus):
    with channel_of(bus, "gradebook") as channel, refused():
        channel.queue_delete(wire.rpc_queue("gradebook"))
