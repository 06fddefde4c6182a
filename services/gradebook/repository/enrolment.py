"""Which pupils sit in which class, what they chose, what they are exempt from."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, any_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook.enrolment import EnrolmentV1, Exemption, PupilChoices
from services.contracts.gradebook.sheets import SheetHead
from services.gradebook.domain import Member, Roster
from services.gradebook.models.school import choices, enrolments, exemptions


def insert_enrolments(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(enrolments), list(rows))


def active_enrolments(tx: Tx, pupil_ids: Collection[UUID], *, hold: bool = True) -> dict[UUID, Row[Any]]:
    """Active enrolments by pupil; held, nobody ends them until the transaction does."""
    active = enrolments.c.pupil_id.in_(list(pupil_ids)) & enrolments.c.ended_on.is_(None)
    query = select(enrolments).where(active)
    return {row.pupil_id: row for row in tx.conn.execute(query.with_for_update() if hold else query)}


def newest_enrolments(tx: Tx, pupil_ids: Collection[UUID], *, hold: bool = True) -> dict[UUID, Row[Any]]:
    """Each pupil's newest enrolment, active or ended; held, nobody changes them until the transaction ends."""
    theirs = select(enrolments).where(enrolments.c.pupil_id.in_(list(pupil_ids)))
    query = theirs.order_by(enrolments.c.pupil_id, enrolments.c.version)
    return {row.pupil_id: row for row in tx.conn.execute(query.with_for_update() if hold else query)}


def stayed_to_the_end(row: Row[Any]) -> bool:
    """Whether nothing but the end of the year has ended the enrolment."""
    return row.ended_on is None or row.ended_as == "YEAR_ENDED"


def active_at(tx: Tx, school_year: int, unit_id: UUID) -> dict[UUID, Row[Any]]:
    """The year's active enrolments at the unit, by pupil."""
    mine = (enrolments.c.school_year == school_year) & (enrolments.c.unit_id == unit_id)
    rows = tx.conn.execute(select(enrolments).where(mine & enrolments.c.ended_on.is_(None)))
    return {row.pupil_id: row for row in rows}


def last_at(tx: Tx, pupil_id: UUID, unit_id: UUID) -> Row[Any] | None:
    """The pupil's newest enrolment at the unit, ended or not."""
    mine = (enrolments.c.pupil_id == pupil_id) & (enrolments.c.unit_id == unit_id)
    return tx.conn.execute(select(enrolments).where(mine).order_by(enrolments.c.version.desc())).first()


def last_version(tx: Tx, pupil_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many enrolments each pupil has had."""
    counted = select(enrolments.c.pupil_id, func.max(enrolments.c.version)).group_by(enrolments.c.pupil_id)
    return {row[0]: row[1] for row in tx.conn.execute(counted.where(enrolments.c.pupil_id.in_(list(pupil_ids))))}


def end_enrolment(tx: Tx, enrolment_id: UUID, ended_on: date, ended_as: str) -> None:
    ended = {"ended_on": ended_on, "ended_as": ended_as}
    tx.conn.execute(update(enrolments).where(enrolments.c.id == enrolment_id).values(ended))


def place_in_class(tx: Tx, enrolment_id: UUID, *, class_id: UUID, position: int) -> None:
    mine = enrolments.c.id == enrolment_id
    tx.conn.execute(update(enrolments).where(mine).values(class_id=class_id, position=position))


def pupils_of(tx: Tx, school_year: int, class_id: UUID, *, ended_too: bool = False) -> dict[UUID, str]:
    """The class's pupils in the order of its list, code by pupil; those who left it before the year's end on demand."""
    return pupils_of_classes(tx, school_year, [class_id], ended_too=ended_too)[class_id]


def pupils_of_classes(
    tx: Tx, school_year: int, class_ids: Collection[UUID], *, ended_too: bool = False
) -> dict[UUID, dict[UUID, str]]:
    """By class."""
    query = _EVER_ENROLLED if ended_too else _ENROLLED
    found: dict[UUID, dict[UUID, str]] = {class_id: {} for class_id in class_ids}
    rows = tx.conn.execute(query, {"school_year": school_year, "class_ids": list(class_ids)})
    for class_id, pupil_id, code in rows.all():
        found[class_id][pupil_id] = code
    return found


def pupils_by_codes(tx: Tx, school_year: int, unit_id: UUID, codes: Collection[str]) -> list[UUID]:
    """The pupils of the unit's year whom these codes name."""
    mine = (enrolments.c.school_year == school_year) & (enrolments.c.unit_id == unit_id)
    query = select(enrolments.c.pupil_id).distinct().where(mine, enrolments.c.code.in_(codes))
    return list(tx.conn.scalars(query.order_by(enrolments.c.pupil_id)))


def as_enrolment(row: Row[Any], *, ended_on: date | None = None) -> EnrolmentV1:
    return EnrolmentV1(
        pupil_id=row.pupil_id,
        school_year=row.school_year,
        unit_id=row.unit_id,
        class_id=row.class_id,
        began_on=row.began_on,
        ended_on=ended_on or row.ended_on,
    )


def roster_of(tx: Tx, head: SheetHead) -> Roster:
    """The pupils of the sheet's class who take its subject, in the order of the list, and those exempt from it."""
    given = {"school_year": head.school_year, "class_id": head.class_id, "subject": head.subject}
    rows = tx.conn.execute(_ROSTER, given).all()
    taking = [row for row in rows if row.has_cluster is not None or not head.is_elective]
    return Roster(
        members={row.pupil_id: Member(code=row.code, has_cluster=bool(row.has_cluster)) for row in taking},
        exempt=frozenset(row.pupil_id for row in taking if row.is_exempt),
    )


def keep_choices(tx: Tx, school_year: int, pupils: Sequence[PupilChoices]) -> None:
    """These pupils' electives and clusters, in place of what was said before."""
    listed = [pupil.pupil_id for pupil in pupils]
    mine = (choices.c.school_year == school_year) & choices.c.pupil_id.in_(listed)
    tx.conn.execute(delete(choices).where(mine))
    rows = [
        {"school_year": school_year, "pupil_id": pupil.pupil_id, "subject": one.subject, "has_cluster": one.has_cluster}
        for pupil in pupils
        for one in pupil.choices
    ]
    if rows:
        tx.conn.execute(insert(choices), rows)


def choices_of(tx: Tx, school_year: int, pupil_ids: Collection[UUID]) -> dict[UUID, dict[str, bool]]:
    """By pupil: the electives taken, and whether with the cluster."""
    given = {"school_year": school_year, "pupil_ids": list(pupil_ids)}
    found: dict[UUID, dict[str, bool]] = {}
    for row in tx.conn.execute(_CHOICES, given):
        found.setdefault(row.pupil_id, {})[row.subject] = row.has_cluster
    return found


def keep_exemption(tx: Tx, school_year: int, exemption: Exemption, *, recorded_by: UUID) -> None:
    names = ("pupil_id", "subject", "decision", "decided_on")
    row = {name: getattr(exemption, name) for name in names}
    row |= {"school_year": school_year, "recorded_by": recorded_by, "recorded_at": tx.now()}
    new = upsert(exemptions).values(row)
    keys = ["school_year", "pupil_id", "subject"]
    tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=row))


def enrolments_of(tx: Tx, pupil_id: UUID) -> list[Row[Any]]:
    """All that the pupil ever had, the newest first."""
    mine = enrolments.c.pupil_id == pupil_id
    return list(tx.conn.execute(select(enrolments).where(mine).order_by(enrolments.c.version.desc())))


def classes_attended(tx: Tx, school_year: int, pupil_id: UUID) -> list[UUID]:
    """The classes that the pupil sat in this year, the newest first."""
    mine = (enrolments.c.school_year == school_year) & (enrolments.c.pupil_id == pupil_id)
    query = select(enrolments.c.class_id).where(mine & enrolments.c.class_id.is_not(None))
    return list(tx.conn.scalars(query.order_by(enrolments.c.version.desc())))


def end_year(tx: Tx, school_year: int, unit_id: UUID, ended_on: date) -> int:
    """End the year's active enrolments at the unit; gives their number."""
    mine = (enrolments.c.school_year == school_year) & (enrolments.c.unit_id == unit_id)
    ended = {"ended_on": func.greatest(ended_on, enrolments.c.began_on), "ended_as": "YEAR_ENDED"}
    return tx.conn.execute(update(enrolments).where(mine & enrolments.c.ended_on.is_(None)).values(ended)).rowcount


# Built once: these run with every column that is saved.
_EVER_ENROLLED = (
    select(enrolments.c.class_id, enrolments.c.pupil_id, enrolments.c.code)
    .where(
        enrolments.c.school_year == bindparam("school_year"),
        enrolments.c.class_id.in_(bindparam("class_ids", expanding=True)),
    )
    .order_by(enrolments.c.position)
)
_TO_THE_END = enrolments.c.ended_on.is_(None) | (enrolments.c.ended_as == "YEAR_ENDED")
_ENROLLED = _EVER_ENROLLED.where(_TO_THE_END)
_CHOICES = select(choices).where(
    choices.c.school_year == bindparam("school_year"),
    choices.c.pupil_id == any_(bindparam("pupil_ids", type_=ARRAY(choices.c.pupil_id.type))),
)
_ROSTER = (
    select(
        enrolments.c.pupil_id,
        enrolments.c.code,
        choices.c.has_cluster,
        exemptions.c.decision.is_not(None).label("is_exempt"),
    )
    .outerjoin(
        choices,
        (choices.c.school_year == enrolments.c.school_year)
        & (choices.c.pupil_id == enrolments.c.pupil_id)
        & (choices.c.subject == bindparam("subject")),
    )
    .outerjoin(
        exemptions,
        (exemptions.c.school_year == enrolments.c.school_year)
        & (exemptions.c.pupil_id == enrolments.c.pupil_id)
        & (exemptions.c.subject == bindparam("subject")),
    )
    .where(
        enrolments.c.school_year == bindparam("school_year"),
        enrolments.c.class_id == bindparam("class_id"),
        _TO_THE_END,
    )
    .order_by(enrolments.c.position)
)
