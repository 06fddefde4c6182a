"""Publishing the heads of mark histories, so that they are kept where gradebook's database cannot take them back."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.codec import to_json
from services.chassis.database import Tx
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.gradebook.history import MarkHead, MarkHeadsPublishedV1
from services.contracts.messages import Change
from services.gradebook.repository import history

ROUND_SECONDS = 45  # with the round itself, a head leaves the database within a minute
BATCH = 1_000  # as many sheets are held together while it is noted that they are published, for milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Heads that have changed, and the SHA-256 of the stored file that lists them."""

    heads: Sequence[MarkHead]
    digest: str = ""


def gather_heads(outside: Outside) -> Gathered:
    """Store the heads that have changed since they were last published as a file, a line each."""
    with outside.db.transaction() as tx:
        heads = history.unpublished_heads(tx, BATCH)
    if not heads:
        return Gathered(heads=())
    return Gathered(heads=heads, digest=outside.objects.put(b"".join(to_json(head) + b"\n" for head in heads)))


def publish_heads(tx: Tx, gathered: Gathered) -> bool:
    """Announce them as the next batch; says whether there may be more at once.

    Killed before the commit, the same heads are gathered again; after it, the outbox has them.
    """
    if not gathered.heads:
        return False
    event = MarkHeadsPublishedV1(
        record_id=new_id(),
        change=Change.NEW,
        version=history.next_batch_number(tx),
        updated_at=tx.now(),
        digest=bytes.fromhex(gathered.digest),
        heads=len(gathered.heads),
    )
    history.insert_batch(tx, event)
    history.note_published(tx, gathered.heads)
    tx.emit(event)
    return len(gathered.heads) == BATCH
