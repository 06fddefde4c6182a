"""Figures: progress of entry, locked results in numbers, readiness, warnings."""

import flask

from gateway import figures
from gateway.backend import admit, ask
from gateway.endpoints import BYTES, UNIT, UNIT_YEAR, arguments_of, offer, offer_query, read_arguments, resource, serve
from services.contracts.gradebook.progress import (
    ComparePlan,
    FindMissing,
    PlanColumns,
    ReadProgress,
    ReadUnitProgress,
)
from services.contracts.gradebook.statistics import (
    ReadReadiness,
    ReadStatistics,
    ReadWarnings,
    RebuildReadiness,
    RebuildStatistics,
)
from services.contracts.signing.certificates import CountCertificates

STATISTICS = f"{UNIT_YEAR}/statistics"
ARGUMENTS = arguments_of(STATISTICS, ReadStatistics)
api = resource("statistics", "Tiến độ nhập điểm, thống kê, mức độ sẵn sàng (progress, statistics, readiness)")

offer_query(api, f"{UNIT_YEAR}/progress", ReadProgress)
offer_query(api, f"{UNIT_YEAR}/progress/weeks", ComparePlan)
offer_query(api, f"{UNIT_YEAR}/progress/missing", FindMissing)
offer_query(api, f"{UNIT_YEAR}/progress/schools", ReadUnitProgress)
offer(api, "PUT", f"{UNIT_YEAR}/progress/plan", PlanColumns)
offer_query(api, STATISTICS, ReadStatistics)
offer(api, "POST", f"{STATISTICS}/rebuild", RebuildStatistics, status=202)
offer(api, "GET", f"{UNIT_YEAR}/readiness", ReadReadiness)
offer(api, "POST", f"{UNIT_YEAR}/readiness/rebuild", RebuildReadiness, status=202)
offer(api, "GET", f"{UNIT_YEAR}/warnings", ReadWarnings)
offer(api, "GET", f"{UNIT}/certificates", CountCertificates)


def read_statistics_file(ending: str) -> flask.Response:
    """The figures as a file, with the names that the units had on the figures' day."""
    caller = admit(ReadStatistics)
    query = read_arguments(ReadStatistics)
    found = ask(query, caller)
    names = figures.names_of(ask(figures.units_in(found), caller), found)
    return figures.download(figures.table(query, found, names), query, ending)


def offer_file(ending: str) -> None:
    def view() -> flask.Response:
        return read_statistics_file(ending)

    view.__name__ = f"read_statistics_{ending}"
    content = {figures.FILES[ending][1]: BYTES}
    serve(api, "GET", f"{STATISTICS}.{ending}", ReadStatistics, parameters=ARGUMENTS, content=content)(view)


for kind in figures.FILES:
    offer_file(kind)
