"""The mark ledger: each history row of a sheet carries the hash of all rows before it, so none can change unseen."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a sheet's history: who made which cell what, and when (the database's time, UTC)."""

    seq: int
    column_id: UUID
    pupil_id: UUID
    version: int
    state: str
    value: str | None
    account_id: UUID
    person_id: UUID
    recorded_at: datetime
    basis: str | None = None


def genesis(school_year: int, sheet_id: UUID) -> str:
    """The head of a sheet without history; it differs for every sheet, so no chain can be moved to another."""
    return hashlib.sha256(f"hocba.mark_history.v1/{school_year}/{sheet_id}".encode()).hexdigest()


def link(head: str, entry: Entry) -> str:
    """SHA-256 (hex) over the head so far and the entry, every field in its one written form."""
    fields = [
        entry.seq,
        entry.column_id,
        entry.pupil_id,
        entry.version,
        entry.state,
        entry.value,
        entry.account_id,
        entry.person_id,
        int(entry.recorded_at.timestamp() * 1_000_000),
        *([entry.basis] if entry.basis else []),
    ]
    return hashlib.sha256(head.encode() + msgspec.json.encode(fields)).hexdigest()


def chain(head: str, entries: Iterable[Entry]) -> list[str]:
    """The hash of each entry after `head`, in order."""
    hashes = []
    for entry in entries:
        head = link(head, entry)
        hashes.append(head)
    return hashes


def first_break(start: str, entries: Sequence[Entry], hashes: Sequence[str], *, head: str, count: int) -> int | None:
    """The seq of the first row that does not fit: altered, missing, inserted or reordered; None where all fits.

    `head` and `count` are what the sheet says its history ends with; a cut tail is found by them.
    """
    for expected_seq, (entry, kept) in enumerate(zip(entries, hashes, strict=True), start=1):
        start = link(start, entry)
        if entry.seq != expected_seq or start != kept:
            return expected_seq
    return None if (len(entries), start) == (count, head) else len(entries) + 1
