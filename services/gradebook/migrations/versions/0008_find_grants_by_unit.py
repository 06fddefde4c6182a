"""Who holds a role at a unit is found by an index."""

from services.chassis.migrations import index_grants_by_unit

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    index_grants_by_unit()
