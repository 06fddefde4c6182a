"""Reading what was written before, and whether it still is what was written."""

from services.chassis import authority
from services.chassis.authority import Actor, Basis
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
from services.contracts.identity import Role
from services.gradebook.domain import OpenSheet
from services.gradebook.ledger.examining import WARNINGS, Finding, examine
from services.gradebook.ledger.seals import ledger_key
from services.gradebook.repository import history
from services.gradebook.usecases import guards, views

OVERSEERS = (Role.INSPECTOR, Role.OFFICER)
"""Who, besides a sheet's readers, looks into the histories of the units that their grant covers."""


def read_cell_history(tx: Tx, query: ReadCellHistory, actor: Actor) -> CellHistory:
    sheet, basis = _readable(tx, query, actor)
    head = sheet.head
    if query.column_id not in {column.id for column in head.columns}:
        raise NotFound(column_id=query.column_id)
    changes = history.changes_of(
        tx, query.school_year, sheet_id=head.id, column_id=query.column_id, pupil_id=query.pupil_id
    )
    views.tell_history_viewed(tx, actor, basis, head.unit_id, [query.pupil_id])
    return CellHistory(changes=tuple(changes))


def compare_sheet(tx: Tx, query: CompareSheet, actor: Actor) -> SheetDifference:
    """The cells that stood otherwise at one moment than at the other."""
    sheet, basis = _readable(tx, query, actor)
    before = history.contents_at(tx, query.school_year, query.sheet_id, query.from_at)
    after = history.contents_at(tx, query.school_year, query.sheet_id, query.to_at)
    places = sorted(before.keys() | after.keys())
    both = ((*place, before.get(place, history.NOTHING), after.get(place, history.NOTHING)) for place in places)
    cells = tuple(
        CellDifference(column_id=column_id, pupil_id=pupil_id, before=old, after=new)
        for column_id, pupil_id, old, new in both
        if old != new
    )
    views.tell_history_viewed(tx, actor, basis, sheet.head.unit_id, [cell.pupil_id for cell in cells])
    return SheetDifference(cells=cells)


def audit_sheet(tx: Tx, query: AuditSheet, actor: Actor) -> SheetAudit:
    """Recompute the sheet's chain and check its seals; the heads that signing keeps are compared by `hocba audit`."""
    sheet, _ = _readable(tx, query, actor)
    stored = history.stored_sheet(tx, sheet)
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


def _readable(
    tx: Tx, query: ReadCellHistory | CompareSheet | AuditSheet, actor: Actor
) -> tuple[OpenSheet, Basis | None]:
    """The sheet, for its readers and for who oversees its school, whose grant is given with it; else there is none."""
    sheet = guards.find_sheet(tx, query.school_year, query.sheet_id)
    basis = authority.find_basis(tx, actor, OVERSEERS, sheet.head.unit_id)
    return (sheet if basis else guards.readable(tx, query.school_year, query.sheet_id, actor)), basis
