"""Conduct, absences and remarks."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook.conduct import ConductEntry
from services.gradebook.models.sheets import conduct

Conduct = dict[tuple[int, UUID], ConductEntry]
"""Conduct by (term, pupil)."""


def write_conduct(
    tx: Tx, *, school_year: int, class_id: UUID, term: int, entries: Sequence[ConductEntry], person_id: UUID
) -> None:
    """Keep the entries, each a version further; the class's sheets must be held."""
    place = {
        "school_year": school_year,
        "class_id": class_id,
        "term": term,
        "person_id": person_id,
        "written_at": tx.now(),
    }
    rows = [place | _row(replace(entry, version=entry.version + 1)) for entry in entries]
    new = upsert(conduct)
    names = ("level", "absences", "unexcused", "remark", "version", "person_id", "written_at")
    keys = ["school_year", "class_id", "term", "pupil_id"]
    if rows:
        changes = {name: new.excluded[name] for name in names}
        tx.conn.execute(new.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def conduct_of(tx: Tx, school_year: int, class_id: UUID) -> Conduct:
    return conduct_of_classes(tx, school_year, [class_id])[class_id]


def conduct_of_classes(tx: Tx, school_year: int, class_ids: Collection[UUID]) -> dict[UUID, Conduct]:
    """By class."""
    of = conduct.c
    query = select(of.class_id, of.term, of.pupil_id, of.level, of.absences, of.unexcused, of.remark, of.version)
    found: dict[UUID, Conduct] = {class_id: {} for class_id in class_ids}
    rows = tx.conn.execute(query.where(of.school_year == school_year, of.class_id.in_(list(class_ids))))
    for class_id, term, pupil_id, level, absences, unexcused, remark, version in rows.all():
        found[class_id][term, pupil_id] = ConductEntry(
            pupil_id=pupil_id, conduct=level, absences=absences, unexcused=unexcused, remark=remark, version=version
        )
    return found


def _row(entry: ConductEntry) -> dict[str, object]:
    names = ("pupil_id", "absences", "unexcused", "remark", "version")
    return {name: getattr(entry, name) for name in names} | {"level": entry.conduct}
