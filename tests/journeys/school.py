"""An invented school with sheets to write to, set up through the gateway alone; and its people at work."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import requests

from deploy.demo import job
from deploy.demo import school as invented
from deploy.demo.people_at_school import Entrance
from deploy.demo.workbooks import mark_template, pupil_list
from deploy.local import pids, platform
from tests.journeys.installation import WAIT_SECONDS, Platform, until

YEAR = "/v1/years/2025"
PASSWORD = "a password of nobody"
CLASS, PUPILS = "6A", 5
SUBJECTS = (("TOAN", "Toán", 140), ("VAN", "Ngữ văn", 140))


@dataclass(slots=True)
class Gateway:
    """The HTTP API as a patient program meets it: what finds no answer is sent again, the same with the same key."""

    url: str
    put_off: list[requests.Response] = field(default_factory=list)
    """The answers that said: try again."""

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        file: bytes | None = None,
        key: str | None = None,
    ) -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())} | ({"Authorization": f"Bearer {token}"} if token else {})
        sent = {"json": body} if file is None else {"files": {"file": ("list.xlsx", file)}}
        answers: list[requests.Response] = []

        def is_answered() -> bool:
            answer = requests.request(method, self.url + path, headers=headers, timeout=WAIT_SECONDS, **sent)
            (self.put_off if answer.status_code == requests.codes.unavailable else answers).append(answer)
            return bool(answers)

        assert pids.wait_until(is_answered, seconds=WAIT_SECONDS, every=0.2)
        assert answers[0].ok, f"{method} {path}: {answers[0].text}"
        return answers[0].json()


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """`admin` and `teacher` are access tokens; the teacher's are the sheets of term 1."""

    gateway: Gateway
    unit_id: str
    admin: str
    teacher: str
    sheets: Sequence[Any]
    pupils: Sequence[str]

    def appoint(self) -> str:
        """Appoint one more invented teacher; gives the person's id."""
        return str(_appoint(self.gateway, self.unit_id, self.admin, "staff")["person_id"])

    def open_window(self, closes_at: str) -> None:
        body = {"term": 2, "kind": "COMMENTS", "closes_at": closes_at}
        self.gateway.ask("POST", f"{YEAR}/units/{self.unit_id}/windows", body, token=self.admin)

    def save_column(self, sheet: Any, column: Any, mark: str, *, version: int) -> Any:
        """Give every pupil the mark, on the version of the column that one has seen."""
        cells = [{"pupil_id": pupil, "state": "VALUE", "value": mark, "version": version} for pupil in self.pupils]
        path = f"{YEAR}/sheets/{sheet['id']}/columns/{column['id']}"
        return self.gateway.ask("PUT", path, {"cells": cells}, token=self.teacher)

    def preview(self, workbook: bytes, *, key: str | None = None) -> Any:
        """Have the teacher's workbook compared with what stands there."""
        path = f"{YEAR}/units/{self.unit_id}/mark-previews"
        return self.gateway.ask("POST", path, token=self.teacher, file=workbook, key=key)

    def apply(self, shown: Any, *, key: str) -> Any:
        """Write the marks that were shown; comments are left out, for which there is no window."""
        path = f"{YEAR}/imports/{shown['id']}/marks"
        return self.gateway.ask("POST", path, {"leave_out_refused": True}, token=self.teacher, key=key)

    def is_intact(self, sheet: Any) -> bool:
        """Whether the sheet's chain of history fits when recomputed."""
        return bool(self.gateway.ask("GET", f"{YEAR}/sheets/{sheet['id']}/audit", token=self.teacher)["intact"])

    @contextmanager
    def marking(self, places: Sequence[tuple[Any, Any]]) -> Iterator[list["Marking"]]:
        """Teachers who fill these columns again and again until the block ends."""
        teachers = [Marking(self, sheet, column) for sheet, column in places]
        for teacher in teachers:
            teacher.start()
        try:
            yield teachers
        finally:
            for teacher in teachers:
                teacher.is_over.set()
            for teacher in teachers:
                teacher.join()


class Marking(threading.Thread):
    """Somebody who writes a column in version after version; `acknowledged` counts the saves that were answered."""

    def __init__(self, school: School, sheet: Any, column: Any) -> None:
        super().__init__()
        self.school, self.sheet, self.column = school, sheet, column
        self.acknowledged = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.is_set():
            self.school.save_column(self.sheet, self.column, mark(self.acknowledged), version=self.acknowledged)
            self.acknowledged += 1


def mark(number: int) -> str:
    """A mark that differs from the one before."""
    return f"{number % 11}.0"


def set_up(installed: Platform) -> School:
    """A school with one class, two subjects and an open window for marks of term 1."""
    gateway = Gateway(installed.url)
    operator, root = _operator(installed, gateway)
    unit = {"kind": "TRUONG", "code": "THCS-TT", "name": "Trường THCS Tưởng Tượng", "parent_id": root}
    unit_id = gateway.ask("POST", "/v1/units", unit | {"commune": "Xã A", "province": "Tỉnh A"}, token=operator)["id"]
    admin, _ = _enter(gateway, _appoint(gateway, unit_id, operator, "admin"))
    teacher, teacher_id = _enter(gateway, _appoint(gateway, unit_id, admin, "staff"))
    until(lambda: _is_known(installed, unit_id, people=2))
    sheets = _begin_year(gateway, unit_id, admin, teacher_id)
    rows = gateway.ask("GET", f"{YEAR}/sheets/{sheets[0]['id']}", token=teacher)["rows"]
    return School(
        gateway=gateway,
        unit_id=unit_id,
        admin=admin,
        teacher=teacher,
        sheets=sheets,
        pupils=[row["pupil_id"] for row in rows],
    )


def _operator(installed: Platform, gateway: Gateway) -> tuple[str, str]:
    """The operator's token and the topmost unit; both are the demonstration's, of which an installation has one."""
    instance = installed.instance
    made = json.loads(platform.bootstrap(instance, job.OPERATOR, job.DEPARTMENT, job.PROVINCE))
    entrance = Entrance(gateway.url, instance.secret("demo-password"))
    return str(entrance.enter(job.OPERATOR, made["activation_code"]).token), made["unit_id"]


def _appoint(gateway: Gateway, unit_id: str, token: str, role: str) -> Any:
    code = uuid4().hex[:12]
    member = {"code": code, "name": f"Người Tưởng Tượng {code}", "email": f"{code}@example.vn", "role": role}
    return gateway.ask("POST", f"/v1/units/{unit_id}/staff", {"members": [member]}, token=token)["members"][0]


def _enter(gateway: Gateway, member: Any) -> tuple[str, str]:
    """Set a password and log in; gives the token and the person's id."""
    gateway.ask("POST", "/v1/activations", {"activation_code": member["activation_code"], "password": PASSWORD})
    tokens = gateway.ask("POST", "/v1/sessions", {"username": member["username"], "password": PASSWORD})
    return tokens["access_token"], tokens["person_id"]


def _is_known(installed: Platform, unit_id: str, *, people: int) -> bool:
    """Whether gradebook has heard of so many grants at the unit."""
    return installed.sql("gradebook", "SELECT count(*) FROM grants WHERE unit_id = %s", unit_id) == [(people,)]


def _begin_year(gateway: Gateway, unit_id: str, admin: str, teacher_id: str) -> list[Any]:
    """The year's plan, its class with pupils, the teacher's assignments and the window; gives the sheets of term 1."""
    unit_year = f"{YEAR}/units/{unit_id}"
    plan = [
        {"code": code, "name": name, "kind": "SCORED", "grades": [{"grade": 6, "periods": periods}]}
        for code, name, periods in SUBJECTS
    ]
    gateway.ask("POST", unit_year, {"stage": "THCS", "subjects": plan}, token=admin)
    new = {"name": CLASS, "grade": 6, "homeroom_id": teacher_id}
    [made] = gateway.ask("POST", f"{unit_year}/classes", {"classes": [new]}, token=admin)["classes"]
    shown = gateway.ask("POST", f"{unit_year}/pupil-previews", token=admin, file=pupil_list(_paper()))
    gateway.ask("POST", f"{YEAR}/imports/{shown['id']}/pupils", {}, token=admin)
    assignments = [{"class_id": made["id"], "subject": code, "teacher_id": teacher_id} for code, *_ in SUBJECTS]
    found = gateway.ask("POST", f"{unit_year}/assignments", {"assignments": assignments}, token=admin)["sheets"]
    window = {"term": 1, "kind": "MARKS", "closes_at": "2100-01-01T00:00:00Z"}
    gateway.ask("POST", f"{unit_year}/windows", window, token=admin)
    return [sheet for sheet in found if sheet["term"] == 1]


def workbook(sheet: Any) -> bytes:
    """The teacher's workbook of the sheet, every mark filled in."""
    subject = next(one for one in invented.SUBJECTS if one.code == sheet["subject"])
    return mark_template(_paper(), class_code=CLASS, subject=subject, term=sheet["term"])


def _paper() -> invented.School:
    """The invented pupils of the class."""
    whole = invented.invent_school(9, "Trường THCS Tưởng Tượng", letters="A", class_size=PUPILS)
    return replace(whole, pupils=whole.pupils_of(CLASS))
