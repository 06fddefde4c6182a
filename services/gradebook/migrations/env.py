"""Alembic's entry for gradebook's own schema."""

from services.chassis.migrations import run_env
from services.gradebook.models import metadata

run_env(metadata)
