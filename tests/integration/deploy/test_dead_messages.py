import json
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, update

from deploy.hocba import cli, databases
from deploy.hocba.checks import Health, dead_messages
from deploy.local.instance import Instance
from services.chassis.tables import inbox

COMPLETED = "vn.hocba.transfer.transfer_completed.v1"


@pytest.fixture(scope="module")
def notify(new_database):
    return new_database("notify")


@pytest.fixture
def dead(notify):
    """The id of a message that notify gave up trying."""
    with notify.transaction() as tx:
        tx.conn.execute(update(inbox).values(state="DONE"))
        row = {"event_id": uuid4(), "type": COMPLETED, "data": {"version": 1}, "state": "DEAD", "attempts": 5}
        return tx.conn.scalars(insert(inbox).values(**row, reason="no [mail] server").returning(inbox.c.id)).one()


@pytest.fixture
def hocba(notify, monkeypatch):
    url = notify.engine.url.render_as_string(hide_password=False)
    monkeypatch.setattr(databases, "database_url", lambda _instance, _service: url)
    return lambda *arguments: CliRunner().invoke(cli.hocba, ("dead", *arguments))


def state_of(notify, row_id):
    with notify.transaction() as tx:
        return tx.conn.execute(select(inbox.c.state, inbox.c.attempts).where(inbox.c.id == row_id)).one()


def test_an_operator_sees_what_is_dead_and_why(hocba, dead):
    said = hocba("ls", "--service", "notify", "--json")

    (told,) = json.loads(said.output)
    assert (told["service"], told["id"], told["type"], told["attempts"]) == ("notify", dead, COMPLETED, 5)
    assert "no [mail] server" in hocba("show", "--service", "notify", str(dead)).output


def test_the_list_says_the_reason_as_it_is(hocba, dead, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    assert "no [mail] server" in hocba("ls", "--service", "notify").output


def test_a_replayed_message_is_tried_from_the_start(hocba, dead, notify):
    said = hocba("replay", "--service", "notify", str(dead))

    assert said.output == f"Message {dead} of notify will be tried again.\n"
    assert state_of(notify, dead) == ("PENDING", 0)


def test_a_dropped_message_stays_to_be_seen(hocba, dead, notify):
    said = hocba("drop", "--service", "notify", str(dead), "--json")

    assert json.loads(said.output) == {"service": "notify", "id": dead, "state": "DROPPED"}
    assert state_of(notify, dead) == ("DROPPED", 5)


@pytest.mark.parametrize("order", ["show", "replay", "drop"])
def test_what_is_not_dead_is_left_alone(hocba, dead, order):
    said = hocba(order, "--service", "notify", str(dead + 1))

    assert said.exit_code == 1
    assert said.output.startswith(f"Error: notify has no dead message {dead + 1};")


def test_the_doctor_sends_the_operator_to_the_dead(hocba, dead, tmp_path):
    finding = dead_messages(Instance("school", tmp_path))

    assert finding.health is Health.DEGRADED
    assert "notify 1; see `./hocba dead ls`" in finding.detail


def test_a_database_that_is_away_is_one_sentence(monkeypatch):
    away = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    monkeypatch.setattr(databases, "database_url", lambda _instance, _service: away)

    said = CliRunner().invoke(cli.hocba, ("dead", "ls", "--service", "notify"))

    assert said.output == "Error: The database of notify does not answer; `./hocba up` starts it.\n"
