"""What stands in whole sheets and was said there, a row a column or a sheet: for judging thousands."""

from collections.abc import Collection
from functools import lru_cache
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import text

from services.chassis.database import Tx

ByPupil: TypeAlias = dict[bytes, str]
"""By the 16 bytes of the pupil's identifier: making and finding identifiers cell by cell costs more than judging."""


def contents_of(tx: Tx, school_year: int, sheet_ids: Collection[UUID]) -> dict[UUID, ByPupil]:
    """By column: each cell's value, or the name of its state where it has none."""
    rows = tx.conn.execute(_CONTENTS, {"school_year": school_year, "sheet_ids": list(sheet_ids)})
    return {
        column_id: dict(zip(_identifiers(pupils), contents.split("\n"), strict=True))
        for column_id, pupils, contents in rows.all()
    }


def last_comments_of(tx: Tx, school_year: int, sheet_ids: Collection[UUID]) -> dict[UUID, ByPupil]:
    """By sheet: what the teacher said at the term's end."""
    rows = tx.conn.execute(_LAST_COMMENTS, {"school_year": school_year, "sheet_ids": list(sheet_ids)})
    return {sheet_id: dict(zip(_identifiers(pupils), texts, strict=True)) for sheet_id, pupils, texts in rows.all()}


@lru_cache(maxsize=1_000)  # most columns of a class list the same pupils in the same order
def _identifiers(joined: bytes) -> list[bytes]:
    return [joined[start : start + 16] for start in range(0, len(joined), 16)]


_CONTENTS = text("""
    SELECT column_id, string_agg(uuid_send(pupil_id), ''), string_agg(coalesce(value, state), E'\n')
    FROM cells WHERE school_year = :school_year AND sheet_id = ANY (CAST(:sheet_ids AS uuid[]))
    GROUP BY column_id
""")
_LAST_COMMENTS = text("""
    SELECT sheet_id, string_agg(uuid_send(pupil_id), ''), array_agg(text)
    FROM comments WHERE school_year = :school_year AND sheet_id = ANY (CAST(:sheet_ids AS uuid[])) AND key = 'ck'
    GROUP BY sheet_id
""")
