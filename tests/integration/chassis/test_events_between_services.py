"""An event goes from the transaction that made it true to each consumer's inbox, whatever happens on the way."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
from pika.exceptions import AMQPConnectionError
from sqlalchemy import func, select, update

from services.chassis import inbox, relay
from services.chassis.errors import Unavailable
from services.chassis.events import EXCHANGE, events_queue, properties
from services.chassis.ids import new_id
from services.chassis.listening import Bell
from services.chassis.receiver import Receiver
from services.chassis.relay import LEADER_LOCK, Relay
from services.chassis.tables import outbox
from services.contracts.identity import GrantChangedV1
from services.contracts.messages import Change, Event
from tests.integration.chassis.appointments import NOW, appointment, heard, received
from tests.integration.chassis.bus import running, until

LED = """
    SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND datname = current_database()
"""
pytestmark = pytest.mark.usefixtures("empty_boxes")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRenamedV1(Event):
    """An event for which the broker has no queue."""

    type: ClassVar[str] = "vn.hocba.identity.unit_renamed.v1"
    aggregate: ClassVar[str] = "record_id"


class Inboxes:
    """Stands where RPC is: looks into gradebook's inbox itself, unless gradebook is away."""

    def __init__(self, db):
        self.db, self.is_away, self.asked = db, False, 0

    def call(self, request, **_rest):
        self.asked += 1
        if self.is_away:
            raise Unavailable
        with self.db.transaction() as tx:
            return inbox.find_lacking(tx, request, None)


@pytest.fixture(scope="module")
def connection(bus):
    """Identity's own."""
    with bus.connect("identity") as connection:
        yield connection


@pytest.fixture(scope="module")
def bell(identity):
    bell = Bell(identity.url, "outbox")
    yield bell
    bell.stop()


@pytest.fixture
def inboxes(school):
    return Inboxes(school.db)


@pytest.fixture
def new_relay(bus, identity, bell, inboxes):
    """Makes a relay of identity's; gradebook alone must have its events."""

    def make(url=None):
        consumers = {GrantChangedV1.type: ("gradebook",)}
        return Relay("identity", identity, url or bus.url("identity"), bell=bell, rpc=inboxes, consumers=consumers)

    return make


@pytest.fixture
def carrier(new_relay):
    return new_relay()


@pytest.fixture(scope="module")
def receiver(bus, school):
    with running(Receiver("gradebook", school.db, bus.url("gradebook"))) as part:
        yield part


def emit(db, *events):
    with db.transaction() as tx:
        tx.emit_all(events)


def count(db, column):
    """Rows of the outbox where the column is empty."""
    with db.transaction() as tx:
        return tx.conn.scalar(select(func.count()).where(column.is_(None)))


def age(db):
    """Let the published events have been under way for longer than they may."""
    with db.transaction() as tx:
        tx.conn.execute(update(outbox).values(published_at=func.now() - timedelta(seconds=relay.SETTLE_SECONDS + 1)))


def send(connection, body, **changes):
    """What identity could put on the bus past its outbox."""
    described = properties(event_id=str(new_id()), event_type=GrantChangedV1.type, written_at=NOW, traceparent="")
    for name, value in changes.items():
        setattr(described, name, value)
    with connection.channel() as channel:
        channel.confirm_delivery()
        channel.basic_publish(EXCHANGE, GrantChangedV1.type, body, described, mandatory=True)


def arrived(gradebook, rows):
    until(lambda: len(received(gradebook)) == rows)


def test_an_appointment_reaches_gradebook_and_is_worked_on_once(identity, gradebook, carrier, connection, receiver):
    told = appointment()
    emit(identity, told)

    assert carrier.publish_once(connection) == 1
    assert carrier.publish_once(connection) == 0
    arrived(gradebook, 1)
    gradebook.work()
    gradebook.work()

    assert heard(gradebook) == [(told.record_id, 1)]
    assert received(gradebook) == [("DONE", GrantChangedV1.type)]


def test_an_appointment_that_was_undone_is_never_told(identity):
    def undone():
        with identity.transaction() as tx:
            tx.emit(appointment())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        undone()

    assert count(identity, outbox.c.published_at) == 0


def test_one_persons_changes_arrive_in_the_order_of_writing(identity, gradebook, carrier, connection, receiver):
    people = [new_id() for _ in range(20)]
    for version in (1, 2, 3):
        emit(identity, *(appointment(person, version) for person in people))

    carrier.publish_once(connection)
    arrived(gradebook, 60)
    gradebook.work()

    assert {person: [v for p, v in heard(gradebook) if p == person] for person in people} == {
        person: [1, 2, 3] for person in people
    }


def test_what_was_committed_late_behind_a_higher_number_still_goes(identity, carrier, connection):
    with identity.transaction() as slow:
        slow.emit(appointment())
        emit(identity, appointment())

        assert carrier.publish_once(connection) == 1

    assert carrier.publish_once(connection) == 1


@pytest.mark.usefixtures("receiver")
def test_an_event_that_the_broker_returns_is_kept_until_somebody_can_have_it(
    identity, gradebook, carrier, connection, administrator
):
    emit(identity, UnitRenamedV1(record_id=new_id(), change=Change.UPDATE, version=2, updated_at=NOW))

    assert carrier.publish_once(connection) == 0
    assert count(identity, outbox.c.published_at) == 1

    administrator.channel().queue_bind(events_queue("gradebook"), EXCHANGE, UnitRenamedV1.type)

    assert carrier.publish_once(connection) == 1
    arrived(gradebook, 1)


def test_an_event_published_twice_is_in_the_inbox_once(identity, gradebook, carrier, connection, receiver):
    emit(identity, appointment())

    carrier.publish_once(connection)
    with identity.transaction() as tx:
        tx.conn.execute(update(outbox).values(published_at=None))
    emit(identity, appointment())
    carrier.publish_once(connection)
    arrived(gradebook, 2)
    gradebook.work()

    assert len(heard(gradebook)) == 2


@pytest.mark.parametrize("poison", [b"not json", b'{"name": "\\u0000"}', b"\xff"])
@pytest.mark.usefixtures("receiver")
def test_poison_is_kept_as_it_came_and_holds_nobody_up(identity, gradebook, carrier, connection, poison):
    send(connection, poison)
    emit(identity, appointment())
    carrier.publish_once(connection)
    arrived(gradebook, 2)
    gradebook.work()

    [dead] = gradebook.sql("SELECT state, raw, data, reason FROM inbox WHERE state <> 'DONE'")
    assert (dead.state, bytes(dead.raw), dead.data) == ("DEAD", poison, None)
    assert "JSON" in dead.reason
    assert len(heard(gradebook)) == 1


def test_a_message_without_an_identifier_is_known_again_by_its_content(gradebook, connection, receiver):
    for body in (b'{"n": 1}', b'{"n": 1}', b'{"n": 2}'):
        send(connection, body, message_id="none")

    arrived(gradebook, 2)
    assert [row.data for row in gradebook.sql("SELECT data FROM inbox ORDER BY id")] == [{"n": 1}, {"n": 2}]


def test_what_an_inbox_has_lost_comes_again(identity, gradebook, carrier, connection, receiver):
    emit(identity, appointment(), appointment())
    carrier.publish_once(connection)
    arrived(gradebook, 2)
    gradebook.sql("DELETE FROM inbox WHERE id = (SELECT min(id) FROM inbox)")

    age(identity)
    carrier.settle_once(connection)
    arrived(gradebook, 2)
    assert count(identity, outbox.c.settled_at) == 1

    age(identity)
    carrier.settle_once(connection)
    assert count(identity, outbox.c.settled_at) == 0


def test_an_event_under_way_is_not_asked_after(identity, carrier, connection, inboxes):
    emit(identity, appointment())
    carrier.publish_once(connection)

    carrier.settle_once(connection)

    assert inboxes.asked == 0


def test_a_consumer_that_is_away_is_asked_later_and_nothing_is_taken_for_settled(
    identity, carrier, connection, inboxes
):
    emit(identity, appointment())
    carrier.publish_once(connection)
    age(identity)
    inboxes.is_away = True

    carrier.settle_once(connection)
    carrier.settle_once(connection)

    assert inboxes.asked == 1
    assert count(identity, outbox.c.settled_at) == 1


def test_two_relays_take_turns_so_that_the_order_is_kept(identity, gradebook, new_relay, receiver):
    with running(new_relay()):
        until(lambda: is_led(identity))
        with running(new_relay()):
            emit(identity, appointment())
            arrived(gradebook, 1)
        assert is_led(identity)

    assert not is_led(identity)


def test_a_relay_that_cannot_reach_the_broker_leaves_the_lead_to_others(identity, new_relay):
    with pytest.raises(AMQPConnectionError):
        new_relay("amqp://identity:secret@127.0.0.1:1/none")._lead()  # noqa: SLF001 - one try of its loop

    assert not is_led(identity)


def is_led(db):
    with db.connection() as conn:
        return conn.exec_driver_sql(LED, LEADER_LOCK).first() is not None
