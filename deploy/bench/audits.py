"""The audit of the mark ledger, against reading the same rows by COPY and hashing them once, by as many processes."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.audit import reading
from deploy.audit.run import PROCESSES, audit
from deploy.bench import ledgers
from deploy.bench.figures import Figure
from deploy.local.instance import Instance
from services.gradebook.ledger.seals import LedgerKey
from services.signing.log.commitments import Salts

AIM = "10 million rows in 60 s on two cores"
HALF = "SELECT * FROM mark_history WHERE school_year = {year} AND get_byte(uuid_send(sheet_id), 15) % {of} = {rest}"


def measure(instance: Instance, rows: int) -> list[Figure]:
    """Rows a second; the sheets are invented in databases of their own, which are dropped afterwards."""
    key = LedgerKey(_new_key())
    with ledgers.databases(instance.servers().postgres_url) as made:
        ledgers.fill(made, key, max(1, rows // ledgers.ROWS_PER_SHEET))
        limit, _ = _timed(lambda: _bare(made.gradebook_url))
        seconds, report = _timed(
            lambda: audit(made.gradebook_url, made.signing_url, key.public_keys(), salts=Salts(b""))
        )
    if not report.is_clean:
        raise RuntimeError(report.findings[0].sentence())
    return [
        Figure(
            name=f"audit of {report.rows:,} history rows with {report.seals:,} seals",
            value=report.rows / seconds,
            unit="rows/s",
            limit=report.rows / limit,
            limit_name="COPY and SHA-256 of the history alone",
            aim=AIM,
        )
    ]


def _bare(url: str) -> None:
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(_hash_all, [url] * PROCESSES, range(PROCESSES)))


def _hash_all(url: str, rest: int) -> None:
    query = HALF.format(year=ledgers.YEAR, of=PROCESSES, rest=rest)
    with reading.opened(url) as conn, conn.cursor().copy(f"COPY ({query}) TO STDOUT".encode()) as copy:
        for line in copy:
            sha256(line).hexdigest()


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


def _new_key() -> str:
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
