"""A gradebook full of invented sheets with genuine chains and seals, written straight into a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from services.chassis import migrations
from services.chassis.database import Database
from services.chassis.idempotency import partition_of
from services.gradebook.ledger import Entry, chain, genesis
from services.gradebook.ledger.seals import LedgerKey, Sealed
from services.gradebook.repository import school

YEAR = 2025
PUPILS, COLUMNS = 45, 5
SAVES = COLUMNS + 1  # each column once, and one of them a second time
ROWS_PER_SHEET = PUPILS * SAVES
BEGAN = datetime(2025, 9, 5, 1, 2, 3, 456789, tzinfo=UTC)
TABLES = {
    "mark_history": "school_year, sheet_id, seq, column_id, pupil_id, version, state, value, account_id, person_id, "
    "recorded_at, hash",
    "mark_seals": "school_year, sheet_id, seq, hash, recorded_at, key_id, signature",
    "cells": "school_year, sheet_id, column_id, pupil_id, state, value, version",
    "sheets": "school_year, id, unit_id, class_id, subject, term, teacher_id, history_rows, chain_head",
}
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """Where the two databases are."""

    gradebook_url: str
    signing_url: str


@contextmanager
def databases(server_url: str) -> Iterator[Ledgers]:
    """New databases of gradebook and signing on the server; they are dropped at the end."""
    names = {service: f"audit_{service}_{uuid4().hex[:8]}" for service in ("gradebook", "signing")}
    parts = urlsplit(server_url)
    urls = {service: urlunsplit(parts._replace(path=f"/{name}")) for service, name in names.items()}
    _each(server_url, "CREATE DATABASE {}", names.values())
    try:
        for service, url in urls.items():
            _migrate(service, url.replace("postgresql://", "postgresql+psycopg://"))
        yield Ledgers(gradebook_url=urls["gradebook"], signing_url=urls["signing"])
    finally:
        _each(server_url, "DROP DATABASE {} WITH (FORCE)", names.values())


def fill(made: Ledgers, key: LedgerKey, sheets: int) -> None:
    """Write so many sheets, each of ROWS_PER_SHEET rows, and have signing keep their heads."""
    with psycopg.connect(made.gradebook_url) as conn:
        for first in range(0, sheets, 500):
            several = [_sheet(key) for _ in range(min(500, sheets - first))]
            for table, columns in TABLES.items():
                with conn.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                    for rows in several:
                        for row in rows[table]:
                            copy.write_row(row)
        heads = conn.execute("SELECT school_year, id, history_rows, chain_head, 1 FROM sheets").fetchall()
    with psycopg.connect(made.signing_url) as conn:
        conn.execute(partition_of("mark_heads", YEAR).encode())
        with conn.cursor().copy("COPY mark_heads (school_year, sheet_id, seq, hash, batch) FROM STDIN") as copy:
            for head in heads:
                copy.write_row(head)
    for url in (made.gradebook_url, made.signing_url):
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE")


def _sheet(key: LedgerKey) -> Rows:
    """One sheet: its row, its history, the seals of its saves, and its cells."""
    sheet_id, person = uuid4(), uuid4()
    pupils, columns = [uuid4() for _ in range(PUPILS)], [uuid4() for _ in range(COLUMNS)]
    rows: Rows = {"mark_history": [], "mark_seals": [], "cells": [], "sheets": []}
    head, cells = genesis(YEAR, sheet_id), {}
    for number in range(SAVES):
        column_id, version = columns[number % COLUMNS], 1 + number // COLUMNS
        entries = [
            Entry(
                seq=number * PUPILS + place, column_id=column_id, pupil_id=pupil_id, version=version, state="VALUE",
                value=f"{(place + number) % 10}.5", account_id=person, person_id=person,
                recorded_at=BEGAN + timedelta(days=number),
            )
            for place, pupil_id in enumerate(pupils, start=1)
        ]  # fmt: skip
        hashes = chain(head, entries)
        head = hashes[-1]
        _add_save(rows, sheet_id, entries, hashes, key)
        cells.update({(one.column_id, one.pupil_id): one for one in entries})
    rows["cells"] = [(YEAR, sheet_id, *place, one.state, one.value, one.version) for place, one in cells.items()]
    rows["sheets"] = [(YEAR, sheet_id, uuid4(), uuid4(), "TOAN", 1, person, ROWS_PER_SHEET, head)]
    return rows


def _add_save(rows: Rows, sheet_id: UUID, entries: list[Entry], hashes: list[str], key: LedgerKey) -> None:
    last = entries[-1]
    sealed = Sealed(school_year=YEAR, sheet_id=sheet_id, seq=last.seq, hash=hashes[-1], recorded_at=last.recorded_at)
    signature = key.seal(sealed).signature
    rows["mark_seals"].append((YEAR, sheet_id, last.seq, hashes[-1], last.recorded_at, key.key_id, signature))
    rows["mark_history"] += [
        (YEAR, sheet_id, one.seq, one.column_id, one.pupil_id, one.version, one.state, one.value, one.account_id,
         one.person_id, one.recorded_at, kept)
        for one, kept in zip(entries, hashes, strict=True)
    ]  # fmt: skip


def _migrate(service: str, url: str) -> None:
    database = Database(url, pool=1)
    try:
        with database.transaction() as tx:
            migrations.upgrade(tx.conn, Path(migrations.__file__).parents[1] / service / "migrations")
            if service == "gradebook":
                school.make_partitions(tx, YEAR)
    finally:
        database.engine.dispose()


def _each(server_url: str, statement: str, names: Any) -> None:
    with psycopg.connect(server_url, autocommit=True) as conn:
        for name in names:
            conn.execute(sql.SQL(statement).format(sql.Identifier(name)))
