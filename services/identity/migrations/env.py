"""Alembic's entry for identity's own schema."""

from services.chassis.migrations import run_env
from services.identity.models import metadata

run_env(metadata)
