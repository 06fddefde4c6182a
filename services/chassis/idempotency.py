"""One effect and one stored answer for each (school year, account, key): its record lives in the command's commit.

An answer may hold what is shown only once, such as an activation code. So the key is stored as its hash and the answer
is encrypted under the key: who repeats the request can open it, who reads the database cannot.
"""

import hashlib
import os
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, and_, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.codec import from_json, to_json
from services.chassis.database import Tx
from services.chassis.errors import Invalid, Refused
from services.chassis.tables import idempotency as records

YEARS = range(2000, 2100)
YEAR_LOCK = 7_202
NONCE_LENGTH = 12


class KeyReused(Refused):
    """This idempotency key was used before with another request; take a new key for a new request."""

    code = "idempotency.key_reused"
    vi = "Khóa chống lặp này đã dùng cho một yêu cầu khác; yêu cầu mới cần khóa mới."


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose key it is; the same key of another account or year is another key."""

    school_year: int
    account_id: UUID
    key: str


def claim(tx: Tx, owner: Owner, *, operation: str, request_digest: str) -> Any:
    """None when the key is new and now ours; otherwise the stored answer of the first time.

    A second request in flight waits here for the first one's commit. Raises KeyReused for another request.
    """
    row = {**_place(owner), "operation": operation, "request_digest": request_digest}
    new = tx.conn.execute(insert(records).values(row).on_conflict_do_nothing().returning(records.c.key)).first()
    if new is not None:
        return None
    return find_answer(tx, owner, request_digest=request_digest)


def find_answer(tx: Tx, owner: Owner, *, request_digest: str) -> Any:
    """The stored answer, or None where the key is new."""
    row = tx.conn.execute(select(records.c.request_digest, records.c.answer).where(_is(owner))).first()
    if row is None:
        return None
    if row.request_digest != request_digest:
        raise KeyReused
    return _opened(row.answer, owner.key)


def settle(tx: Tx, owner: Owner, *, answer: Any) -> None:
    """Keep the answer for whoever asks again with the same key."""
    tx.conn.execute(update(records).where(_is(owner)).values(answer=_sealed(answer, owner.key)))


class YearUnknown(Invalid):
    """{school_year} is no school year; write the year in which it begins."""

    code = "school_year_unknown"
    vi = "{school_year} không phải năm học; ghi năm bắt đầu của năm học."


def open_year(tx: Tx, school_year: int) -> None:
    """Make the school year's partition of the records where it is not there yet; 0 is always there."""
    if school_year and school_year not in YEARS:
        raise YearUnknown(school_year=school_year)
    if tx.conn.execute(select(func.to_regclass(f"idempotency_y{school_year}"))).scalar() is None:
        tx.conn.execute(select(func.pg_advisory_xact_lock(YEAR_LOCK, school_year)))
        tx.conn.execute(text(partition_of("idempotency", school_year)))


def partition_of(table: str, school_year: int) -> str:
    """The statement that makes a table's partition for a school year, harmless where it exists."""
    return f"CREATE TABLE IF NOT EXISTS {table}_y{school_year:d} PARTITION OF {table} FOR VALUES IN ({school_year:d})"


def _is(owner: Owner) -> ColumnElement[bool]:
    return and_(*(records.c[name] == value for name, value in _place(owner).items()))


def _place(owner: Owner) -> dict[str, Any]:
    key = hashlib.sha256(b"place/" + owner.key.encode()).hexdigest()
    return {"school_year": owner.school_year, "account_id": owner.account_id, "key": key}


def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"answer/" + key.encode()).digest())


def _sealed(answer: Any, key: str) -> bytes:
    nonce = os.urandom(NONCE_LENGTH)
    return nonce + _cipher(key).encrypt(nonce, to_json(answer), None)


def _opened(sealed: bytes, key: str) -> Any:
    return from_json(_cipher(key).decrypt(sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:], None))
