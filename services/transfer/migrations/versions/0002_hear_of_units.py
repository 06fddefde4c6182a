"""Which unit was below which, from when to when, as identity tells."""

from services.chassis.migrations import create_unit_tree

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_unit_tree()
