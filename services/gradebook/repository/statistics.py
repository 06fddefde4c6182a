"""Counts of locked results as they are read: schools of a day's tree, told apart and narrowed by dimensions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, cast, column, func, literal, select
from sqlalchemy.dialects import postgresql

from services.chassis import authority
from services.chassis.database import Tx
from services.chassis.tables import inbox
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import VALUES, Dimension, Measure
from services.contracts.identity import UnitKind
from services.gradebook.models.school import classes, subjects
from services.gradebook.models.statistics import VALUE_COLUMNS, school_counts

UUIDS = postgresql.ARRAY(postgresql.UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A school, and the unit next below the one that is read in which it lies."""

    unit_id: UUID
    child_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is read of the counts: a measure of a year's period, told apart and narrowed by dimensions."""

    school_year: int
    period: Period
    measure: Measure
    by: Collection[Dimension] = ()
    only: Mapping[Dimension, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A group of pupils; `is_one_school` where all of them are of the same."""

    keys: Mapping[Dimension, Any]
    counts: tuple[int, ...]
    is_one_school: bool


def places_below(tx: Tx, unit_id: UUID, on: date) -> list[Place]:
    """The schools at or below the unit on that day."""
    child_of = {unit_id: unit_id}
    places = [Place(unit_id=unit_id, child_id=unit_id)]
    for one in authority.units_below(tx, unit_id, on):
        child_of[one.unit_id] = one.unit_id if one.parent_id == unit_id else child_of[one.parent_id]
        if one.kind == UnitKind.SCHOOL:
            places.append(Place(unit_id=one.unit_id, child_id=child_of[one.unit_id]))
    return places


def sums(tx: Tx, places: Sequence[Place], wanted: Wanted) -> list[Sum]:
    """The groups of pupils that the dimensions tell apart, in their order."""
    where = _where(places)
    asked = [(one, _key(one, where)) for one in Dimension if one in wanted.by]
    columns = [key.label(one.name.lower()) for one, key in asked]
    values = [func.sum(school_counts.c[name]).label(name) for name in VALUE_COLUMNS[: len(VALUES[wanted.measure])]]
    is_one = (func.min(where.c.number) == func.max(where.c.number)).label("is_one_school")
    rows = tx.conn.execute(
        _narrowed(select(*columns, *values, is_one), where, wanted)
        .group_by(*(key for _, key in asked))
        .order_by(*(key for _, key in asked))
    )
    return [
        Sum(
            keys={one: getattr(row, one.name.lower()) for one, _ in asked},
            counts=tuple(getattr(row, value.name) or 0 for value in values),
            is_one_school=bool(row.is_one_school),
        )
        for row in rows
    ]


def subject_names(tx: Tx, school_year: int, codes: Collection[str]) -> dict[str, str]:
    """What the subjects are called in some school's plan of the year."""
    name = select(subjects.c.name).where(subjects.c.school_year == school_year)
    return {code: tx.conn.execute(name.where(subjects.c.code == code).limit(1)).scalar() or code for code in codes}


def uncounted_since(tx: Tx, types: Collection[str], unit_ids: Collection[UUID]) -> datetime | None:
    """Since when the oldest change of these schools' results waits to be counted; None when all is counted."""
    waiting = inbox.c.state.in_(("PENDING", "DEAD")) & inbox.c.type.in_(list(types))
    of_class = cast(inbox.c.data["class_id"].astext, postgresql.UUID) == classes.c.id
    unit_id = func.coalesce(classes.c.unit_id, cast(inbox.c.data["unit_id"].astext, postgresql.UUID))
    oldest = select(func.min(inbox.c.received_at)).select_from(inbox.outerjoin(classes, of_class))
    return tx.conn.execute(oldest.where(waiting, unit_id == func.any(literal(list(unit_ids), UUIDS)))).scalar()


def _where(places: Iterable[Place]) -> Subquery:
    """The places as a table: school, unit below the one that is read, number."""
    units, children = zip(*((place.unit_id, place.child_id) for place in places), strict=True)
    lists = (cast(literal(list(ids), UUIDS), UUIDS) for ids in (units, children))
    names = (column("unit_id", postgresql.UUID), column("child_id", postgresql.UUID))
    given = func.unnest(*lists).table_valued(*names, with_ordinality="number", name="given").render_derived()
    # Said to be distinct, as they are: else the planner fears long chains in a hash, and sorts half a million rows.
    return select(given).distinct(given.c.unit_id).order_by(given.c.unit_id).subquery("place")


def _key(dimension: Dimension, where: Subquery) -> ColumnElement[Any]:
    return where.c.child_id if dimension is Dimension.UNIT else school_counts.c[dimension.name.lower()]


def _narrowed(query: Select[Any], where: Subquery, wanted: Wanted) -> Select[Any]:
    query = query.join_from(school_counts, where, school_counts.c.unit_id == where.c.unit_id).where(
        school_counts.c.school_year == wanted.school_year,
        school_counts.c.period == wanted.period,
        school_counts.c.measure == wanted.measure,
    )
    return query.where(*(_key(one, where) == value for one, value in wanted.only.items()))
