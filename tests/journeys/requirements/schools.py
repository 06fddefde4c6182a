"""A small school of any stage at work through the gateway: its year, its classes, their marks and results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from deploy.demo import school as invented
from deploy.demo.workbooks import pupil_list
from tests.journeys.installation import until
from tests.journeys.requirements.people import Department, Person

YEAR = "/v1/years/2025"
FAR_AWAY = "2100-01-01T00:00:00Z"
KINDS = ("MARKS", "COMMENTS")
TERMS = (1, 2)
PERIODS = ("TERM_1", "TERM_2", "YEAR")
CALENDAR = {"begins_on": "2025-09-05", "second_term_on": "2099-01-12", "ends_on": "2099-05-31"}
"""Whoever is enrolled today is there from the first term on."""
NAMES = {one.code: one.name for one in invented.SUBJECTS}
GOOD = {"MARK": "8.0", "PASS": "Đ", "TEST": "9", "LEVEL": "T", "QUALITY": "T"}

_numbers = count(20)  # the demonstration's invented schools have the numbers below


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school of one stage, its people, and its classes by name."""

    department: Department
    unit_id: str
    paper: invented.School
    admin: Person
    principal: Person
    homeroom: Person
    teacher: Person
    clerk: Person
    classes: dict[str, "SchoolClass"] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{YEAR}/units/{self.unit_id}"

    def readiness(self) -> Any:
        """The school's board of readiness, counted anew."""
        place = f"{self.path}/readiness"
        before = self.principal.get(place)["as_of"]
        self.principal.post(f"{place}/rebuild")
        until(lambda: self.principal.get(place)["as_of"] not in (None, before))
        return self.principal.get(place)

    def open_year(self, stage: str, subjects: Sequence[Mapping[str, Any]], **plan: Any) -> None:
        body = {"stage": stage, "subjects": [dict(one) for one in subjects], "calendar": CALENDAR} | plan
        self.admin.post(self.path, body)

    def keep_scan(self, content: bytes) -> str:
        """The name under which the school keeps a scanned paper."""
        kept: str = self.admin.upload(f"{self.path}/evidence", content, name="scan.pdf")["file"]
        return kept

    def add_classes(self, grades: Mapping[str, int], subjects: Sequence[Mapping[str, Any]]) -> None:
        """Classes with their pupils, taught in everything by the school's one teacher; every window is open."""
        new = [{"name": name, "grade": grade, "homeroom_id": self.homeroom.id} for name, grade in grades.items()]
        made = self.admin.post(f"{self.path}/classes", {"classes": new})["classes"]
        shown = self.admin.upload(f"{self.path}/pupil-previews", pupil_list(self.paper))
        self.admin.post(f"{YEAR}/imports/{shown['id']}/pupils")
        assignments = [
            {"class_id": one["id"], "subject": subject["code"], "teacher_id": self.teacher.id}
            for one in made
            for subject in subjects
        ]
        sheets = self.admin.post(f"{self.path}/assignments", {"assignments": assignments})["sheets"]
        for one in made:
            of_class = {(s["subject"], s["term"]): s for s in sheets if s["class_id"] == one["id"]}
            self.classes[one["name"]] = room = SchoolClass(school=self, id=one["id"], name=one["name"], sheets=of_class)
            for term in TERMS:
                for kind in KINDS:
                    room.windows[term, kind] = room.open_window(term, kind)["id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolClass:
    """A class: its sheets by subject and term, and the windows that were opened for it alone."""

    school: School
    id: str
    name: str
    sheets: Mapping[tuple[str, int], Any]
    windows: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{YEAR}/classes/{self.id}"

    @property
    def pupils(self) -> list[str]:
        """Ids, in the order of the list."""
        return [row["pupil_id"] for row in self.read(*next(iter(self.sheets)))["rows"]]

    def read(self, subject: str, term: int = 1) -> Any:
        return self.school.teacher.get(sheet_path(self.sheets[subject, term]))

    def column(self, subject: str, key: str, term: int = 1) -> Any:
        return next(one for one in self.sheets[subject, term]["columns"] if one["key"] == key)

    def values(self, subject: str, key: str, term: int = 1) -> list[tuple[str | None, int]]:
        """A column as it stands: value and version of each pupil's cell."""
        sheet, column = self.read(subject, term), self.column(subject, key, term)
        cells = [cell for row in sheet["rows"] for cell in row["cells"] if cell["column_id"] == column["id"]]
        return [(cell["value"], cell["version"]) for cell in cells]

    def save(
        self,
        subject: str,
        key: str,
        values: Sequence[str],
        *,
        term: int = 1,
        version: int = 0,
        by: Person | None = None,
    ) -> Any:
        """Write a column, a value for each pupil in order, on that version of the cells."""
        cells = [
            {"pupil_id": pupil_id, "state": "VALUE", "value": value, "version": version}
            for pupil_id, value in zip(self.pupils, values, strict=False)
        ]
        path = f"{sheet_path(self.sheets[subject, term])}/columns/{self.column(subject, key, term)['id']}"
        return (by or self.school.teacher).put(path, {"cells": cells})

    def fill(self, *terms: int, first: Mapping[str, str] | None = None) -> None:
        """Good marks for everybody in every column of these terms; `first` is the first pupil's in those subjects."""
        pupils = self.pupils
        for (subject, term), sheet in self.sheets.items():
            if term in terms:
                values = {pupils[0]: (first or {}).get(subject)}
                cells = [_draft(column, pupil, values.get(pupil)) for column in sheet["columns"] for pupil in pupils]
                self.school.teacher.post(f"{sheet_path(sheet)}/drafts", {"cells": cells})

    def say_conduct(self, *terms: int, first: str = "Tốt") -> None:
        """Good conduct for everybody but the first pupil, whose it is."""
        for term in terms:
            entries = [
                {"pupil_id": pupil, "conduct": "Tốt", "absences": 1, "remark": "Chăm ngoan.", "version": 0}
                for pupil in self.pupils
            ]
            entries[0]["conduct"] = first
            self.school.homeroom.put(f"{self.path}/terms/{term}/conduct", {"entries": entries})

    def lock(self, *periods: str) -> None:
        for period in periods:
            self.school.principal.post(f"{self.path}/results/{period}")

    def results(self) -> list[Any]:
        found: list[Any] = self.school.principal.get(f"{self.path}/results")["results"]
        return found

    def open_window(self, term: int, kind: str, closes_at: str = FAR_AWAY, **rest: Any) -> Any:
        body = {"term": term, "kind": kind, "closes_at": closes_at, "class_id": self.id} | rest
        return self.school.admin.post(f"{self.school.path}/windows", body)

    def close_window(self, term: int, kind: str) -> None:
        self.school.admin.delete(f"{YEAR}/windows/{self.windows[term, kind]}")


def found_school(
    department: Department, name: str, *, class_sizes: Mapping[str, int], below: str | None = None
) -> School:
    """A school with its people, known to every service, and the list of the pupils it will have."""
    number = next(_numbers)
    unit_id = department.found("TRUONG", f"{number:08}", name, below=below)
    admin, principal = department.appoint(unit_id, "admin", "principal")
    homeroom, teacher, clerk = department.appoint(unit_id, "staff", "staff", "clerk", by=admin)
    department.await_grants(unit_id, people=5)
    return School(
        department=department,
        unit_id=unit_id,
        paper=_paper(number, name, class_sizes),
        admin=admin,
        principal=principal,
        homeroom=homeroom,
        teacher=teacher,
        clerk=clerk,
    )


def subject(code: str, kind: str, *grades: int, periods: int = 35, **rest: Any) -> dict[str, Any]:
    """A subject of the plan, by default of one period a week."""
    taught = [{"grade": grade, "periods": periods} for grade in grades]
    return {"code": code, "name": NAMES.get(code, code), "kind": kind, "grades": taught} | rest


def sheet_path(sheet: Any) -> str:
    return f"{YEAR}/sheets/{sheet['id']}"


def _paper(number: int, name: str, class_sizes: Mapping[str, int]) -> invented.School:
    """The invented pupils, one class after the other."""
    whole = invented.invent_school(number, name, letters="A", class_size=-(-sum(class_sizes.values()) // 4))
    names = [name for name, size in class_sizes.items() for _ in range(size)]
    pupils = (replace(pupil, class_code=name) for pupil, name in zip(whole.pupils, names, strict=False))
    return replace(whole, pupils=tuple(pupils))


def _draft(column: Any, pupil_id: str, value: str | None) -> dict[str, Any]:
    entry = {"pupil_id": pupil_id, "state": "VALUE", "value": value or GOOD[column["scale"]], "version": 0}
    return {"column_id": column["id"], "entry": entry}
