"""Whatever dies, and whenever: every acknowledged write is there exactly once, and so is each event's effect."""

import pytest

from deploy.local.instance import POSTGRES, RABBITMQ
from tests.journeys.installation import until
from tests.journeys.records import grants, heard, history, let_everything_arrive, windows
from tests.journeys.school import PUPILS, mark

POINTS = ("rpc.before_commit", "rpc.after_commit", "rpc.after_reply")


@pytest.fixture(autouse=True)
def whole(platform):
    """Each test begins and ends with every process ready, though nobody helped."""
    until(platform.is_whole)
    yield
    until(platform.is_whole)


@pytest.mark.parametrize("point", POINTS)
def test_a_column_of_marks_is_written_once_although_its_server_dies(platform, school, point):
    sheet = school.sheets[0]
    column, before = sheet["columns"][POINTS.index(point)], platform.restarts("gradebook-rpc")
    order = platform.doom("gradebook-rpc", point)

    saved = school.save_column(sheet, column, "7.5", version=0)
    until(lambda: platform.restarts("gradebook-rpc") > before)

    assert not order.exists()
    assert saved["written"] == PUPILS
    assert history(platform, column) == [(1, "7.5", PUPILS)]
    assert school.is_intact(sheet)


def test_a_window_is_opened_once_although_its_server_dies(platform, school):
    order = platform.doom("gradebook-rpc", "rpc.after_commit")

    school.open_window("2090-01-01T00:00:00Z")

    assert not order.exists()
    assert windows(platform, "2090-01-01T00:00:00Z") == 1


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("identity-rpc", "rpc.before_commit"),
        ("identity-rpc", "rpc.after_commit"),
        ("identity-worker", "relay.before_publish"),
        ("identity-worker", "relay.after_publish"),
        ("gradebook-worker", "receiver.before_ack"),
        ("gradebook-worker", "worker.after_commit"),
    ],
)
def test_an_appointment_is_heard_of_once_although_a_process_dies(platform, school, name, point):
    before = platform.restarts(name)
    platform.doom(name, point)

    person_id = school.appoint()
    until(lambda: platform.restarts(name) > before)
    let_everything_arrive(platform, school)

    assert heard(platform, person_id) == ["DONE"]
    assert grants(platform, person_id) == 1


@pytest.mark.parametrize("server", [RABBITMQ, POSTGRES])
def test_a_server_killed_in_the_midst_of_marking_loses_and_doubles_nothing(platform, school, server):
    places = [(sheet, column) for sheet in school.sheets for column in fresh_columns(platform, sheet)]
    before = platform.restarts()
    school.gateway.put_off.clear()

    with school.marking(places) as teachers:
        until(lambda: all(teacher.acknowledged >= 2 for teacher in teachers))
        person_id = school.appoint()
        platform.instance.kill_server(server)
        until(lambda: school.gateway.put_off)
        platform.instance.start_servers()
        reached = {teacher: teacher.acknowledged for teacher in teachers}
        until(lambda: all(teacher.acknowledged >= reached[teacher] + 2 for teacher in teachers))
    let_everything_arrive(platform, school)

    assert all(int(answer.headers["Retry-After"]) > 0 for answer in school.gateway.put_off)
    assert platform.restarts() == before
    for teacher in teachers:
        expected = [(number + 1, mark(number), PUPILS) for number in range(teacher.acknowledged)]
        assert history(platform, teacher.column) == expected
    assert all(school.is_intact(sheet) for sheet in school.sheets)
    assert (heard(platform, person_id), grants(platform, person_id)) == (["DONE"], 1)


def fresh_columns(platform, sheet):
    """Two columns of the sheet that nobody has written to."""
    return [column for column in sheet["columns"] if not history(platform, column)][-2:]
