"""What was written before, and whether it still is what was written."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from services.contracts.messages import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAudit:
    """What recomputing a sheet's chain found; `broken_at` is the first history row that does not fit, or null."""

    intact: bool
    history_rows: int
    broken_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSheet(Query[SheetAudit]):
    operation: ClassVar[str] = "gradebook.audit_sheet"
    school_year: int
    sheet_id: UUID
