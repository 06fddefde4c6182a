"""Whose guardian a person is, is found by an index."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("guardianships_guardian_id_idx", "guardianships", ["guardian_id"])
