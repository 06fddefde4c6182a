"""Reads the ledger of a range of sheets: in bulk by COPY, and a single sheet whole where something is wrong with it."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from services.gradebook.ledger import Entry
from services.gradebook.ledger.examining import StoredRow, StoredSheet
from services.gradebook.ledger.seals import Seal, Sealed

SEPARATOR = b"|"
MOMENT = "least(greatest(recorded_at, '1970-01-01'), '9999-12-30')"  # what Python cannot hold is never a row's time
KEPT_WITHIN = timedelta(hours=1)  # a head takes a minute; a worker that stands still is soon noticed
SETTINGS = (
    "SET TIME ZONE 'UTC'",
    "SET enable_hashagg = off",  # groups must come in the order of the rows
    "SET work_mem = '128MB'",
    "SET jit = off",
    "SET max_parallel_workers_per_gather = 0",  # the audit's own processes share the processors
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """The two databases, and the states of them in which every process of the audit reads."""

    gradebook_url: str
    gradebook: str
    signing_url: str
    signing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Sheets of a school year from one identifier up to, without, another; None: without end."""

    school_year: int
    first: UUID | None
    end: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """From when on each save of a year was sealed, null where none was, and before when signing got a head of it."""

    sealing_began: datetime | None
    heads_due: datetime


@dataclass(frozen=True, slots=True)
class Save:
    """So many rows of one sheet and one moment: each `hash` and then what was hashed after the hash before."""

    recorded_at: bytes
    rows: int
    bases: int
    lines: list[bytes]


@dataclass(frozen=True, slots=True)
class RawSeal:
    seq: int
    hash: bytes
    recorded_at: bytes
    key_id: str
    signature: bytes


@dataclass(slots=True)
class RawSheet:
    """What the database has of one sheet, as bytes."""

    count: int = -1  # none: the sheet itself is missing
    head: bytes = b""
    saves: list[Save] = field(default_factory=list)
    seals: list[RawSeal] = field(default_factory=list)
    cells: set[bytes] = field(default_factory=set)
    cell_rows: int = 0
    heads: list[tuple[int, bytes]] = field(default_factory=list)


@contextmanager
def opened(url: str, snapshot: str | None = None) -> Iterator[psycopg.Connection]:
    """A connection that reads one state of the database throughout: a given one, or that of now."""
    with psycopg.connect(url, connect_timeout=10) as conn:
        for setting in SETTINGS:
            conn.execute(setting)
        conn.commit()
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        if snapshot:
            conn.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'".encode())
        yield conn
        conn.rollback()


def snapshot_of(conn: psycopg.Connection) -> str:
    """A name by which other connections read the same state, while this one's transaction lasts."""
    return str(_one(conn, "SELECT pg_export_snapshot()"))


def read_range(gradebook: psycopg.Connection, signing: psycopg.Connection, part: Range) -> dict[UUID, RawSheet]:
    """All that either database has of the range's sheets, those included that only one of them knows."""
    found: dict[bytes, RawSheet] = defaultdict(RawSheet)
    for sheet_id, rows, head in _copied(gradebook, _SHEETS, part):
        found[sheet_id].count, found[sheet_id].head = int(rows), head
    for sheet_id, moment, rows, bases, lines in _copied(gradebook, _HISTORY, part):
        found[sheet_id].saves.append(Save(moment, int(rows), int(bases), lines.split(SEPARATOR)))
    for sheet_id, seq, kept, moment, key_id, signature in _copied(gradebook, _SEALS, part):
        seal = RawSeal(int(seq), kept, moment, key_id.decode(), bytes.fromhex(signature.decode()))
        found[sheet_id].seals.append(seal)
    for sheet_id, rows, lines in _copied(gradebook, _CELLS, part):
        found[sheet_id].cell_rows = int(rows)
        found[sheet_id].cells.update(lines.split(SEPARATOR))
    for sheet_id, seq, kept in _copied(signing, _HEADS, part):
        found[sheet_id].heads.append((int(seq), kept))
    return {UUID(sheet_id.decode()): sheet for sheet_id, sheet in found.items()}


def read_sheet(
    gradebook: psycopg.Connection, raw: RawSheet, *, school_year: int, sheet_id: UUID, moments: Moments
) -> StoredSheet:
    """The sheet once more, row by row, for whoever looks closely."""
    place = (school_year, sheet_id)
    return StoredSheet(
        school_year=school_year,
        sheet_id=sheet_id,
        count=max(raw.count, 0),
        head=raw.head.decode(),
        rows=[
            StoredRow(entry=Entry(**_without(row, "hash")), hash=row["hash"]) for row in _all(gradebook, _ROWS, place)
        ],
        seals=[
            Seal(
                sealed=Sealed(school_year=school_year, sheet_id=sheet_id, **_without(row, "key_id", "signature")),
                key_id=row["key_id"],
                signature=row["signature"],
            )
            for row in _all(gradebook, _SHEET_SEALS, place)
        ],
        cells={
            (row["column_id"], row["pupil_id"]): (row["state"], row["value"], row["version"])
            for row in _all(gradebook, _SHEET_CELLS, place)
        },
        heads=[(seq, kept.decode()) for seq, kept in raw.heads],
        sealing_began=moments.sealing_began,
        heads_due=moments.heads_due,
    )


def years_of(gradebook: psycopg.Connection, signing: psycopg.Connection) -> list[int]:
    """The years that either database knows of."""
    known = gradebook.execute("SELECT school_year FROM school_years UNION SELECT school_year FROM sheets").fetchall()
    told = signing.execute("SELECT DISTINCT school_year FROM mark_heads").fetchall()
    return sorted({year for (year,) in [*known, *told]})


def sizes_of(gradebook: psycopg.Connection, school_year: int) -> list[tuple[UUID, int]]:
    """The year's sheets in the order of their identifiers, each with its number of rows."""
    query = "SELECT id, history_rows FROM sheets WHERE school_year = %s ORDER BY id"
    return gradebook.execute(query, [school_year]).fetchall()


def moments_of(gradebook: psycopg.Connection, signing: psycopg.Connection, school_year: int) -> Moments:
    """Seals and heads began together, so that a year does not look older than its seals because they are gone."""
    oldest = "SELECT min({moment}) FROM mark_seals WHERE school_year = %s"
    began = [
        _one(gradebook, oldest.format(moment=MOMENT), school_year),
        _one(signing, "SELECT min(published_at) FROM mark_head_batches"),
    ]
    return Moments(
        sealing_began=min(filter(None, began), default=None), heads_due=_one(signing, "SELECT now()") - KEPT_WITHIN
    )


def published_batches(gradebook: psycopg.Connection) -> set[tuple[int, UUID, str]]:
    """Number, identifier and digest of each batch of heads that gradebook says it published."""
    return set(gradebook.execute("SELECT number, id, digest FROM head_batches").fetchall())


def kept_batches(signing: psycopg.Connection) -> set[tuple[int, UUID, str]]:
    """The same of the batches that signing keeps."""
    return set(signing.execute("SELECT number, id, digest FROM mark_head_batches").fetchall())


def logged_batches(signing: psycopg.Connection) -> dict[UUID, bytes]:
    """By batch, its entry in the transparency log; while that is not made yet, the digest that waits for it."""
    return {UUID(reference): kept for reference, kept in signing.execute(_LOGGED).fetchall()}


def _copied(conn: psycopg.Connection, query: str, part: Range) -> Iterator[list[bytes]]:
    """The fields of each line; text that COPY had to escape stays as it is, and is seen to differ."""
    first, end = part.first or UUID(int=0), part.end or UUID(int=2**128 - 1)
    closing = "<" if part.end else "<="
    given = query.format(year=int(part.school_year), first=first, end=end, closing=closing, moment=MOMENT)
    with conn.cursor().copy(f"COPY ({given}) TO STDOUT".encode()) as copy:
        for line in copy:
            yield bytes(line).rstrip(b"\n").split(b"\t")


def _all(conn: psycopg.Connection, query: str, place: tuple[int, UUID]) -> list[dict[str, Any]]:
    return (
        conn.cursor(row_factory=psycopg.rows.dict_row).execute(query.format(moment=MOMENT).encode(), place).fetchall()
    )


def _one(conn: psycopg.Connection, query: str, *values: Any) -> Any:
    row = conn.execute(query.encode(), values).fetchone()
    return row[0] if row else None


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


_LOGGED = """
    SELECT reference, entry FROM log_entries WHERE kind = 'mark_heads'
    UNION ALL SELECT reference, digest FROM log_queue WHERE kind = 'mark_heads'
"""
_SHEETS = """
    SELECT id, history_rows, chain_head FROM sheets
    WHERE school_year = {year} AND id >= '{first}' AND id {closing} '{end}'
"""
# A row as `ledger.chain` hashes it, its time by way of a float as there.
_HISTORY = """
    SELECT sheet_id, recorded_at, count(*), count(basis), string_agg(line, '|') FROM (
        SELECT sheet_id, recorded_at, basis,
               hash || '[' || seq || ',"' || column_id || '","' || pupil_id || '",' || version || ',"' || state || '",'
               || coalesce('"' || value || '"', 'null') || ',"' || account_id || '","' || person_id || '",'
               || trunc(date_part('epoch', {moment}) * 1000000)::bigint
               || coalesce(',' || to_json(basis), '') || ']' AS line
        FROM mark_history WHERE school_year = {year} AND sheet_id >= '{first}' AND sheet_id {closing} '{end}'
        ORDER BY sheet_id, recorded_at, seq
    ) AS lines GROUP BY sheet_id, recorded_at
"""
_SEALS = """
    SELECT sheet_id, seq, hash, recorded_at, key_id, encode(signature, 'hex') FROM mark_seals
    WHERE school_year = {year} AND sheet_id >= '{first}' AND sheet_id {closing} '{end}' ORDER BY sheet_id, seq
"""
_CELLS = """
    SELECT sheet_id, count(*),
           string_agg('"' || column_id || '","' || pupil_id || '",' || version || ',"' || state || '",'
                      || coalesce('"' || value || '"', 'null'), '|')
    FROM cells WHERE school_year = {year} AND sheet_id >= '{first}' AND sheet_id {closing} '{end}' GROUP BY sheet_id
"""
_HEADS = """
    SELECT sheet_id, seq, hash FROM mark_heads
    WHERE school_year = {year} AND sheet_id >= '{first}' AND sheet_id {closing} '{end}'
"""
_ROWS = """
    SELECT seq, column_id, pupil_id, version, state, value, account_id, person_id, {moment} AS recorded_at, basis, hash
    FROM mark_history WHERE school_year = %s AND sheet_id = %s ORDER BY seq
"""
_SHEET_SEALS = """
    SELECT seq, hash, {moment} AS recorded_at, key_id, signature FROM mark_seals
    WHERE school_year = %s AND sheet_id = %s ORDER BY seq
"""
_SHEET_CELLS = """
    SELECT column_id, pupil_id, state, value, version FROM cells WHERE school_year = %s AND sheet_id = %s
"""
