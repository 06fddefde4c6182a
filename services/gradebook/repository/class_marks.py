"""Everything that decides the results of classes, read in one go for several of them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.chassis.database import Tx
from services.contracts.gradebook.results import CorrectionCount
from services.contracts.gradebook.school import ClassV1
from services.gradebook.judging.class_marks import ClassMarks
from services.gradebook.models.results import corrections, second_chances
from services.gradebook.models.school import enrolments
from services.gradebook.models.sheets import conduct as conduct_rows
from services.gradebook.repository import comments, conduct, enrolment, marks, sheets
from services.gradebook.rules.regulation import Regulation


def marks_of_class(tx: Tx, of_class: ClassV1, regulation: Regulation, second_term_on: date | None) -> ClassMarks:
    """The class as it stands; who came after `second_term_on` to their first school of the year was at none before."""
    year, class_id = of_class.school_year, of_class.id
    heads = sheets.sheets_of_classes(tx, year, [class_id])
    ids = [head.id for head in heads]
    pupils = enrolment.pupils_of(tx, year, class_id)
    return ClassMarks(
        of_class=of_class,
        regulation=regulation,
        pupils=pupils,
        sheets=heads,
        cells=marks.contents_of(tx, year, ids, list(pupils)),
        comments=comments.comments_of(tx, year, ids),
        conduct=conduct.conduct_of(tx, year, class_id),
        choices=enrolment.choices_of(tx, year, pupils),
        late=_late(tx, year, pupils, second_term_on),
        summer=summer_of(tx, year, class_id),
        corrections=corrections_of(tx, year, {head.id: head.subject for head in heads}),
    )


def summer_of(tx: Tx, school_year: int, class_id: UUID) -> dict[UUID, dict[str, str]]:
    """What the summer brought and the principal has accepted, by pupil and subject."""
    mine = (second_chances.c.school_year == school_year) & (second_chances.c.class_id == class_id)
    found: dict[UUID, dict[str, str]] = {}
    for row in tx.conn.execute(select(second_chances).where(mine & second_chances.c.decided_at.is_not(None))):
        found.setdefault(row.pupil_id, {})[row.subject] = row.result
    return found


def corrections_of(tx: Tx, school_year: int, subjects: Mapping[UUID, str]) -> dict[UUID, tuple[CorrectionCount, ...]]:
    """By pupil: how many corrections were applied in each subject; `subjects` are the sheets' by code."""
    mine = (corrections.c.school_year == school_year) & corrections.c.sheet_id.in_(list(subjects))
    query = (
        select(corrections.c.pupil_id, corrections.c.sheet_id, func.count().label("applied"))
        .where(mine & (corrections.c.state == "APPLIED"))
        .group_by(corrections.c.pupil_id, corrections.c.sheet_id)
    )
    counts: dict[UUID, dict[str, int]] = {}
    for row in tx.conn.execute(query):
        mine_by_subject = counts.setdefault(row.pupil_id, {})
        subject = subjects[row.sheet_id]
        mine_by_subject[subject] = mine_by_subject.get(subject, 0) + row.applied
    return {
        pupil_id: tuple(CorrectionCount(subject=subject, count=count) for subject, count in by_subject.items())
        for pupil_id, by_subject in counts.items()
    }


def _late(tx: Tx, school_year: int, pupil_ids: Collection[UUID], second_term_on: date | None) -> frozenset[UUID]:
    if second_term_on is None:
        return frozenset()
    mine = (enrolments.c.school_year == school_year) & enrolments.c.pupil_id.in_(list(pupil_ids))
    first = select(enrolments.c.pupil_id).where(mine).group_by(enrolments.c.pupil_id)
    came_late = first.having(func.min(enrolments.c.began_on) >= second_term_on)
    return frozenset(tx.conn.scalars(came_late)) - _judged_in_term_1(tx, school_year, pupil_ids)


def _judged_in_term_1(tx: Tx, school_year: int, pupil_ids: Collection[UUID]) -> frozenset[Any]:
    """Those who have a conduct of term 1 all the same: a school outside of the platform gave it."""
    mine = (conduct_rows.c.school_year == school_year) & (conduct_rows.c.term == 1)
    return frozenset(
        tx.conn.scalars(select(conduct_rows.c.pupil_id).where(mine & conduct_rows.c.pupil_id.in_(list(pupil_ids))))
    )
