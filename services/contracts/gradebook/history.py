"""What was written before, whether it still is what was written, and the heads that show it to others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from services.contracts.gradebook.sheets import CellState
from services.contracts.messages import Event, Moment, Query


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFault:
    """A fault in rows `first` to `last` of a sheet's history, in English and Vietnamese. A warning is no fault."""

    code: str
    first: int
    last: int
    en: str
    vi: str
    is_warning: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetAudit:
    """What recomputing a sheet's chain and seals found; `broken_at` is the first row with a fault, or null."""

    intact: bool
    history_rows: int
    broken_at: int | None
    faults: tuple[LedgerFault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSheet(Query[SheetAudit]):
    operation: ClassVar[str] = "gradebook.audit_sheet"
    school_year: int
    sheet_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CellContent:
    """What stood in a cell; EMPTY where nothing was ever written."""

    state: CellState
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """One row of a cell's history; `basis` is null where it was entered in a window."""

    seq: int
    version: int
    old: CellContent
    new: CellContent
    account_id: UUID
    person_id: UUID
    recorded_at: datetime
    basis: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellHistory:
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCellHistory(Query[CellHistory]):
    """Everything that was ever written in a cell, oldest first."""

    operation: ClassVar[str] = "gradebook.read_cell_history"
    school_year: int
    sheet_id: UUID
    column_id: UUID
    pupil_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDifference:
    column_id: UUID
    pupil_id: UUID
    before: CellContent
    after: CellContent


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDifference:
    cells: tuple[CellDifference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSheet(Query[SheetDifference]):
    """The cells that stood otherwise at `to_at` than at `from_at`; what was written at a moment counts as there."""

    operation: ClassVar[str] = "gradebook.compare_sheet"
    school_year: int
    sheet_id: UUID
    from_at: Moment
    to_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerKeys:
    """The public keys that seals are checked by, as a JWK set (RFC 7517); `kid` is a seal's key id."""

    key_set: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLedgerKeys(Query[LedgerKeys]):
    operation: ClassVar[str] = "gradebook.read_ledger_keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkHead:
    """One line of a batch's file: a sheet's history had this hash at row `seq`."""

    school_year: int
    sheet_id: UUID
    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkHeadsPublishedV1(Event):
    """Heads of mark histories left the database: `version` numbers the batches without gaps.

    `digest` is the SHA-256 of the batch's file and so the object's name; its lines are MarkHead as JSON.
    """

    type: ClassVar[str] = "vn.hocba.gradebook.mark_heads_published.v1"
    aggregate: ClassVar[str] = "record_id"
    digest: bytes
    heads: int
