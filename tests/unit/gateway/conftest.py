"""A gateway before services that say what a test tells them to."""

import pytest
from gateway_services import Services

from gateway.app import create_app
from gateway.settings import Settings
from services.chassis.objects import Objects


@pytest.fixture
def services():
    return Services()


@pytest.fixture
def files(tmp_path):
    return Objects(tmp_path)


@pytest.fixture
def settings():
    return Settings(
        broker_url="amqp://nowhere", objects="", public_url="https://hocba.example", secret_key="of the test"
    )


@pytest.fixture
def gateway(services, files, settings):
    return create_app(services, files, settings)


@pytest.fixture
def client(gateway):
    return gateway.test_client()


@pytest.fixture
def teacher():
    """The headers of a person who has logged in and writes."""
    return {"Authorization": "Bearer token-of-a-teacher", "Idempotency-Key": "key-1"}
