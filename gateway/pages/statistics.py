"""Statistics on a page: two lists to choose from, a table, bars beside it, the files, and how ready the schools are."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import flask
from werkzeug.wrappers import Response

from gateway import figures
from gateway.pages.desk import chosen_year, current_year
from gateway.pages.visit import VIETNAM, ask
from services.chassis.errors import Forbidden, Problem, Unauthenticated, Unavailable
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import (
    Dimension,
    Measure,
    Readiness,
    ReadReadiness,
    ReadStatistics,
    Statistics,
    StatisticsRow,
)
from services.contracts.identity import FindUnits, ReadMe, Role
from services.contracts.signing.certificates import CertificateCounts, CountCertificates

READERS = frozenset({Role.ADMIN, Role.PRINCIPAL, Role.DEPUTY, Role.OFFICER, Role.INSPECTOR})
BAR_WIDTH = 320
site = flask.Blueprint("figures", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a bar: the value's place, where the piece begins and how wide it is, and its share of the group."""

    place: int
    begins: float
    width: float
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the page's table; `below` leads to the unit's own page."""

    names: tuple[str, ...]
    row: StatisticsRow
    pieces: tuple[Piece, ...]
    below: UUID | None


@site.errorhandler(Unauthenticated)
def send_to_login(_: Unauthenticated) -> Response:
    return flask.redirect(flask.url_for("account.show_login"), 303)


@site.get("/statistics")
def show() -> str:
    """The figures that the address asks for; what it leaves open is filled in, so that one click shows something."""
    units = _units()
    if not units:
        return flask.render_template("statistics.html", units=units, query=None, found=None)
    query = _query(next(iter(units)))
    units = _with_name(units, query.unit_id, query.on)
    found, problem = _answer(query)
    lines = _lines(query, found) if found else ()
    shown = [place for place, count in enumerate(found.total.counts) if count] if found else []
    return flask.render_template(
        "statistics.html", units=units, query=query, found=found, problem=problem, lines=lines, shown=shown,
        dimensions=[one for one in Dimension if one in query.by], whole=bar_of(found.total) if found else (),
        chosen=_arguments(query), words=figures, bar=BAR_WIDTH, years=_years(query.school_year),
        today=datetime.now(VIETNAM).date(),
    )  # fmt: skip


@site.get("/statistics.<any(csv, xlsx):ending>")
def load(ending: str) -> flask.Response:
    """The same figures as a file."""
    query = _query(next(iter(_units()), None))
    found = ask(query)
    names = figures.names_of(ask(figures.units_in(found)), found)
    return figures.download(figures.table(query, found, names), query, ending)


@site.get("/statistics/readiness")
def show_readiness() -> str:
    units = _units()
    unit_id = flask.request.args.get("unit", next(iter(units), None), type=UUID)
    year = chosen_year()
    board: Readiness | None = None
    certificates: CertificateCounts | None = None
    if unit_id:
        units = _with_name(units, unit_id, None)
        board = ask(ReadReadiness(school_year=year, unit_id=unit_id))
        certificates = ask(CountCertificates(unit_id=unit_id))
    return flask.render_template(
        "readiness.html", units=units, unit_id=unit_id, year=year, years=_years(year), board=board,
        certificates=certificates, words=figures,
    )  # fmt: skip


def bar_of(row: StatisticsRow) -> tuple[Piece, ...]:
    """The group's values side by side, as wide as their shares; nothing of a hidden or empty group."""
    if row.is_hidden or not row.pupils:
        return ()
    pieces, begins = [], 0.0
    for place, (count, share) in enumerate(zip(row.counts, row.shares, strict=True)):
        width = BAR_WIDTH * count / row.pupils
        if count:
            pieces.append(Piece(place=place, begins=round(begins, 2), width=round(width, 2), share=share))
        begins += width
    return tuple(pieces)


def _units() -> dict[UUID, str]:
    """The units whose figures the person may read by a role there."""
    return {grant.unit_id: grant.unit_name for grant in ask(ReadMe()).grants if grant.role in READERS}


def _query(first_unit: UUID | None) -> ReadStatistics:
    chosen = flask.request.args
    unit_id = chosen.get("unit", first_unit, type=UUID)
    if unit_id is None:
        raise Forbidden
    return ReadStatistics(
        school_year=chosen_year(),
        unit_id=unit_id,
        period=chosen.get("period", Period.YEAR, type=Period),
        measure=chosen.get("measure", Measure.LEVEL, type=Measure),
        by=tuple(dict.fromkeys(Dimension(one) for one in chosen.getlist("by") if one in set(Dimension))),
        on=chosen.get("on", None, type=date.fromisoformat),
    )


def _answer(query: ReadStatistics) -> tuple[Statistics | None, Problem | None]:
    """The figures, or why there are none for this choice: the page stays, and another choice can be made."""
    try:
        return ask(query), None
    except (Unauthenticated, Unavailable):
        raise
    except Problem as problem:
        return None, problem


def _lines(query: ReadStatistics, found: Statistics) -> tuple[Line, ...]:
    dimensions = [one for one in Dimension if one in query.by]
    names = figures.names_of(ask(figures.units_in(found)), found)
    return tuple(
        Line(
            names=tuple(figures.keys_of(row, dimensions, names)),
            row=row,
            pieces=bar_of(row),
            below=row.unit_id if row.unit_id != query.unit_id else None,
        )
        for row in found.rows
        if dimensions
    )


def _with_name(units: dict[UUID, str], unit_id: UUID, on: date | None) -> dict[UUID, str]:
    """The units to choose from, and the one that is shown, wherever it was met."""
    if unit_id in units:
        return units
    return units | {unit.id: unit.name for unit in ask(FindUnits(unit_ids=(unit_id,), on=on)).units}


def _arguments(query: ReadStatistics) -> dict[str, object]:
    """The choice as the address has it."""
    chosen = {"unit": query.unit_id, "year": query.school_year, "period": query.period, "measure": query.measure}
    return chosen | {"by": [str(one) for one in query.by]} | ({"on": query.on.isoformat()} if query.on else {})


def _years(year: int) -> list[int]:
    return sorted({*range(current_year(), current_year() - 6, -1), year}, reverse=True)
