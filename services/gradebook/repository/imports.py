"""Files that people sent to be imported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from services.chassis.codec import decode, encode
from services.chassis.database import Tx
from services.contracts.gradebook.imports import ImportApplied, ImportKind, ImportState, ImportV1
from services.gradebook.models.imports import imports

KEPT = timedelta(hours=24)
NAMES = (
    "id", "school_year", "unit_id", "kind", "layout", "file", "file_name", "previewed_by", "previewed_at", "expires_at",
    "applied_at", "applied",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptImport:
    """An import with what it would write, as it is stored."""

    shown: Row[Any]
    content: Any

    @property
    def state(self) -> ImportState:
        return ImportState(self.shown.state)


def insert_import(tx: Tx, row: Mapping[str, Any], *, content: Any, report: Any) -> None:
    """Keep a preview for its 24 hours; what older ones of the unit would have written is forgotten."""
    _expire(tx, row["school_year"], row["unit_id"])
    times = {"previewed_at": tx.now(), "expires_at": tx.now() + KEPT, "state": ImportState.PREVIEWED}
    given = dict(row) | times | {"content": encode(content), "report": encode(report)}
    tx.conn.execute(insert(imports).values(given))


def find_import(tx: Tx, school_year: int, import_id: UUID, *, to_apply: bool = False) -> KeptImport | None:
    """The import, to be applied held so that it is applied once."""
    mine = (imports.c.school_year == school_year) & (imports.c.id == import_id)
    query = select(imports).where(mine)
    row = tx.conn.execute(query.with_for_update() if to_apply else query).first()
    return KeptImport(shown=row, content=row.content) if row else None


def note_applied(tx: Tx, school_year: int, import_id: UUID, applied: ImportApplied) -> None:
    mine = (imports.c.school_year == school_year) & (imports.c.id == import_id)
    done = {"state": ImportState.APPLIED, "applied_at": tx.now(), "content": [], "applied": encode(applied)}
    tx.conn.execute(update(imports).where(mine).values(done))


def as_import(kept: KeptImport, now: datetime) -> ImportV1:
    """What is told of it; one that is past its 24 hours has expired, noted or not."""
    row = kept.shown
    is_over = kept.state is ImportState.PREVIEWED and row.expires_at <= now
    shown = {name: getattr(row, name) for name in NAMES} | {"state": ImportState.EXPIRED if is_over else row.state}
    report = "marks" if row.kind == ImportKind.MARKS else "pupils"
    return decode(ImportV1, encode(shown) | {report: row.report})


def _expire(tx: Tx, school_year: int, unit_id: UUID) -> None:
    mine = (imports.c.school_year == school_year) & (imports.c.unit_id == unit_id)
    mine &= (imports.c.state == ImportState.PREVIEWED) & (imports.c.expires_at <= tx.now())
    tx.conn.execute(update(imports).where(mine).values(state=ImportState.EXPIRED, content=[]))
