"""The log's rows: a queue that empties, and tables that only grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    LargeBinary,
    String,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.chassis.errors import Problem
from services.chassis.merkle import full_root, leaf_hash
from services.contracts.signing.log import LogKind
from services.signing.log import tiles
from services.signing.log.tiles import ENTRIES, Tile
from services.signing.models.log import log_checkpoints, log_cosignatures, log_entries, log_queue, log_tiles

LOG_LOCK = (7_206, 1)  # two numbers: no inbox row's lock, which is one number, is ever the same


class LogDamaged(Problem):
    """The log's rows of tile {tile} are not all there; restore signing's database."""

    code = "signing.log_damaged"
    vi = "Các dòng nhật ký của ô {tile} không còn đủ; cần khôi phục cơ sở dữ liệu ký."


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that is true and not yet in the log: its kind, by what it is known, and its digest (32 bytes)."""

    kind: LogKind
    reference: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One leaf of the tree."""

    index: int
    kind: LogKind
    reference: str
    entry: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A checkpoint that was signed."""

    number: int
    size: int
    root: bytes
    made_at: datetime
    note: str


def hold(tx: Tx) -> None:
    """Nobody else adds to the log until the transaction ends."""
    tx.conn.execute(select(func.pg_advisory_xact_lock(*LOG_LOCK)))


def queue(tx: Tx, waiting: Sequence[Waiting]) -> None:
    rows = [{"kind": one.kind, "reference": one.reference, "digest": one.digest} for one in waiting]
    if rows:
        tx.conn.execute(insert(log_queue), rows)


def take(tx: Tx, most: int) -> list[Waiting]:
    """The oldest of the queue, which they leave."""
    oldest = select(log_queue.c.id).order_by(log_queue.c.id).limit(most).scalar_subquery()
    taken = tx.conn.execute(delete(log_queue).where(log_queue.c.id.in_(oldest)).returning(log_queue))
    rows = sorted(taken, key=lambda row: row.id)
    return [Waiting(kind=LogKind(row.kind), reference=row.reference, digest=bytes(row.digest)) for row in rows]


def known(tx: Tx, waiting: Sequence[Waiting]) -> set[tuple[str, str]]:
    """Kind and reference of those that are in the log already."""
    asked = (
        func.unnest(
            cast(literal([one.kind.value for one in waiting]), ARRAY(String)),
            cast(literal([one.reference for one in waiting]), ARRAY(String)),
        )
        .table_valued("kind", "reference")
        .render_derived()
    )
    mine = tuple_(log_entries.c.kind, log_entries.c.reference) == tuple_(asked.c.kind, asked.c.reference)
    found = tx.conn.execute(select(log_entries.c.kind, log_entries.c.reference).join(asked, mine))
    return {(row.kind, row.reference) for row in found}


def is_queued(tx: Tx, kind: LogKind, reference: str) -> bool:
    mine = (log_queue.c.kind == kind) & (log_queue.c.reference == reference)
    return tx.conn.execute(select(log_queue.c.id).where(mine)).first() is not None


def append(tx: Tx, entries: Sequence[Entry]) -> None:
    """Add the entries, in one statement for speed."""
    if not entries:
        return
    columns: dict[str, tuple[Sequence[object], type]] = {
        "index": ([one.index for one in entries], BigInteger),
        "kind": ([one.kind.value for one in entries], String),
        "reference": ([one.reference for one in entries], String),
        "entry": ([one.entry for one in entries], LargeBinary),
    }
    rows = func.unnest(*(cast(literal(values), ARRAY(kind)) for values, kind in columns.values()))
    tx.conn.execute(
        insert(log_entries).from_select(list(columns), select(rows.table_valued(*columns).render_derived()))
    )


def size(tx: Tx) -> int:
    """How many entries there are."""
    return int(tx.conn.execute(select(func.coalesce(func.max(log_entries.c.index) + 1, 0))).scalar_one())


def complete(tx: Tx, old: int, new: int) -> None:
    """Keep the roots of the tiles that became complete when the log grew, level by level."""
    for level in range(64 // tiles.HEIGHT):
        shift = tiles.HEIGHT * (level + 1)
        done = range(old >> shift, new >> shift)
        if not done:
            return
        made = [Tile(level=level, index=index) for index in done]
        rows = [{"level": level, "index": one.index, "root": full_root(tiles.hashes_in(tile(tx, one)))} for one in made]
        tx.conn.execute(insert(log_tiles), rows)


def tile(tx: Tx, wanted: Tile) -> bytes:
    """The tile's bytes; LogDamaged where the rows below it are not all there."""
    last = wanted.first + wanted.width
    if wanted.level <= 0:
        query = select(log_entries.c.entry).where(log_entries.c.index >= wanted.first, log_entries.c.index < last)
        query = query.order_by(log_entries.c.index)
    else:
        below = (log_tiles.c.level == wanted.level - 1) & (log_tiles.c.index >= wanted.first)
        query = select(log_tiles.c.root).where(below, log_tiles.c.index < last).order_by(log_tiles.c.index)
    found = [bytes(one) for one in tx.conn.scalars(query)]
    if len(found) != wanted.width:
        raise LogDamaged(tile=wanted.path)
    if wanted.level == ENTRIES:
        return tiles.bundle(found)
    return b"".join(found if wanted.level else map(leaf_hash, found))


def newest(tx: Tx, most: int) -> list[Published]:
    """The newest checkpoints, newest first."""
    query = select(log_checkpoints).order_by(log_checkpoints.c.number.desc()).limit(most)
    return [
        Published(number=row.number, size=row.size, root=bytes(row.root), made_at=row.made_at, note=row.note)
        for row in tx.conn.execute(query)
    ]


def publish(tx: Tx, made: Published) -> None:
    row = {name: getattr(made, name) for name in ("number", "size", "root", "made_at", "note")}
    tx.conn.execute(insert(log_checkpoints).values(row))


def find_entry(tx: Tx, kind: LogKind, reference: str) -> Entry | None:
    return _find(tx, (log_entries.c.kind == kind) & (log_entries.c.reference == reference))


def find_commitment(tx: Tx, entry: bytes) -> Entry | None:
    return _find(tx, log_entries.c.entry == entry)


def cosignatures(tx: Tx, number: int) -> list[str]:
    """The lines that witnesses have given to the checkpoint."""
    mine = log_cosignatures.c.checkpoint == number
    return list(tx.conn.scalars(select(log_cosignatures.c.line).where(mine).order_by(log_cosignatures.c.witness)))


def cosign(tx: Tx, number: int, witness: str, line: str) -> None:
    """Keep a witness's first line for the checkpoint."""
    row = {"checkpoint": number, "witness": witness, "line": line}
    tx.conn.execute(upsert(log_cosignatures).values(row).on_conflict_do_nothing())


def _find(tx: Tx, condition: ColumnElement[bool]) -> Entry | None:
    row: Any = tx.conn.execute(select(log_entries).where(condition)).first()
    if row is None:
        return None
    return Entry(index=row.index, kind=LogKind(row.kind), reference=row.reference, entry=bytes(row.entry))
