"""Looking for signals of planted marks in a school's year."""

from datetime import datetime
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.contracts.gradebook.signals import FindSignals, Signals
from services.contracts.gradebook.windows import WindowKind
from services.contracts.identity import Role, Viewed
from services.gradebook import signals, windows
from services.gradebook.repository import corrections, history, sheets
from services.gradebook.repository import windows as window_rows
from services.gradebook.usecases import views


def find_signals(tx: Tx, query: FindSignals, actor: Actor) -> Signals:
    """For the school's principal, and for inspectors whose grant covers the school."""
    basis = authority.find_basis(tx, actor, (Role.INSPECTOR,), query.unit_id)
    if basis is None:
        authority.require(tx, actor, (Role.PRINCIPAL,), query.unit_id)
    changes = history.suspect_changes(tx, query.school_year, query.unit_id, _first_closings(tx, query))
    found = signals.find_signals(changes, corrections.corrections_of_unit(tx, query.school_year, query.unit_id))
    if basis is not None and found:
        pupil_ids = sorted({signal.pupil_id for signal in found})
        views.tell(tx, actor, basis, unit_id=query.unit_id, pupil_ids=pupil_ids, what=Viewed.HISTORY)
    return Signals(signals=tuple(found), alarmed=tuple(signals.alarmed(found)))


def _first_closings(tx: Tx, query: FindSignals) -> dict[UUID, datetime]:
    """When a window for marks over each sheet first closed, by sheet; those still open are left out."""
    now = window_rows.clock(tx)
    ended = [
        window
        for window in window_rows.windows_of_year(tx, query.school_year, query.unit_id)
        if window.kind is WindowKind.MARKS and window.closes_at <= now
    ]
    closings = {
        head.id: [one.closes_at for one in windows.over(ended, head) if one.term == head.term]
        for head in sheets.sheets_of_unit(tx, query.school_year, query.unit_id)
    }
    return {sheet_id: min(times) for sheet_id, times in closings.items() if times}
