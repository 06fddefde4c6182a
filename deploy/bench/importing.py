"""A school's workbooks of a term, previewed and applied through the gateway, against reading the same files alone."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from deploy.bench.figures import Figure
from deploy.demo.client import Client
from deploy.demo.marks_year import Year
from deploy.demo.school import SUBJECTS
from deploy.demo.workbooks import mark_template

TERM = 2  # whose sheets no other figure writes in
TEACHERS = 2  # at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """One class and subject, with who brings it."""

    place: str
    teacher: Client
    name: str
    content: bytes
    pupils: int


def measure(years: Sequence[Year]) -> list[Figure]:
    """Workbooks a second, each of one class and subject with its marks and comments."""
    books = [book for year in years for book in _workbooks(year)]
    started = time.perf_counter()
    with ThreadPoolExecutor(TEACHERS) as pool:
        written = sum(pool.map(_import, books))
    value = len(books) / (time.perf_counter() - started)
    started = time.perf_counter()
    for book in books:
        CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0).to_python()
    pupils = sum(book.pupils for book in books) // len(SUBJECTS)
    return [
        Figure(
            name=f"import of {pupils:,} pupils' {len(books)} workbooks with {written:,} marks, previewed and applied",
            value=value,
            unit="workbooks/s",
            limit=len(books) / (time.perf_counter() - started),
            limit_name="calamine reading the files alone",
            aim="",
        )
    ]


def _workbooks(year: Year) -> list[Workbook]:
    teachers = {person_id: year.at.people[code] for code, person_id in year.at.person_ids.items()}
    return [_workbook(year, sheet, teachers[sheet["teacher_id"]]) for sheet in year.sheets if sheet["term"] == TERM]


def _workbook(year: Year, sheet: dict[str, Any], teacher: Client) -> Workbook:
    subject = next(one for one in SUBJECTS if one.code == sheet["subject"])
    return Workbook(
        place=year.path,
        teacher=teacher,
        name=f"{sheet['class_name']}-{subject.code}.xlsx",
        content=mark_template(year.at.school, class_code=sheet["class_name"], subject=subject, term=TERM),
        pupils=len(year.at.school.pupils_of(sheet["class_name"])),
    )


def _import(book: Workbook) -> int:
    """How many marks were written."""
    written: int = book.teacher.import_workbook(book.place, "mark", book.name, book.content)["marks"]
    return written
