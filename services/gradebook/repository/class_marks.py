"""Everything that decides the results of classes, read in one go for several of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, repeat
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.chassis.database import Tx
from services.contracts.gradebook.results import CorrectionCount
from services.contracts.gradebook.school import ClassV1
from services.contracts.gradebook.sheets import SheetHead
from services.gradebook.judging.class_marks import EMPTY, ClassMarks, Row
from services.gradebook.models.results import corrections, second_chances
from services.gradebook.models.school import enrolments
from services.gradebook.models.sheets import conduct as conduct_rows
from services.gradebook.models.sheets import sheets as sheet_rows
from services.gradebook.repository import conduct, enrolment, sheets
from services.gradebook.repository.contents import ByPupil, contents_of, last_comments_of
from services.gradebook.rules.regulation import Regulation


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernedClass:
    """A class with its regulation; who came on `second_term_on` or later to their first school was at none before."""

    of_class: ClassV1
    regulation: Regulation
    second_term_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written in the sheets of classes."""

    sheets: Mapping[UUID, Sequence[SheetHead]]
    """By class."""
    contents: Mapping[UUID, ByPupil]
    """By column."""
    comments: Mapping[UUID, ByPupil]
    """By sheet."""
    choices: Mapping[UUID, Mapping[str, bool]]
    """By pupil: electives taken, and whether with the cluster."""


def marks_of_classes(tx: Tx, school_year: int, governed: Sequence[GovernedClass]) -> list[ClassMarks]:
    """Classes of one school year as they stand, in the order given, with as many queries as one class takes."""
    ids = [one.of_class.id for one in governed]
    pupils = enrolment.pupils_of_classes(tx, school_year, ids)
    written = _written(tx, school_year, ids, [pupil_id for listed in pupils.values() for pupil_id in listed])
    judged = conduct.conduct_of_classes(tx, school_year, ids)
    late = _late(tx, school_year, {of: one.second_term_on for one in governed for of in pupils[one.of_class.id]})
    summer, corrected = _summer_of(tx, school_year, ids), _corrections_of(tx, school_year, ids)
    return [
        ClassMarks(
            of_class=one.of_class,
            regulation=one.regulation,
            pupils=pupils[class_id],
            rows=_rows(written, class_id, list(pupils[class_id])),
            conduct=judged[class_id],
            late=late.intersection(pupils[class_id]),
            summer=summer.get(class_id, {}),
            corrections=corrected.get(class_id, {}),
        )
        for class_id, one in zip(ids, governed, strict=True)
    ]


def _written(tx: Tx, school_year: int, class_ids: Collection[UUID], pupil_ids: Collection[UUID]) -> Written:
    heads: dict[UUID, list[SheetHead]] = {class_id: [] for class_id in class_ids}
    for head in sheets.sheets_of_classes(tx, school_year, class_ids):
        heads[head.class_id].append(head)
    ids = [head.id for of_class in heads.values() for head in of_class]
    return Written(
        sheets=heads,
        contents=contents_of(tx, school_year, ids),
        comments=last_comments_of(tx, school_year, ids),
        choices=enrolment.choices_of(tx, school_year, pupil_ids),
    )


def _rows(written: Written, class_id: UUID, pupils: Sequence[UUID]) -> Mapping[UUID, Sequence[Row]]:
    heads, keys = written.sheets[class_id], [pupil_id.bytes for pupil_id in pupils]
    rows = zip(*(_sheet_rows(written, head, keys) for head in heads), strict=True) if heads else repeat(())
    of_everyone = dict(zip(pupils, rows, strict=False))
    if not any(head.is_elective or _has_cluster(head) for head in heads):
        return of_everyone
    return {pupil_id: _taken(mine, written.choices.get(pupil_id, {})) for pupil_id, mine in of_everyone.items()}


def _sheet_rows(written: Written, head: SheetHead, keys: Sequence[bytes]) -> Iterable[Row]:
    """Everyone's, in the order of the keys."""
    columns = [written.contents.get(column.id, {}) for column in head.columns]
    contents = zip(*(map(column.get, keys, repeat(EMPTY)) for column in columns), strict=True)
    said = written.comments.get(head.id, {})
    return map(Row, repeat(head), repeat(head.columns), contents, [said.get(key, "") for key in keys])


def _taken(rows: Iterable[Row], chosen: Mapping[str, bool]) -> list[Row]:
    """The rows of a pupil who took these electives, true where with the cluster of study topics."""
    taken = (row for row in rows if not row.sheet.is_elective or row.sheet.subject in chosen)
    return [row if chosen.get(row.sheet.subject) else _but_for_cluster(row) for row in taken]


def _but_for_cluster(row: Row) -> Row:
    asked = [not column.is_cluster for column in row.columns]
    return row._replace(columns=tuple(compress(row.columns, asked)), contents=tuple(compress(row.contents, asked)))


def _has_cluster(head: SheetHead) -> bool:
    return any(column.is_cluster for column in head.columns)


def _summer_of(tx: Tx, school_year: int, class_ids: Collection[UUID]) -> dict[UUID, dict[UUID, dict[str, str]]]:
    """What the summer brought and the principal has accepted, by class, pupil and subject."""
    mine = (second_chances.c.school_year == school_year) & second_chances.c.class_id.in_(list(class_ids))
    found: dict[UUID, dict[UUID, dict[str, str]]] = {}
    for row in tx.conn.execute(select(second_chances).where(mine & second_chances.c.decided_at.is_not(None))):
        found.setdefault(row.class_id, {}).setdefault(row.pupil_id, {})[row.subject] = row.result
    return found


def _corrections_of(
    tx: Tx, school_year: int, class_ids: Collection[UUID]
) -> dict[UUID, dict[UUID, list[CorrectionCount]]]:
    """By class and pupil: how many corrections were applied in each subject."""
    of, at = corrections.c, sheet_rows.c
    query = (
        select(at.class_id, of.pupil_id, at.subject, func.count().label("applied"))
        .join(sheet_rows, (at.school_year == of.school_year) & (at.id == of.sheet_id))
        .where(of.school_year == school_year, at.class_id.in_(list(class_ids)), of.state == "APPLIED")
        .group_by(at.class_id, of.pupil_id, at.subject)
        .order_by(at.subject)
    )
    found: dict[UUID, dict[UUID, list[CorrectionCount]]] = {}
    for row in tx.conn.execute(query):
        count = CorrectionCount(subject=row.subject, count=row.applied)
        found.setdefault(row.class_id, {}).setdefault(row.pupil_id, []).append(count)
    return found


def _late(tx: Tx, school_year: int, second_terms: Mapping[UUID, date | None]) -> frozenset[UUID]:
    """Of these pupils, each with the day that the second term began on, those who were at no school before it."""
    days = {pupil_id: day for pupil_id, day in second_terms.items() if day}
    if not days:
        return frozenset()
    began = func.min(enrolments.c.began_on)
    mine = (enrolments.c.school_year == school_year) & enrolments.c.pupil_id.in_(list(days))
    first = select(enrolments.c.pupil_id, began.label("on")).where(mine).group_by(enrolments.c.pupil_id)
    rows = tx.conn.execute(first.having(began >= min(days.values())))
    late = frozenset(row.pupil_id for row in rows if row.on >= days[row.pupil_id])
    return late - _judged_in_term_1(tx, school_year, late) if late else late


def _judged_in_term_1(tx: Tx, school_year: int, pupil_ids: Collection[UUID]) -> frozenset[Any]:
    """Those who have a conduct of term 1 all the same: a school outside of the platform gave it."""
    mine = (conduct_rows.c.school_year == school_year) & (conduct_rows.c.term == 1)
    return frozenset(
        tx.conn.scalars(select(conduct_rows.c.pupil_id).where(mine & conduct_rows.c.pupil_id.in_(list(pupil_ids))))
    )
