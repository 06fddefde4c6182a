"""Alembic's entry for transfer's migrations."""

from services.chassis.migrations import run_env
from services.transfer.models import metadata

run_env(metadata)
