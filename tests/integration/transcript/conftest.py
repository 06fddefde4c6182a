"""Transcript on a real PostgreSQL, with recorded answers of the other services."""

from collections.abc import Callable
from uuid import UUID

import pytest

from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.contracts.identity import Role
from services.contracts.transcript import TranscriptState
from services.transcript import service as transcript_service
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.locked_class import LockedClass
from tests.integration.transcript.class_to_freeze import Class


@pytest.fixture(scope="module")
def transcript(new_database: Callable[[str], Database], tmp_path_factory) -> Acting:
    objects = Objects(tmp_path_factory.mktemp("objects"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOCBA_TRANSCRIPT_PUBLIC_URL", "https://hocba.example.vn")
        service = transcript_service.build()
    return Acting(service, new_database("transcript"), objects, RecordedAnswers())


@pytest.fixture
def unlocked_class(transcript: Acting) -> Class:
    """A class with results of which transcript has not heard yet."""
    locked = LockedClass()
    transcript.others.answers = locked.answers()
    transcript.others.asked.clear()
    transcript.grant(Role.PRINCIPAL, locked.unit_id, locked.principal)
    return Class(transcript=transcript, locked=locked, admin=transcript.grant(Role.ADMIN, locked.unit_id))


@pytest.fixture
def ready_class(unlocked_class: Class) -> Class:
    unlocked_class.announce()
    return unlocked_class


@pytest.fixture
def frozen_class(ready_class: Class) -> Class:
    ready_class.freeze()
    return ready_class


@pytest.fixture
def stranger(transcript: Acting) -> UUID:
    """The admin of another school."""
    return transcript.grant(Role.ADMIN, new_id())


@pytest.fixture
def states():
    """A function that gives the states of a class's transcripts, in the order of its pupils."""

    def of(a_class: Class) -> list[TranscriptState]:
        return [a_class.of_pupil(place).state for place in range(3)]

    return of
