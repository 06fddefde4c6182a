"""The transparency log: entries a second from the queue to a signed checkpoint, and proofs in a log of millions."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.bench import ledgers
from deploy.bench.figures import Figure, percentiles
from deploy.local.instance import Instance
from services.chassis.database import Database
from services.chassis.objects import Objects
from services.chassis.service import Outside
from services.contracts.signing.log import LogKind, ProveConsistency, ProveFile
from services.signing.log import rows, sequencing
from services.signing.log.answers import PublicLog
from services.signing.log.commitments import Salts
from services.signing.log.notes import ED25519, NoteSigner
from services.signing.log.rows import Waiting
from services.signing.log.sequencing import Sequencer
from services.signing.log.tiles import WIDTH

ADDED = 50_000
PROOFS = 300
TOGETHER = 1 << 16  # entries that are invented together: all below one hash of the second level of tiles
INVENT = """
    INSERT INTO log_entries (index, kind, reference, entry)
    SELECT n, %s, encode(digest, 'hex'), sha256(digest)
    FROM generate_series(%s, %s - 1) AS n, LATERAL (SELECT sha256(n::text::bytea) AS digest) AS one
"""
COPY = "COPY log_entries (index, kind, reference, entry) FROM STDIN"
UNIQUES = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = 'log_entries'::regclass AND contype = 'u'
"""
TILES = "SELECT entry FROM log_entries WHERE index >= %s AND index < %s ORDER BY index"
TILES_OF_A_PROOF = 6  # on each of three levels the one below the leaf, and the last


def measure(instance: Instance, entries: int) -> list[Figure]:
    """A log of so many entries is invented in a database of its own, which is dropped afterwards."""
    with ledgers.databases(instance.servers().postgres_url) as made:
        _invent(made.signing_url, entries)
        database = _database(made.signing_url)
        try:
            return [_growing(database, made.signing_url, entries), *_proving(database, made.signing_url, entries)]
        finally:
            database.engine.dispose()


def _growing(database: Database, url: str, entries: int) -> Figure:
    """The rows that are copied alone come last: the tree is not asked for them."""
    sequencer = Sequencer(signer=_signer(), salts=Salts(b"of the bench"))
    outside = Outside(db=database, objects=Objects(Path()), rpc=None, run=None)  # type: ignore[arg-type]  # not asked
    with database.transaction() as tx:
        sequencing.add(tx, [_waiting(number) for number in range(entries, entries + ADDED)])
    seconds = _seconds(lambda: _make_round(database, sequencer, outside))
    alone = _seconds(lambda: _copy(url, entries + ADDED, entries + 2 * ADDED))
    return Figure(
        name=f"log entries from the queue to a signed checkpoint, in a log of {entries:,}",
        value=ADDED / seconds,
        unit="entries/s",
        limit=ADDED / alone,
        limit_name="COPY of as many rows alone",
        aim="1,500 entries/s",
    )


def _proving(database: Database, url: str, entries: int) -> list[Figure]:
    log = PublicLog(key=_signer().verifier, salts=Salts(b"of the bench"), witnesses=())
    places = random.Random(0).sample(range(1, entries), PROOFS)  # noqa: S311 - the same sample each time
    with psycopg.connect(url) as conn:
        limit = _latencies(lambda place: _read_tiles(conn, place), places)

    def prove(place: int) -> None:
        with database.transaction() as tx:
            log.prove_file(tx, ProveFile(sha256=_waiting(place).reference))

    def compare(place: int) -> None:
        with database.transaction() as tx:
            log.prove_consistency(tx, ProveConsistency(old=place, new=entries))

    works: tuple[tuple[str, Callable[[int], None]], ...] = (("inclusion", prove), ("consistency", compare))
    return [_figure(f"{name} proofs in a log of {entries:,}", _latencies(work, places), limit) for name, work in works]


def _figure(name: str, latencies: list[float], limit: list[float]) -> Figure:
    p50, p99 = percentiles(latencies)
    return Figure(
        name=name,
        value=PROOFS / sum(latencies),
        unit="proofs/s",
        limit=PROOFS / sum(limit),
        limit_name=f"reading {TILES_OF_A_PROOF} tiles by SQL alone",
        aim="",
        p50_ms=p50,
        p99_ms=p99,
    )


def _invent(url: str, entries: int) -> None:
    """What `_copy` writes, made by the server one after the other; the tiles above are made beside it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, _without_uniques(url) as conn:
        tiles = []
        for first in range(0, entries, TOGETHER):
            last = min(first + TOGETHER, entries)
            conn.execute(INVENT.encode(), [LogKind.FILE.value, first, last])
            conn.commit()
            tiles.append(pool.submit(_complete, url, first, last))
        for one in tiles:
            one.result()


@contextmanager
def _without_uniques(url: str) -> Iterator[psycopg.Connection]:
    """Their indexes are made at the end: filled with one random digest after another they take most of the time."""
    with psycopg.connect(url) as conn:
        uniques = conn.execute(UNIQUES.encode()).fetchall()
        for name, _ in uniques:
            conn.execute(f"ALTER TABLE log_entries DROP CONSTRAINT {name}".encode())
        conn.commit()
        yield conn
        for name, what in uniques:
            conn.execute(f"ALTER TABLE log_entries ADD CONSTRAINT {name} {what}".encode())


def _complete(url: str, first: int, last: int) -> None:
    database = _database(url)
    with database.transaction() as tx:
        rows.complete(tx, first, last)
    database.engine.dispose()


def _database(url: str) -> Database:
    return Database(url.replace("postgresql://", "postgresql+psycopg://"), pool=2)


def _copy(url: str, first: int, last: int) -> None:
    with psycopg.connect(url) as conn, conn.cursor().copy(COPY.encode()) as copy:
        for number in range(first, last):
            one = _waiting(number)
            copy.write_row((number, one.kind.value, one.reference, sha256(one.digest).digest()))


def _read_tiles(conn: psycopg.Connection, place: int) -> None:
    for _ in range(TILES_OF_A_PROOF):
        start = place // WIDTH * WIDTH
        conn.execute(TILES.encode(), [start, start + WIDTH]).fetchall()


def _make_round(database: Database, sequencer: Sequencer, outside: Outside) -> None:
    sequencer.integrate(outside)
    with database.transaction() as tx:
        sequencer.publish(tx, None)


def _waiting(number: int) -> Waiting:
    digest = sha256(b"%d" % number).digest()
    return Waiting(kind=LogKind.FILE, reference=digest.hex(), digest=digest)


def _signer() -> NoteSigner:
    return NoteSigner(name="bench.example/log", kind=ED25519, private=Ed25519PrivateKey.generate())


def _latencies(work: Callable[[int], None], places: list[int]) -> list[float]:
    return [_seconds(lambda place=place: work(place)) for place in places]  # type: ignore[misc]  # bound at once


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
