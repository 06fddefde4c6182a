"""Keeps the heads of mark histories that gradebook publishes, for the audit and for the transparency log."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.chassis.codec import decode, from_json
from services.chassis.database import Tx
from services.chassis.idempotency import partition_of
from services.chassis.service import Outside
from services.contracts.gradebook.history import MarkHead, MarkHeadsPublishedV1
from services.contracts.signing.log import LogKind
from services.signing.errors import HeadsIncomplete
from services.signing.log import sequencing as log
from services.signing.log.rows import Waiting
from services.signing.models.log import mark_head_batches, mark_heads

PARTITIONS_LOCK = 7_205
NAMES = ("school_year", "sheet_id", "seq", "hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A published batch with the lines of its file."""

    event: MarkHeadsPublishedV1
    heads: Sequence[MarkHead]


def fetch_heads(events: Sequence[MarkHeadsPublishedV1], outside: Outside) -> list[Batch]:
    """The batches' files, checked against their digests; HeadsIncomplete where a file has not as many heads as told."""
    return [_fetch(event, outside) for event in events]


def keep_heads(tx: Tx, _events: Sequence[MarkHeadsPublishedV1], batches: Sequence[Batch]) -> None:
    """Keep them for ever; a head that is here already stays as it is, another one for the same row stands beside it."""
    for year in sorted({head.school_year for batch in batches for head in batch.heads}):
        _make_partition(tx, year)
    for batch in batches:
        event = batch.event
        kept = insert(mark_head_batches).values(
            number=event.version, id=event.record_id, digest=event.digest.hex(), heads=event.heads,
            published_at=event.updated_at, kept_at=tx.now(),
        )  # fmt: skip
        tx.conn.execute(kept.on_conflict_do_nothing())
        rows = [{name: getattr(head, name) for name in NAMES} | {"batch": event.version} for head in batch.heads]
        if rows:
            tx.conn.execute(insert(mark_heads).on_conflict_do_nothing(), rows)
    log.add(tx, [_waiting(batch.event) for batch in batches])


def _fetch(event: MarkHeadsPublishedV1, outside: Outside) -> Batch:
    lines = outside.objects.get(event.digest.hex()).splitlines()
    if len(lines) != event.heads:
        raise HeadsIncomplete(number=event.version, heads=len(lines), told=event.heads)
    return Batch(event=event, heads=[decode(MarkHead, from_json(line)) for line in lines])


def _waiting(event: MarkHeadsPublishedV1) -> Waiting:
    return Waiting(kind=LogKind.MARK_HEADS, reference=str(event.record_id), digest=event.digest)


def _make_partition(tx: Tx, school_year: int) -> None:
    """The year's partition, where it is not there yet."""
    if tx.conn.execute(select(func.to_regclass(f"mark_heads_y{school_year:d}"))).scalar() is None:
        tx.conn.execute(select(func.pg_advisory_xact_lock(PARTITIONS_LOCK, school_year)))
        tx.conn.execute(text(partition_of("mark_heads", school_year)))
        tx.conn.execute(text(_STAYS.format(year=school_year)))


_STAYS = """
    CREATE OR REPLACE TRIGGER mark_heads_not_truncated BEFORE TRUNCATE ON mark_heads_y{year:d}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""  # partitions inherit the triggers of rows, not those of statements
