"""The whole run: an installation of its own with a class of 45, loaded for a bounded time, then erased."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console

from deploy.bench import (
    audits,
    calls,
    classes,
    columns,
    documents,
    importing,
    judging,
    logs,
    memory,
    processes,
    relaying,
    statistics,
)
from deploy.bench.figures import Figure
from deploy.demo import issuing, marks_year
from deploy.demo.client import Client
from deploy.demo.job import DEPARTMENT, OPERATOR, PROVINCE
from deploy.demo.marks_year import Year
from deploy.demo.people_at_school import Entrance, found_school
from deploy.demo.school import School, invent_school
from deploy.demo.stage import Bar, Stages
from deploy.demo.workbooks import staff_list
from deploy.local import platform
from deploy.local.instance import Instance

CLASS_SIZE, LARGE_CLASS = 45, 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is invented where a figure needs much."""

    audit_rows: int
    judged_pupils: int
    log_entries: int
    documents: int


def measure(instance: Instance, console: Console, sizes: Sizes) -> list[Figure]:
    """Every figure; the platform must be up. What needs it idle comes after what needs it busy."""
    stages = Stages(console)
    entrance = Entrance(platform.gateway_url(instance), instance.secret("demo-password"))
    made = json.loads(platform.bootstrap(instance, OPERATOR, DEPARTMENT, PROVINCE))
    operator = entrance.enter(OPERATOR, made["activation_code"])
    schools = (
        invent_school(3, "Trường THCS Đo Lường", letters="ABC", class_size=CLASS_SIZE),
        invent_school(4, "Trường THCS Lớp Đông", letters="AB", class_size=LARGE_CLASS),
        invent_school(5, "Trường THCS Phát Hành", letters="A", class_size=CLASS_SIZE),
    )
    with stages.stage("Schools with classes of 45 and of 75 are set up") as bar:
        year, large, complete = (_open(operator, entrance, made["unit_id"], school, bar) for school in schools)
    figures = _each(
        stages,
        ("Columns through HTTP", lambda: columns.measure(instance, year)),
        ("Sheets through HTTP", lambda: columns.measure_sheets(instance, large)),
        ("Workbooks through HTTP", lambda: importing.measure([year, large])),
        ("RPC round trips", lambda: calls.measure(instance)),
        ("Statistics of a department", lambda: statistics.measure(instance)),
        ("Documents", documents.measure),
        ("Documents in two processes", processes.measure),
    )
    with stages.stage("One school's year is brought to its end") as bar:
        classes.prepare(complete, bar)
    return figures + _each(
        stages,
        ("Memory", lambda: memory.measure(sizes.documents)),  # which what follows a year's end does not disturb
        ("Classes through HTTP", lambda: classes.measure(complete)),
        ("The relay", lambda: _with_platform_down(instance)),
        ("Year results", lambda: judging.measure(instance, sizes.judged_pupils)),
        ("The audit of the mark ledger", lambda: audits.measure(instance, sizes.audit_rows)),
        ("The transparency log", lambda: logs.measure(instance, sizes.log_entries)),
    )


def _each(stages: Stages, *parts: tuple[str, Callable[[], list[Figure]]]) -> list[Figure]:
    figures = []
    for name, part in parts:
        with stages.stage(name):
            figures += part()
    return figures


def _open(operator: Client, entrance: Entrance, parent_id: str, school: School, bar: Bar) -> Year:
    at = found_school(operator, entrance, parent_id, school)
    members = at.admin.upload(f"/v1/units/{at.unit_id}/staff-imports", "staff.xlsx", staff_list(school))["members"]
    entrance.enter_all(at, members)
    opened: list[Year] = []
    issuing.patiently(lambda: opened.append(marks_year.open_year(at)), code="forbidden", bar=bar)
    return opened[0]


def _with_platform_down(instance: Instance) -> list[Figure]:
    """The relay is measured alone: the service's own would take the events away."""
    instance.start_processes([])
    return relaying.measure(instance)
