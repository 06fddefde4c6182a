"""Files as people send them to a small school, and what the school answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.contracts.gradebook.imports import ApplyImport, ImportV1, PreviewImport
from services.contracts.gradebook.results import Period
from services.contracts.identity import FindPeople, People, PersonV1
from services.gradebook.spreadsheets.imported import Imported, ImportedRow, ImportedSheet, LayoutId, PupilKey
from services.gradebook.spreadsheets.writing import write
from tests.integration.gradebook.small_school import YEAR, School

TERM = {1: Period.TERM_1, 2: Period.TERM_2}


def introduce(school: School, **changed: Mapping[UUID, Any]) -> None:
    """Identity knows the school's pupils; `changed` are fields that differ, by pupil."""
    pairs = zip(school.pupils, school.paper.pupils, strict=True)
    people = [_person(pupil_id, pupil, changed) for pupil_id, pupil in pairs]
    school.gradebook.others.answers[FindPeople] = lambda asked: People(
        people=tuple(one for one in people if one.id in asked.person_ids)
    )


def row(school: School, place: int, *, by: Iterable[str] = ("code",), **says: Mapping[str, str]) -> ImportedRow:
    """The row of the class's pupil at that place, who is known there by these."""
    pupil = school.paper.pupils[place]
    known = {
        "code": pupil.code if "code" in by else None,
        "personal_id": pupil.person.personal_id if "personal_id" in by else None,
    }
    return ImportedRow(pupil=PupilKey(**known, name=pupil.person.full_name, born_on=pupil.person.born_on), **says)


def sheet(school: School, rows: Sequence[ImportedRow], **differs: Any) -> ImportedSheet:
    """The first class's maths in term 1, or what differs from it."""
    said = {
        "class_name": school.paper.classes[0].code,
        "subject": "Toán",
        "term": TERM[1],
        "school_year": f"{YEAR}-{YEAR + 1}",
        "half": None,
    }
    return ImportedSheet(**(said | differs), rows=tuple(rows))


def workbook(*sheets: ImportedSheet, layout: LayoutId = LayoutId.CSDL_MARKS_1) -> bytes:
    return write(Imported(layout=layout, sheets=sheets))


def preview(school: School, file: bytes, *, by: UUID | None = None, **target: Any) -> ImportV1:
    name = school.gradebook.objects.put(file)
    command = PreviewImport(school_year=YEAR, unit_id=school.unit_id, file=name, **target)
    return school.gradebook.ask(command, by or school.teacher)


def apply(school: School, shown: ImportV1, *, by: UUID | None = None, **chosen: Any) -> ImportV1:
    command = ApplyImport(school_year=YEAR, import_id=shown.id, **chosen)
    return school.gradebook.ask(command, by or school.teacher)


def _person(pupil_id: UUID, pupil: Any, changed: Mapping[str, Mapping[UUID, Any]]) -> PersonV1:
    person = PersonV1(
        id=pupil_id,
        code=pupil.code,
        name=pupil.person.full_name,
        born_on=pupil.person.born_on,
        gender=pupil.person.sex.value,
        ethnicity=pupil.ethnicity,
        nationality="Việt Nam",
        personal_id=pupil.person.personal_id,
    )
    return replace(person, **{name: values[pupil_id] for name, values in changed.items() if pupil_id in values})
