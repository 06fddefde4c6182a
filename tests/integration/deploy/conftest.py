import os
import shutil
import tempfile
from pathlib import Path

import pytest

from deploy.local import elsewhere, packages
from deploy.local.instance import Instance

SERVERS = (elsewhere.POSTGRES_URL, elsewhere.BROKER_URL, elsewhere.MANAGEMENT_URL)


@pytest.fixture(scope="session", autouse=True)
def debian_packages():
    if (lacking := packages.missing()) and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    assert not lacking


@pytest.fixture(scope="module", autouse=True)
def own_servers():
    """Whatever servers the person at the keyboard has named, these tests start their own."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in SERVERS:
            patch.delenv(variable, raising=False)
        yield


@pytest.fixture(scope="module")
def checkout():
    """A folder that PostgreSQL's user may enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="hocba-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def database_only(monkeypatch):
    """Pretends that the broker exists elsewhere, which saves starting one."""
    monkeypatch.setenv(elsewhere.BROKER_URL, "amqp://hocba@mq.example/%2F")
    monkeypatch.setenv(elsewhere.MANAGEMENT_URL, "http://hocba@mq.example:15672")


@pytest.fixture
def school(checkout):
    school = Instance("school", checkout)
    yield school
    school.erase()
