"""Alembic's entry for signing's own schema."""

from services.chassis.migrations import run_env
from services.signing.models import metadata

run_env(metadata)
