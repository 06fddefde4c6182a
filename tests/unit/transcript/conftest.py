import pytest

from services.transcript.canonical import TranscriptData
from tests.unit.transcript.papers import lower


@pytest.fixture(scope="session")
def transcript() -> TranscriptData:
    return lower()
