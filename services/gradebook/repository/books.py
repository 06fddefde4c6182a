"""Classes as their books show them: everyone ever listed, every sheet with its cells, what is locked and corrected."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.chassis.database import Tx
from services.contracts.gradebook.conduct import ConductEntry
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import SheetHead
from services.gradebook.books.source import TERM_PERIOD, ClassRecord, Correction, Pupil, Result, Sheet
from services.gradebook.domain import Cell
from services.gradebook.models.results import corrections, results
from services.gradebook.models.school import enrolments
from services.gradebook.repository import comments, conduct, enrolment, marks, sheets
from services.gradebook.repository.results import locked_periods


def heads_of_teacher(tx: Tx, school_year: int, unit_id: UUID, teacher_id: UUID) -> list[SheetHead]:
    """The unit's sheets that the teacher signs for or writes with others, in the order of class and printed form."""
    shared = sheets.sheets_taught_by(tx, school_year, teacher_id)
    found = sheets.sheets_of_unit(tx, school_year, unit_id)
    return [head for head in found if head.teacher_id == teacher_id or head.id in shared]


def record_of(tx: Tx, of_class: ClassV1, heads: Sequence[SheetHead]) -> ClassRecord:
    """The class with these of its sheets; pupils have no names yet, which identity keeps."""
    year, class_id = of_class.school_year, of_class.id
    pupils = _listed(tx, year, class_id)
    return ClassRecord(
        id=class_id,
        name=of_class.name,
        grade=of_class.grade,
        stage=of_class.stage,
        school_year=year,
        homeroom_id=of_class.homeroom_id,
        pupils=tuple(pupils.values()),
        sheets=_sheets(tx, year, heads, pupils),
        conduct=_conduct(tx, year, class_id),
        results=_results(tx, year, class_id),
        locked=tuple(sorted(locked_periods(tx, year, class_id), key=list(Period).index)),
        corrections=_corrections(tx, year, heads),
    )


def _listed(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, Pupil]:
    """In the order of the list; who came back into the class is there as of the newest enrolment."""
    mine = (enrolments.c.school_year == school_year) & (enrolments.c.class_id == class_id)
    query = select(enrolments).where(mine).order_by(enrolments.c.position, enrolments.c.version)
    return {
        row.pupil_id: Pupil(id=row.pupil_id, code=row.code, ended_on=row.ended_on, ended_as=row.ended_as)
        for row in tx.conn.execute(query)
    }


def _sheets(tx: Tx, school_year: int, heads: Sequence[SheetHead], pupils: Collection[UUID]) -> tuple[Sheet, ...]:
    ids = [head.id for head in heads]
    cells: dict[UUID, dict[UUID, Cell]] = {}  # by column, then pupil
    for (column_id, pupil_id), cell in marks.cells_of(tx, school_year, ids).items():
        cells.setdefault(column_id, {})[pupil_id] = cell
    words: dict[UUID, dict[UUID, dict[str, str]]] = {}
    for (sheet_id, pupil_id, key), comment in comments.comments_of(tx, school_year, ids).items():
        words.setdefault(sheet_id, {}).setdefault(pupil_id, {})[key] = comment.text
    shared: dict[UUID, list[UUID]] = {}
    for row in sheets.teachers_of(tx, school_year, ids):
        shared.setdefault(row.sheet_id, []).append(row.teacher_id)
    choices = enrolment.choices_of(tx, school_year, pupils)
    return tuple(
        _sheet(head, pupils, choices, cells=cells, comments=words.get(head.id, {}), shared=shared.get(head.id, []))
        for head in heads
    )


def _sheet(
    head: SheetHead,
    pupils: Collection[UUID],
    choices: Mapping[UUID, Mapping[str, bool]],
    *,
    cells: Mapping[UUID, Mapping[UUID, Cell]],
    comments: Mapping[UUID, Mapping[str, str]],
    shared: Sequence[UUID],
) -> Sheet:
    chosen = {pupil_id: choices.get(pupil_id, {}).get(head.subject) for pupil_id in pupils}
    takers = tuple(pupil_id for pupil_id in pupils if not head.is_elective or chosen[pupil_id] is not None)
    return Sheet(
        subject=head.subject,
        name=head.subject_name,
        kind=head.kind,
        term=head.term,
        teacher_ids=tuple(dict.fromkeys((head.teacher_id, *sorted(shared)))),
        columns=head.columns,
        takers=takers,
        with_cluster=tuple(pupil_id for pupil_id in takers if chosen[pupil_id]),
        cells={pupil_id: _cells_of(pupil_id, head, cells) for pupil_id in takers},
        comments=comments,
    )


def _cells_of(pupil_id: UUID, head: SheetHead, cells: Mapping[UUID, Mapping[UUID, Cell]]) -> dict[UUID, Cell]:
    return {column.id: cells[column.id][pupil_id] for column in head.columns if pupil_id in cells.get(column.id, {})}


def _conduct(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, dict[Period, ConductEntry]]:
    found: dict[UUID, dict[Period, ConductEntry]] = {}
    for (term, pupil_id), entry in conduct.conduct_of(tx, school_year, class_id).items():
        found.setdefault(pupil_id, {})[TERM_PERIOD[term]] = entry
    return found


def _results(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, dict[Period, Result]]:
    """The newest version of every locked result."""
    mine = (results.c.school_year == school_year) & (results.c.class_id == class_id)
    query = select(results.c.pupil_id, results.c.period, results.c.result).where(mine).order_by(results.c.version)
    found: dict[UUID, dict[Period, Result]] = {}
    for row in tx.conn.execute(query):
        period = Period(row.period)
        read = _year_result if period is Period.YEAR else _term_result
        found.setdefault(row.pupil_id, {})[period] = read(row.result)
    return found


def _term_result(kept: Mapping[str, Any]) -> Result:
    return Result(subjects=kept["subjects"], level=kept["level"], conduct=kept["conduct"])


def _year_result(kept: Mapping[str, Any]) -> Result:
    """Of a contract's PupilResult; what results of earlier forms lack stays empty."""
    names = ("level", "conduct", "level_after", "conduct_after", "completion", "title")
    return Result(
        subjects={one["code"]: one["year"] for one in kept["subjects"]},
        retests={one["code"]: one["retest"] for one in kept["subjects"] if one.get("retest")},
        promotion=kept["promotion"] or None,
        **{name: kept.get(name) for name in names},
    )


def _corrections(tx: Tx, school_year: int, heads: Sequence[SheetHead]) -> tuple[Correction, ...]:
    """One for each mark that was changed after it had been locked."""
    columns = {column.id: (head, column) for head in heads for column in head.columns}
    mine = (corrections.c.school_year == school_year) & corrections.c.sheet_id.in_([head.id for head in heads])
    query = select(corrections.c.column_id).where(mine & (corrections.c.state == "APPLIED"))
    found = [columns[column_id] for column_id in tx.conn.scalars(query.order_by(corrections.c.id))]
    return tuple(Correction(subject=head.subject, term=head.term, key=column.key) for head, column in found)
