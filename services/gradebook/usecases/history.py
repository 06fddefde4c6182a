"""Reading what was written before, and whether it still is what was written."""

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.history import (
    AuditSheet,
    CellDifference,
    CellHistory,
    CompareSheet,
    LedgerFault,
    LedgerKeys,
    ReadCellHistory,
    ReadLedgerKeys,
    SheetAudit,
    SheetDifference,
)
from services.contracts.identity import Viewed
from services.gradebook.ledger.examining import WARNINGS, Finding, examine
from services.gradebook.ledger.seals import ledger_key
from services.gradebook.repository import history
from services.gradebook.usecases import guards


def read_cell_history(tx: Tx, query: ReadCellHistory, actor: Actor) -> CellHistory:
    head = guards.readable(tx, query.school_year, query.sheet_id, actor).head
    if query.column_id not in {column.id for column in head.columns}:
        raise NotFound(column_id=query.column_id)
    changes = history.changes_of(
        tx, query.school_year, sheet_id=head.id, column_id=query.column_id, pupil_id=query.pupil_id
    )
    guards.tell_if_from_above(tx, head, actor, [query.pupil_id], Viewed.HISTORY)
    return CellHistory(changes=tuple(changes))


def compare_sheet(tx: Tx, query: CompareSheet, actor: Actor) -> SheetDifference:
    """The cells that stood otherwise at one moment than at the other."""
    head = guards.readable(tx, query.school_year, query.sheet_id, actor).head
    before = history.contents_at(tx, query.school_year, query.sheet_id, query.from_at)
    after = history.contents_at(tx, query.school_year, query.sheet_id, query.to_at)
    places = sorted(before.keys() | after.keys())
    both = ((*place, before.get(place, history.NOTHING), after.get(place, history.NOTHING)) for place in places)
    cells = tuple(
        CellDifference(column_id=column_id, pupil_id=pupil_id, before=old, after=new)
        for column_id, pupil_id, old, new in both
        if old != new
    )
    if cells:
        guards.tell_if_from_above(tx, head, actor, sorted({cell.pupil_id for cell in cells}), Viewed.HISTORY)
    return SheetDifference(cells=cells)


def audit_sheet(tx: Tx, query: AuditSheet, actor: Actor) -> SheetAudit:
    """Recompute the sheet's chain and check its seals; the heads that signing keeps are compared by `hocba audit`."""
    stored = history.stored_sheet(tx, guards.readable(tx, query.school_year, query.sheet_id, actor))
    faults = tuple(_fault(finding) for finding in examine(stored, ledger_key().public_keys()))
    broken = [fault.first for fault in faults if not fault.is_warning]
    broken_at = min(broken, default=None)
    return SheetAudit(intact=not faults, history_rows=len(stored.rows), broken_at=broken_at, faults=faults)


def read_ledger_keys(_tx: Tx, _query: ReadLedgerKeys) -> LedgerKeys:
    return LedgerKeys(key_set=ledger_key().key_set())


def _fault(finding: Finding) -> LedgerFault:
    en, vi = finding.sentences()
    return LedgerFault(
        code=finding.fault,
        first=finding.first,
        last=finding.last,
        en=en,
        vi=vi,
        is_warning=finding.fault in WARNINGS,
    )
