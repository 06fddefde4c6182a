"""Looking into the outbox: what has been written and not yet published."""

from sqlalchemy import func, select

from services.chassis.database import Tx
from services.chassis.tables import outbox


def oldest_seconds(tx: Tx) -> float:
    """How long the oldest unpublished event has waited; 0 where none does."""
    waited = func.extract("epoch", func.now() - func.min(outbox.c.written_at))
    return float(tx.conn.execute(select(waited).where(outbox.c.published_at.is_(None))).scalar() or 0)
