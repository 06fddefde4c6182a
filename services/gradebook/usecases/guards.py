"""What every reading and writing asks first: whose sheet it is, whether its window is open, whether it is locked."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import ColumnV1, SheetHead
from services.contracts.gradebook.windows import WindowKind, WindowV1
from services.contracts.identity import Role, Viewed
from services.gradebook import windows as scopes
from services.gradebook.domain import SCHOOL_TIME, OpenSheet
from services.gradebook.errors.entering import (
    Centralised,
    NotYourClass,
    NotYourSheet,
    ResultsLocked,
    WindowClosed,
    WindowNeverOpened,
)
from services.gradebook.repository import results, school, sheets
from services.gradebook.repository import windows as window_rows
from services.gradebook.roles import ANYONE_AT_SCHOOL, LEADERS
from services.gradebook.usecases.views import basis_above, tell

TERM_PERIOD = {1: Period.TERM_1, 2: Period.TERM_2}
PERIOD_VI = {Period.TERM_1: "học kỳ 1", Period.TERM_2: "học kỳ 2", Period.YEAR: "cả năm"}


def get_class(tx: Tx, school_year: int, class_id: UUID) -> ClassV1:
    found = school.get_class(tx, school_year, class_id)
    if found is None:
        raise NotFound(class_id=class_id)
    return found


def hold_sheet(tx: Tx, school_year: int, sheet_id: UUID) -> OpenSheet:
    """The sheet held for writing, whoever asks: the caller must look who it is."""
    sheet = sheets.lock_sheet(tx, school_year, sheet_id)
    if sheet is None:
        raise NotFound(sheet_id=sheet_id)
    return sheet


def find_sheet(tx: Tx, school_year: int, sheet_id: UUID) -> OpenSheet:
    """The sheet for reading, whoever asks: the caller must look who it is."""
    sheet = sheets.find_sheet(tx, school_year, sheet_id)
    if sheet is None:
        raise NotFound(sheet_id=sheet_id)
    return sheet


def readable(tx: Tx, school_year: int, sheet_id: UUID, actor: Actor) -> OpenSheet:
    """The sheet, for its teachers, the homeroom teacher, the school's leaders, officers and inspectors above it."""
    sheet = sheets.find_sheet(tx, school_year, sheet_id)
    if sheet is None or not (_may_read(tx, sheet.head, actor) or basis_above(tx, actor, sheet.head.unit_id)):
        raise NotFound(sheet_id=sheet_id)
    return sheet


def tell_if_from_above(tx: Tx, head: SheetHead, actor: Actor, pupil_ids: Collection[UUID], what: Viewed) -> None:
    """Have the look logged of one who reads the sheet as an officer or inspector only."""
    basis = None if _may_read(tx, head, actor) else basis_above(tx, actor, head.unit_id)
    if basis:
        tell(tx, actor, basis, unit_id=head.unit_id, pupil_ids=pupil_ids, what=what)


def require_writer(tx: Tx, head: SheetHead, columns: Collection[ColumnV1], actor: Actor) -> None:
    """The subject's teachers write its columns, admins those of centralised exams, and neither the other's."""
    centralised = sum(column.is_centralised for column in columns)
    if centralised and not authority.holds(tx, actor, (Role.ADMIN,), head.unit_id):
        raise Centralised if _may_read(tx, head, actor) else NotFound(sheet_id=head.id)
    if not columns or centralised < len(columns):
        require_teacher(tx, head, actor)


def require_teacher(tx: Tx, head: SheetHead, actor: Actor) -> None:
    if sheets.is_written_by(tx, head, actor.person_id):
        return
    at_school = authority.holds(tx, actor, ANYONE_AT_SCHOOL, head.unit_id)
    raise NotYourSheet if at_school else NotFound(sheet_id=head.id)


def require_homeroom(tx: Tx, of_class: ClassV1, actor: Actor) -> None:
    if of_class.homeroom_id != actor.person_id:
        at_school = authority.holds(tx, actor, ANYONE_AT_SCHOOL, of_class.unit_id)
        raise NotYourClass if at_school else NotFound(class_id=of_class.id)


def require_open_columns(tx: Tx, head: SheetHead, keys: Collection[str]) -> None:
    """WindowClosed or WindowNeverOpened unless a window is open over each column by the database's time."""
    over = scopes.over(_held(tx, head.school_year, head.unit_id, head.term, WindowKind.MARKS), head)
    for key in keys:
        _require_one_open(tx, scopes.for_column(over, key))


def require_open_comments(tx: Tx, head: SheetHead) -> None:
    _require_one_open(tx, scopes.over(_held(tx, head.school_year, head.unit_id, head.term, WindowKind.COMMENTS), head))


def require_open_conduct(tx: Tx, of_class: ClassV1, term: int) -> None:
    found = _held(tx, of_class.school_year, of_class.unit_id, term, WindowKind.COMMENTS)
    here = [one for one in found if one.grade in (None, of_class.grade) and one.class_id in (None, of_class.id)]
    _require_one_open(tx, [one for one in here if one.subject is None])


def windows_over(tx: Tx, head: SheetHead) -> list[WindowV1]:
    """The windows for marks that open the sheet or a column of it."""
    found = window_rows.windows_of(
        tx, school_year=head.school_year, unit_id=head.unit_id, term=head.term, kind=WindowKind.MARKS
    )
    return scopes.over(found, head)


def require_unlocked(tx: Tx, school_year: int, class_id: UUID, period: Period) -> None:
    if period in results.locked_periods(tx, school_year, class_id):
        raise ResultsLocked(period=PERIOD_VI[period])


def is_locked(tx: Tx, head: SheetHead) -> bool:
    return TERM_PERIOD[head.term] in results.locked_periods(tx, head.school_year, head.class_id)


def _may_read(tx: Tx, head: SheetHead, actor: Actor) -> bool:
    if sheets.is_written_by(tx, head, actor.person_id) or authority.holds(tx, actor, LEADERS, head.unit_id):
        return True
    of_class = school.get_class(tx, head.school_year, head.class_id)
    return of_class is not None and of_class.homeroom_id == actor.person_id


def _held(tx: Tx, school_year: int, unit_id: UUID, term: int, kind: WindowKind) -> list[WindowV1]:
    return window_rows.windows_of(tx, school_year=school_year, unit_id=unit_id, term=term, kind=kind, hold=True)


def _require_one_open(tx: Tx, windows: Sequence[WindowV1]) -> None:
    if not windows:
        raise WindowNeverOpened
    now = window_rows.clock(tx)  # now that the windows are held: they may have closed while we waited
    if not any(scopes.is_open(window, now) for window in windows):
        closed_at = max(window.closes_at for window in windows)
        raise WindowClosed(closed_at=closed_at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y"))
