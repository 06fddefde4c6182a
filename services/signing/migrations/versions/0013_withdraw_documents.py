"""A document that its owner takes back before it is sealed waits for nobody any more."""

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = (
    "ALTER TABLE documents ADD COLUMN withdrawn_at TIMESTAMP WITH TIME ZONE",
    "COMMENT ON COLUMN documents.withdrawn_at IS 'since when its owner lets nobody sign it any more'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
