"""Alembic's entry for transcript's own schema."""

from services.chassis.migrations import run_env
from services.transcript.models import metadata

run_env(metadata)
