"""The chain of a sheet's history: each row carries the hash of all rows before it, so none can change unseen."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a sheet's history: who made which cell what, when (the database's time, UTC) and by what decision."""

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
    """SHA-256 (hex) over the head so far and the entry, every field in its one written form.

    A basis counts where there is one; rows without one hash as those did that were written before it existed.
    """
    fields: list[Any] = [
        entry.seq,
        entry.column_id,
        entry.pupil_id,
        entry.version,
        entry.state,
        entry.value,
        entry.account_id,
        entry.person_id,
        hashed_time(entry.recorded_at),
    ]
    if entry.basis is not None:
        fields.append(entry.basis)
    return hashlib.sha256(head.encode() + msgspec.json.encode(fields)).hexdigest()


def chain(head: str, entries: Iterable[Entry]) -> list[str]:
    """The hash of each entry after `head`, in order."""
    hashes = []
    for entry in entries:
        head = link(head, entry)
        hashes.append(head)
    return hashes


def hashed_time(moment: datetime) -> int:
    """Microseconds since 1970 as the first rows were hashed, by way of a float: up to one too few.

    It stays so, or every row written so far would seem altered; a row's exact time is in its seal.
    """
    return int(moment.timestamp() * 1_000_000)
