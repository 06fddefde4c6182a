"""The whole run: an installation of its own with a class of 45, loaded for a bounded time, then erased."""

import json
from collections.abc import Callable, Sequence

from rich.console import Console

from deploy.bench import audits, calls, columns, documents, relaying, statistics
from deploy.bench.figures import Figure
from deploy.demo import issuing, marks_year
from deploy.demo.job import DEPARTMENT, OPERATOR, PROVINCE
from deploy.demo.marks_year import Year
from deploy.demo.people_at_school import Entrance, found_school
from deploy.demo.school import invent_school
from deploy.demo.stage import Bar, Stages
from deploy.demo.workbooks import staff_list
from deploy.local import platform
from deploy.local.instance import Instance

CLASS_SIZE = 45


def measure(instance: Instance, console: Console, *, audit_rows: int) -> list[Figure]:
    """Every figure; the platform must be up. What needs it idle comes after what needs it busy."""
    stages = Stages(console)
    with stages.stage("A school with classes of 45 is set up") as bar:
        year = _school(instance, bar)
    parts: Sequence[tuple[str, Callable[[], list[Figure]]]] = (
        ("Columns through HTTP", lambda: columns.measure(instance, year)),
        ("RPC round trips", lambda: calls.measure(instance)),
        ("Statistics of a department", lambda: statistics.measure(instance)),
        ("Documents", documents.measure),
        ("The relay", lambda: _with_platform_down(instance)),
        ("The audit of the mark ledger", lambda: audits.measure(instance, audit_rows)),
    )
    figures = []
    for name, part in parts:
        with stages.stage(name):
            figures += part()
    return figures


def _school(instance: Instance, bar: Bar) -> Year:
    school = invent_school(3, "Trường THCS Đo Lường", letters="ABC", class_size=CLASS_SIZE)
    entrance = Entrance(platform.gateway_url(instance), instance.secret("demo-password"))
    made = json.loads(platform.bootstrap(instance, OPERATOR, DEPARTMENT, PROVINCE))
    operator = entrance.enter(OPERATOR, made["activation_code"])
    at = found_school(operator, entrance, made["unit_id"], school)
    members = at.admin.upload(f"/v1/units/{at.unit_id}/staff-imports", "staff.xlsx", staff_list(school))["members"]
    entrance.enter_all(at, members)
    opened: list[Year] = []
    issuing.patiently(lambda: opened.append(marks_year.open_year(at)), code="forbidden", bar=bar)
    return opened[0]


def _with_platform_down(instance: Instance) -> list[Figure]:
    """The relay is measured alone: the service's own would take the events away."""
    instance.start_processes([])
    return relaying.measure(instance)
