"""Gradebook and signing on a real PostgreSQL, and classes whose marks are written straight into the ledger."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis.database import Database
from services.chassis.objects import Objects
from services.chassis.service import Service
from services.contracts.gradebook.history import MarkHeadsPublishedV1
from services.gradebook import service as gradebook_service
from services.signing import heads
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.ledger.written_class import WrittenClass, open_class


@pytest.fixture(scope="module")
def objects(tmp_path_factory) -> Objects:
    """The files that all services share."""
    return Objects(tmp_path_factory.mktemp("objects"))


@pytest.fixture(scope="module")
def gradebook(new_database: Callable[[str], Database], objects: Objects, ledger_key: str) -> Acting:
    assert ledger_key  # is among the settings
    return Acting(gradebook_service.build(), new_database("gradebook"), objects, RecordedAnswers())


@pytest.fixture(scope="module")
def signing(new_database: Callable[[str], Database], objects: Objects) -> Acting:
    """Signing, whose only work here is to keep heads."""
    service = Service("signing", Path())
    service.consumes(MarkHeadsPublishedV1, heads.keep_heads, before=heads.fetch_heads)
    return Acting(service, new_database("signing"), objects, RecordedAnswers())


@pytest.fixture
def a_class(gradebook: Acting) -> WrittenClass:
    """A class of three with two sheets, nothing written yet."""
    return open_class(gradebook)
