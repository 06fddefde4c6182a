"""A log on a real PostgreSQL, with the entrypoints of signing's own service."""

from collections.abc import Callable

import pytest

from services.chassis.database import Database
from services.chassis.objects import Objects
from services.signing import service as signing_service
from services.signing.authority import Authority
from services.signing.custody import write_authority
from tests.integration.acting import Acting, RecordedAnswers
from tests.integration.log.growing_log import WITNESS, GrowingLog
from tests.integration.signing.conftest import authority

__all__ = ["authority"]  # a fixture


@pytest.fixture(scope="module")
def signing(
    new_database: Callable[[str], Database], authority: Authority, signing_keys: None, tmp_path_factory
) -> Acting:
    """Signing, whose log one witness watches."""
    folder = tmp_path_factory.mktemp("signing")
    write_authority(folder / "authority.pem", authority)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOCBA_SIGNING_SERVER_KEY", "khóa máy chủ thử")
        environment.setenv("HOCBA_SIGNING_AUTHORITY", str(folder / "authority.pem"))
        environment.setenv("HOCBA_SIGNING_PUBLIC_URL", "https://hocba.example.vn")
        environment.setenv("HOCBA_SIGNING_LOG_WITNESSES", str(WITNESS.verifier))
        service = signing_service.build()
    return Acting(service, new_database("signing"), Objects(folder), RecordedAnswers())


@pytest.fixture
def log(signing: Acting) -> GrowingLog:
    """A log in which nothing is, and that was never signed."""
    log = GrowingLog(signing)
    log.as_ruler("TRUNCATE log_queue, log_entries, log_tiles, log_checkpoints, log_cosignatures")
    return log
