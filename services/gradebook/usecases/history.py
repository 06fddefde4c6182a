"""Reading what was written before, and whether it still is what was written."""

from services.chassis import authority
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
from services.contracts.identity import Role
from services.gradebook.domain import OpenSheet
from services.gradebook.ledger.examining import WARNINGS, Finding, examine
from services.gradebook.ledger.seals import ledger_key
from services.gradebook.repository import history
from services.gradebook.usecases import guards

OVERSEERS = (Role.DEPUTY, Role.INSPECTOR, Role.OFFICER)
"""Who, besides a sheet's readers, looks into the histories of the units that their grant covers."""


def read_cell_history(tx: Tx, query: ReadCellHistory, actor: Actor) -> CellHistory:
    head = _readable(tx, query, actor).head
    if query.column_id not in {column.id for column in head.columns}:
        raise NotFound(column_id=query.column_id)
    changes = history.changes_of(
        tx, query.school_year, sheet_id=head.id, column_id=query.column_id, pupil_id=query.pupil_id
    )
    return CellHistory(changes=tuple(changes))


def compare_sheet(tx: Tx, query: CompareSheet, actor: Actor) -> SheetDifference:
    """The cells that stood otherwise at one moment than at the other, in the order of their columns."""
    head = _readable(tx, query, actor).head
    before = history.contents_at(tx, query.school_year, head.id, query.from_at)
    after = history.contents_at(tx, query.school_year, head.id, query.to_at)
    places = sorted(before.keys() | after.keys())
    both = ((*place, before.get(place, history.NOTHING), after.get(place, history.NOTHING)) for place in places)
    return SheetDifference(
        cells=tuple(
            CellDifference(column_id=column_id, pupil_id=pupil_id, before=old, after=new)
            for column_id, pupil_id, old, new in both
            if old != new
        )
    )


def audit_sheet(tx: Tx, query: AuditSheet, actor: Actor) -> SheetAudit:
    """Recompute the sheet's chain and check its seals; the heads that signing keeps are compared by `hocba audit`."""
    stored = history.stored_sheet(tx, _readable(tx, query, actor))
    faults = tuple(_fault(finding) for finding in examine(stored, ledger_key().public_keys()))
    broken = [fault.first for fault in faults if not fault.is_warning]
    broken_at = min(broken, default=None)
    return SheetAudit(intact=not faults, history_rows=len(stored.rows), broken_at=broken_at, faults=faults)


def read_ledger_keys(_tx: Tx, _query: ReadLedgerKeys) -> LedgerKeys:
    return LedgerKeys(key_set=ledger_key().key_set())


def _fault(finding: Finding) -> LedgerFault:
    return LedgerFault(
        code=finding.fault,
        first=finding.first,
        last=finding.last,
        sentence=finding.sentence(),
        is_warning=finding.fault in WARNINGS,
    )


def _readable(tx: Tx, query: ReadCellHistory | CompareSheet | AuditSheet, actor: Actor) -> OpenSheet:
    """The sheet, for whoever may read it and for those who oversee its school; for others there is none."""
    sheet = guards.find_sheet(tx, query.school_year, query.sheet_id)
    if authority.covers(tx, actor, OVERSEERS, sheet.head.unit_id):
        return sheet
    return guards.readable(tx, query.school_year, query.sheet_id, actor)
