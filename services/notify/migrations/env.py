"""Alembic's entry for notify's migrations."""

from services.chassis.migrations import run_env
from services.notify.models import metadata

run_env(metadata)
