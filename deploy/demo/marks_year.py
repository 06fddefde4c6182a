"""The school's year: set-up, windows, marks by workbook and by column, conduct, locking."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deploy.demo.people_at_school import SchoolAccounts
from deploy.demo.school import FIRST_YEAR, SUBJECTS, TERMS, MarkKey, Pupil, Subject
from deploy.demo.stage import Bar, each
from deploy.demo.workbooks import mark_template, pupil_list

FAR_AWAY = "2036-01-01T00:00:00Z"  # windows of the demonstration are closed by hand
REMARKS = ("Chăm ngoan, có tiến bộ.", "Hòa đồng, tích cực tham gia hoạt động.", "Cần mạnh dạn phát biểu hơn.")
COMMENTS = ("Nắm vững kiến thức, trình bày rõ ràng.", "Có cố gắng, cần luyện tập thêm.", "Vận dụng tốt vào thực tế.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The school year at one school: classes by name, sheets as the gateway lists them, pupils' ids by code."""

    at: SchoolAccounts
    class_ids: dict[str, str]
    sheets: list[dict[str, Any]]
    windows: list[str]

    @property
    def path(self) -> str:
        return year_path(self.at)


def year_path(at: SchoolAccounts) -> str:
    return f"/v1/years/{FIRST_YEAR}/units/{at.unit_id}"


def open_year(at: SchoolAccounts) -> Year:
    """The admin opens the year: subjects, classes, pupils, guardians, assignments, entry windows."""
    admin, path = at.admin, year_path(at)
    admin.post(path, {"stage": "THCS", "subjects": [_plan(subject) for subject in SUBJECTS]})
    made = admin.post(f"{path}/classes", {"classes": [_class(at, one) for one in at.school.classes]})
    class_ids = {one["name"]: one["id"] for one in made["classes"]}
    admin.import_workbook(path, "pupil", "C1-HocSinh.xlsx", pupil_list(at.school))
    _add_guardians(at)
    assigned = admin.post(f"{path}/assignments", {"assignments": list(_assignments(at, class_ids))})
    windows = [
        admin.post(f"{path}/windows", {"term": term, "kind": kind, "closes_at": FAR_AWAY})["id"]
        for term in TERMS
        for kind in ("MARKS", "COMMENTS")
    ]
    return Year(at=at, class_ids=class_ids, sheets=assigned["sheets"], windows=windows)


def write_marks(year: Year, bar: Bar) -> int:
    """Each teacher writes their own sheets, every other subject by workbook; gives the number of cells written."""
    by_teacher: dict[str, list[dict[str, Any]]] = {}
    for number, sheet in enumerate(year.sheets):
        by_teacher.setdefault(sheet["teacher_id"], []).append(sheet | {"by_workbook": number // 2 % 2 == 0})
    teachers = {person_id: year.at.people[code] for code, person_id in year.at.person_ids.items()}

    def write(teacher_id: str) -> int:
        client, written = teachers[teacher_id], 0
        for sheet in by_teacher[teacher_id]:
            written += _by_workbook(year, client, sheet) if sheet["by_workbook"] else _by_columns(year, client, sheet)
            bar.advance()
        return written

    return sum(each(write, by_teacher, bar, steps=lambda _: 0))


def write_conduct(year: Year, bar: Bar) -> None:
    """Homeroom teachers write conduct, absences and remarks, a class and term in one request."""

    def write(school_class: Any) -> None:
        client = year.at.people[school_class.homeroom_code]
        class_id = year.class_ids[school_class.code]
        ids = pupil_ids(year, school_class.code)
        for term in TERMS:
            entries = [
                {
                    "pupil_id": ids[pupil.code],
                    "conduct": pupil.conduct[term - 1].vi,
                    "absences": pupil.absences[term - 1],
                    "remark": REMARKS[(number + term) % len(REMARKS)],
                    "version": 0,
                }
                for number, pupil in enumerate(year.at.school.pupils_of(school_class.code))
            ]
            client.put(f"/v1/years/{FIRST_YEAR}/classes/{class_id}/terms/{term}/conduct", {"entries": entries})

    each(write, year.at.school.classes, bar)


def close_windows(year: Year) -> None:
    for window in year.windows:
        year.at.admin.delete(f"/v1/years/{FIRST_YEAR}/windows/{window}")


def lock_results(year: Year, bar: Bar) -> None:
    """The principal locks both terms and the year, class by class."""

    def lock(class_id: str) -> None:
        for period in ("TERM_1", "TERM_2", "YEAR"):
            year.at.principal.post(f"/v1/years/{FIRST_YEAR}/classes/{class_id}/results/{period}", {})

    each(lock, year.class_ids.values(), bar)


def pupil_ids(year: Year, class_code: str) -> dict[str, str]:
    """Person by pupil's code, as a sheet of the class shows them to its homeroom teacher."""
    sheet = next(sheet for sheet in year.sheets if sheet["class_name"] == class_code)
    rows = year.at.principal.get(f"/v1/years/{FIRST_YEAR}/sheets/{sheet['id']}")["rows"]
    return {row["code"]: row["pupil_id"] for row in rows}


def _by_workbook(year: Year, client: Any, sheet: dict[str, Any]) -> int:
    content = mark_template(
        year.at.school, class_code=sheet["class_name"], subject=_subject(sheet["subject"]), term=sheet["term"]
    )
    name = f"{sheet['class_name']}-{sheet['subject']}.xlsx"
    written: int = client.import_workbook(year.path, "mark", name, content)["marks"]
    return written


def _by_columns(year: Year, client: Any, sheet: dict[str, Any]) -> int:
    path, written = f"/v1/years/{FIRST_YEAR}/sheets/{sheet['id']}", 0
    pupils = year.at.school.pupils_of(sheet["class_name"])
    ids = {row["code"]: row["pupil_id"] for row in client.get(path)["rows"]}
    for column in sheet["columns"]:
        cells = [
            {
                "pupil_id": ids[pupil.code],
                "state": "VALUE",
                "value": _mark(year, pupil, sheet, column["key"]),
                "version": 0,
            }
            for pupil in pupils
        ]
        written += client.put(f"{path}/columns/{column['id']}", {"cells": cells})["written"]
    comments = [
        {"pupil_id": ids[pupil.code], "text": COMMENTS[number % len(COMMENTS)], "version": 0}
        for number, pupil in enumerate(pupils)
    ]
    client.put(f"{path}/comments", {"comments": comments})
    return written


def _mark(year: Year, pupil: Pupil, sheet: dict[str, Any], key: str) -> str:
    marks = year.at.school.marks[MarkKey(pupil.code, sheet["subject"], sheet["term"])]
    by_key = {f"tx{number}": mark for number, mark in enumerate(marks.regular, start=1)}
    return str((by_key | {"gk": marks.midterm, "ck": marks.final})[key])


def _subject(code: str) -> Subject:
    return next(subject for subject in SUBJECTS if subject.code == code)


def _plan(subject: Subject) -> dict[str, Any]:
    grades = [
        {"grade": grade, "periods": periods} for grade, periods in zip(range(6, 10), subject.periods, strict=True)
    ]
    return {"code": subject.code, "name": subject.name, "kind": subject.kind.name, "grades": grades}


def _class(at: SchoolAccounts, one: Any) -> dict[str, Any]:
    return {"name": one.code, "grade": one.grade, "homeroom_id": at.person_ids[one.homeroom_code]}


def _assignments(at: SchoolAccounts, class_ids: dict[str, str]) -> Iterator[dict[str, str]]:
    for (class_code, subject), teacher in at.school.teacher_codes.items():
        yield {"class_id": class_ids[class_code], "subject": subject, "teacher_id": at.person_ids[teacher]}


def _add_guardians(at: SchoolAccounts) -> None:
    """One guardian a pupil; nineteen of twenty agree to be told by e-mail."""
    guardians = [
        {"pupil_code": p.code, "name": p.guardian.full_name, "email": p.guardian.email, "relation": "Cha/Mẹ"}
        for p in at.school.pupils
    ]
    added = at.admin.post(f"/v1/units/{at.unit_id}/guardians", {"guardians": guardians})["guardians"]
    consents = [{"guardian_id": one["guardian_id"], "given": number % 20 > 0} for number, one in enumerate(added)]
    at.admin.post(f"/v1/units/{at.unit_id}/consents", {"consents": consents})
