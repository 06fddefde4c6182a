"""Gradebook on a real PostgreSQL, and schools with one class of three."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.database import Database
from services.chassis.objects import Objects
from services.contracts.identity import RegisterPupils
from services.gradebook import service as gradebook_service
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.gradebook.small_school import School, open_small_school, register


@pytest.fixture(scope="module")
def gradebook(new_database: Callable[[str], Database], tmp_path_factory, ledger_key: str) -> Acting:
    assert ledger_key  # is among the settings
    others = RecordedAnswers({RegisterPupils: register})
    objects = Objects(tmp_path_factory.mktemp("objects"))
    return Acting(gradebook_service.build(), new_database("gradebook"), objects, others)


@pytest.fixture
def school(gradebook: Acting) -> School:
    """A class of three with maths and sport."""
    return open_small_school(gradebook)


@pytest.fixture
def other_school(gradebook: Acting) -> School:
    """Another school with such a class."""
    return open_small_school(gradebook)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as threads:
        yield threads


@pytest.fixture
def await_waiting(gradebook: Acting):
    """A function that returns once so many of gradebook's transactions wait for another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def wait(count: int) -> None:
        deadline = datetime.now(UTC) + timedelta(seconds=10)
        while gradebook.sql(waiting)[0].count < count:
            assert datetime.now(UTC) < deadline

    return wait
