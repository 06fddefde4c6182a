"""A teacher’s desk on plain pages: what I may see at my unit, and one sheet."""

from datetime import datetime
from uuid import UUID

import flask
from werkzeug.wrappers import Response

from gateway.language import say
from gateway.pages.visit import VIETNAM, ask
from services.chassis.errors import Forbidden, NotFound, Unauthenticated
from services.contracts.gradebook.sheets import CellState, CellV1, FindSheets, ReadSheet, SheetHead, SheetV1
from services.contracts.identity import FindPeople, ReadMe

YEARS = range(2000, 2100)
FIRST_MONTH = 8  # the page offers the new school year from August on
site = flask.Blueprint("desk", __name__)


@site.errorhandler(Unauthenticated)
def send_to_login(_: Unauthenticated) -> Response:
    return flask.redirect(flask.url_for("account.show_login"), 303)


@site.get("/")
def home() -> str | Response:
    me = ask(ReadMe())
    if not me.grants:  # a guardian, or somebody whose roles have ended
        return flask.redirect(flask.url_for("person.show"), 303)
    units = {grant.unit_id: grant.unit_name for grant in me.grants}
    unit_id = flask.request.args.get("unit", next(iter(units), None), type=UUID)
    year = chosen_year()
    sheets = _sheets_of(unit_id, year) if unit_id else ()
    return flask.render_template("home.html", me=me, units=units, unit_id=unit_id, year=year, sheets=sheets)


@site.get("/sheets/<int(fixed_digits=4):school_year>/<uuid:sheet_id>")
def show_sheet(school_year: int, sheet_id: UUID) -> str:
    sheet = ask(ReadSheet(school_year=school_year, sheet_id=sheet_id))
    return flask.render_template("sheet.html", sheet=sheet, head=sheet.head, names=_names(sheet), cells=_cells(sheet))


def _sheets_of(unit_id: UUID, year: int) -> tuple[SheetHead, ...]:
    try:
        found = ask(FindSheets(school_year=year, unit_id=unit_id)).sheets
    except (Forbidden, NotFound):  # a unit or year without sheets for this person
        return ()
    return tuple(sorted(found, key=lambda head: (head.class_name, head.subject_name, head.term)))


def _names(sheet: SheetV1) -> dict[UUID, str]:
    wanted = (sheet.head.teacher_id, *(row.pupil_id for row in sheet.rows))
    return {person.id: person.name for person in ask(FindPeople(person_ids=wanted)).people}


def _cells(sheet: SheetV1) -> dict[UUID, list[str]]:
    """What each pupil's row shows, column by column."""
    shown = {row.pupil_id: {cell.column_id: _text(cell) for cell in row.cells} for row in sheet.rows}
    return {pupil: [cells.get(column.id, "") for column in sheet.head.columns] for pupil, cells in shown.items()}


def _text(cell: CellV1) -> str:
    match cell.state:
        case CellState.VALUE:
            return say((cell.value or "").replace(".", ","), cell.value or "")
        case CellState.MISSED_EXCUSED:
            return say("vắng P", "excused")
        case CellState.MISSED_UNEXCUSED:
            return say("vắng KP", "absent")
        case CellState.EXEMPT:
            return say("miễn", "exempt")
    return ""


def chosen_year() -> int:
    chosen = flask.request.args.get("year", 0, type=int)
    return chosen if chosen in YEARS else current_year()


def current_year() -> int:
    today = datetime.now(VIETNAM)
    return today.year if today.month >= FIRST_MONTH else today.year - 1
