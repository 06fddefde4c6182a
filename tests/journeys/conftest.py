import os
import shutil
import tempfile
from pathlib import Path

import pytest

from deploy.local import elsewhere, packages
from deploy.local import platform as local
from deploy.local.instance import Instance
from tests.journeys.installation import Platform
from tests.journeys.school import set_up

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def installation():
    """Private servers with the platform's databases and topology: these tests kill servers, so they use no others'."""
    if (lacking := packages.missing()) and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    folder = Path(tempfile.mkdtemp(prefix="hocba-journey-"))
    folder.chmod(0o755)  # PostgreSQL's own user must be let in
    with pytest.MonkeyPatch.context() as patch:
        for variable in (elsewhere.POSTGRES_URL, elsewhere.BROKER_URL, elsewhere.MANAGEMENT_URL):
            patch.delenv(variable, raising=False)
        patch.setenv("PYTHONPATH", str(CHECKOUT))
        instance = Instance("journey", folder)
        try:
            local.prepare(instance, instance.start_servers())
            yield Platform(instance)
        finally:
            instance.erase()
            shutil.rmtree(folder)


@pytest.fixture(scope="module")
def platform(installation):
    """The platform as it is delivered, every process ready."""
    installation.start()
    return installation


@pytest.fixture(scope="session")
def school(installation):
    installation.start()
    return set_up(installation)
