"""Twins of the tests that nothing is lost: without a precaution the same deaths lose or double, and it is seen."""

from uuid import uuid4

import pytest

from tests.journeys.records import heard, let_everything_arrive, windows
from tests.journeys.school import workbook

CARELESS = ("identity-rpc", "gradebook-rpc", "gradebook-rpc-2", "gradebook-worker")


@pytest.fixture(scope="module")
def careless_platform(installation, school):
    installation.start(careless=CARELESS)
    return installation


def test_without_an_outbox_an_appointment_is_lost(careless_platform, school):
    unharmed = school.appoint()
    order = careless_platform.doom("identity-rpc", "rpc.after_commit")

    lost = school.appoint()
    let_everything_arrive(careless_platform, school)

    assert not order.exists()
    assert heard(careless_platform, unharmed) == ["DONE"]
    assert heard(careless_platform, lost) == []


def test_without_the_record_of_keys_a_window_is_opened_twice(careless_platform, school):
    order = careless_platform.doom("gradebook-rpc", "rpc.after_commit")

    school.open_window("2091-01-01T00:00:00Z")

    assert not order.exists()
    assert windows(careless_platform, "2091-01-01T00:00:00Z") == 2


def test_without_the_record_of_keys_a_workbook_is_previewed_twice(careless_platform, school):
    file, key = workbook(school.sheets[1]), str(uuid4())

    first, second = (school.preview(file, key=key) for _ in range(2))

    assert first["id"] != second["id"]


def test_without_the_inboxs_check_an_appointment_is_heard_of_twice(careless_platform, school):
    order = careless_platform.doom("gradebook-worker", "receiver.before_ack")

    doubled = school.appoint()
    let_everything_arrive(careless_platform, school)

    assert not order.exists()
    assert heard(careless_platform, doubled) == ["DONE", "DONE"]
