"""Servers that already exist, named by the environment: they are used as they are, neither started nor stopped."""

import os

from deploy.local.errors import InstallationError

POSTGRES_URL = "HOCBA_POSTGRES_URL"
BROKER_URL, MANAGEMENT_URL = "HOCBA_BROKER_URL", "HOCBA_BROKER_ADMIN_URL"


def has_postgres() -> bool:
    return POSTGRES_URL in os.environ


def has_rabbitmq() -> bool:
    """Raises InstallationError when only one of the broker's two addresses is given."""
    if (BROKER_URL in os.environ) != (MANAGEMENT_URL in os.environ):
        raise InstallationError(f"Set {BROKER_URL} and {MANAGEMENT_URL} together, or neither.")
    return BROKER_URL in os.environ
