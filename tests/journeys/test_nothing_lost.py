"""Whatever dies, and whenever: every acknowledged write is there exactly once, and so is each event's effect."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from deploy.local.instance import POSTGRES, RABBITMQ
from tests.journeys.installation import until
from tests.journeys.records import grants, have_head_kept, head, heard, history, let_everything_arrive, windows
from tests.journeys.school import PUPILS, mark, workbook

POINTS = ("rpc.before_commit", "rpc.after_commit", "rpc.after_reply")
PREVIEWS = "SELECT id FROM imports"
WRITTEN = "SELECT sheet_id, max(seq) FROM mark_history GROUP BY sheet_id ORDER BY sheet_id"


@pytest.fixture(autouse=True)
def whole(platform):
    """Each test begins and ends with every process ready, though nobody helped."""
    until(platform.is_whole)
    yield
    until(platform.is_whole)


@pytest.fixture
def interrupted(platform):
    """Does what needs gradebook's server, which is killed when it comes to that table; nothing is seen of it then."""

    def do(table, work, *, unseen):
        before = platform.sql("gradebook", unseen)
        with ThreadPoolExecutor() as pool, platform.blocking("gradebook", table) as is_awaited:
            done = pool.submit(work)
            until(lambda: is_awaited() or done.done())
            assert not done.done(), done.result()
            platform.kill("gradebook-rpc")
            assert platform.sql("gradebook", unseen) == before
        return done.result()

    return do


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


@pytest.mark.parametrize("point", ["round.before_commit", "round.after_commit"])
def test_the_head_of_what_was_saved_is_published_although_the_worker_dies_over_it(platform, school, point):
    sheet = school.sheets[0]
    column, before = sheet["columns"][0], platform.restarts("gradebook-worker")
    order, version = platform.doom("gradebook-worker", point), len(history(platform, column))

    school.save_column(sheet, column, mark(version), version=version)
    have_head_kept(platform, sheet)
    until(lambda: platform.restarts("gradebook-worker") >= before + 2)

    assert not order.exists()
    assert school.is_intact(sheet)


def test_a_workbook_is_previewed_once_although_its_server_is_killed_meanwhile(platform, school, interrupted):
    file, key = workbook(school.sheets[1]), str(uuid4())
    before = platform.sql("gradebook", PREVIEWS)

    shown = interrupted("imports", lambda: school.preview(file, key=key), unseen=PREVIEWS)

    assert school.preview(file, key=key) == shown
    assert set(platform.sql("gradebook", PREVIEWS)) - set(before) == {(UUID(shown["id"]),)}


def test_a_workbook_is_written_whole_and_once_although_its_server_is_killed_over_it(platform, school, interrupted):
    sheet, key = school.sheets[1], str(uuid4())
    shown, (before, _) = school.preview(workbook(sheet)), head(platform, sheet)
    changes = len(shown["marks"]["changes"])

    applied = interrupted("mark_seals", lambda: school.apply(shown, key=key), unseen=WRITTEN)

    assert school.apply(shown, key=key) == applied
    assert applied["applied"]["marks"] == changes == head(platform, sheet)[0] - before > 0
    assert school.preview(workbook(sheet))["marks"]["changes"] == []
    assert school.is_intact(sheet)


def fresh_columns(platform, sheet):
    """Two columns of the sheet that nobody has written to."""
    return [column for column in sheet["columns"] if not history(platform, column)][-2:]
