"""Entry windows: the school's board opens them, closes them, and says why when it opens one again."""

from dataclasses import replace

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.chassis.ids import new_id
from services.contracts.gradebook.windows import CloseWindow, FindWindows, OpenWindow, Windows, WindowV1
from services.contracts.identity import Role
from services.gradebook.errors.entering import ReasonRequired
from services.gradebook.repository import windows
from services.gradebook.roles import ANYONE_AT_SCHOOL
from services.gradebook.windows import NARROWINGS, meets


def open_window(tx: Tx, command: OpenWindow, actor: Actor) -> WindowV1:
    authority.require(tx, actor, (Role.ADMIN,), command.unit_id)
    if command.closes_at <= tx.now():
        raise Invalid(reason="a window closes in the future")
    if command.term not in (1, 2):
        raise Invalid(reason="a term is 1 or 2")
    _require_reason(tx, command)
    kept = ("school_year", "unit_id", "term", "kind", "closes_at", "reason", *NARROWINGS)
    window = WindowV1(id=new_id(), opens_at=tx.now(), **{name: getattr(command, name) for name in kept})
    windows.insert_window(tx, window, actor.person_id)
    return window


def close_window(tx: Tx, command: CloseWindow, actor: Actor) -> WindowV1:
    """Close a window now; saves under way in it end first."""
    window = windows.lock_window(tx, command.school_year, command.window_id)
    if window is None:
        raise NotFound(window_id=command.window_id)
    authority.require(tx, actor, (Role.ADMIN,), window.unit_id)
    closed = replace(window, closes_at=max(min(window.closes_at, tx.now()), window.opens_at))
    windows.set_closing(tx, closed)
    return closed


def find_windows(tx: Tx, query: FindWindows, actor: Actor) -> Windows:
    authority.require(tx, actor, ANYONE_AT_SCHOOL, query.unit_id)
    return Windows(windows=tuple(windows.windows_of_year(tx, query.school_year, query.unit_id)))


def _require_reason(tx: Tx, command: OpenWindow) -> None:
    """What has been open and is closed is opened again only with a reason."""
    before = windows.windows_of(
        tx, school_year=command.school_year, unit_id=command.unit_id, term=command.term, kind=command.kind, hold=True
    )
    reopened = any(window.closes_at <= tx.now() and meets(window, command) for window in before)
    if reopened and not (command.reason or "").strip():
        raise ReasonRequired
