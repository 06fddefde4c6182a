"""Each service's database as its migrations build it."""

import pytest

from services.contracts.platform import SERVICES
from tests.integration.conftest import new_database, pattern, postgres_url

__all__ = ["new_database", "pattern", "postgres_url"]  # fixtures


@pytest.fixture(scope="module")
def databases(new_database):
    return {service: new_database(service) for service in SERVICES}
