"""Two services' databases and a virtual host of the broker; gradebook's only work is to note of whom it heard."""

from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.broker.management import Management
from deploy.broker.topology import wanted
from services.chassis.events import events_queue
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.chassis.service import Service
from services.contracts.identity import GrantChangedV1
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.chassis.bus import Bus

PASSWORD = "of-the-tests"  # users belong to the whole broker: every virtual host of the tests gives them the same
NOTE = text("INSERT INTO heard (record_id, version) VALUES (:record_id, :version)")


@pytest.fixture(scope="module")
def bus(broker_url, management_url):
    made = Bus(vhost=f"chassis-{new_id()}", password=PASSWORD, broker_url=broker_url, management_url=management_url)
    management = Management(management_url, made.vhost)
    management.apply(wanted(), {user.name: PASSWORD for user in wanted().users})
    yield made
    management.delete_vhost()


@pytest.fixture(scope="module")
def administrator(bus):
    with bus.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def identity(new_database):
    return new_database("identity")


@pytest.fixture(scope="module")
def school(new_database, tmp_path_factory):
    """Gradebook, whose only work is to note of whom it heard."""
    made = Acting(
        Service("gradebook", Path()),
        new_database("gradebook"),
        Objects(tmp_path_factory.mktemp("objects")),
        RecordedAnswers(),
    )
    made.sql("CREATE TABLE heard (id serial, record_id uuid, version int)")
    return made


@pytest.fixture
def gradebook(school):
    """The same with an empty inbox."""
    school.sql("TRUNCATE inbox, heard")
    school.service.consumes(GrantChangedV1, note)
    return school


@pytest.fixture
def empty_boxes(identity, gradebook, administrator):
    with identity.transaction() as tx:
        tx.conn.execute(text("TRUNCATE outbox"))
    administrator.channel().queue_purge(events_queue("gradebook"))


def note(tx, events):
    tx.conn.execute(NOTE, [{"record_id": event.record_id, "version": event.version} for event in events])
