"""Conduct, absences and remarks."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook.conduct import ConductEntry
from services.gradebook.models.sheets import conduct


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


def conduct_of(tx: Tx, school_year: int, class_id: UUID) -> dict[tuple[int, UUID], ConductEntry]:
    """Conduct by (term, pupil)."""
    mine = (conduct.c.school_year == school_year) & (conduct.c.class_id == class_id)
    return {
        (row.term, row.pupil_id): ConductEntry(
            pupil_id=row.pupil_id,
            conduct=row.level,
            absences=row.absences,
            unexcused=row.unexcused,
            remark=row.remark,
            version=row.version,
        )
        for row in tx.conn.execute(select(conduct).where(mine))
    }


def _row(entry: ConductEntry) -> dict[str, object]:
    names = ("pupil_id", "absences", "unexcused", "remark", "version")
    return {name: getattr(entry, name) for name in names} | {"level": entry.conduct}
