"""What was written before, and whether it still is what was written."""

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.gradebook.history import AuditSheet, SheetAudit
from services.gradebook.ledger import first_break, genesis
from services.gradebook.repository import marks
from services.gradebook.usecases import guards


def audit_sheet(tx: Tx, query: AuditSheet, actor: Actor) -> SheetAudit:
    """Recompute the sheet's chain from its stored history."""
    sheet = guards.readable(tx, query.school_year, query.sheet_id, actor)
    entries, hashes = marks.history_of(tx, query.school_year, query.sheet_id)
    start = genesis(query.school_year, query.sheet_id)
    broken_at = first_break(start, entries, hashes, head=sheet.chain_head, count=sheet.history_rows)
    return SheetAudit(intact=broken_at is None, history_rows=len(entries), broken_at=broken_at)
