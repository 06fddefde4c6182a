"""Queries of people and guardianships."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from services.chassis.database import Tx
from services.contracts.identity import GuardianContact, PersonV1
from services.identity.models import guardianships, people
from services.identity.repository.validity import valid_at

_PERSON = [
    people.c[name] for name in ("id", "code", "name", "born_on", "gender", "ethnicity", "nationality", "personal_id")
]


def find_people(tx: Tx, person_ids: Collection[UUID], unit_ids: Collection[UUID] | None) -> list[PersonV1]:
    """People by id; with `unit_ids`, only those of these units."""
    query = select(*_PERSON).where(people.c.id.in_(list(person_ids)))
    if unit_ids is not None:
        query = query.where(people.c.unit_id.in_(list(unit_ids)))
    return [PersonV1(**row._mapping) for row in tx.conn.execute(query)]  # noqa: SLF001 - SQLAlchemy's documented name


def find_codes(tx: Tx, kind: str, codes: Collection[str]) -> dict[str, Row[Any]]:
    """Rows (id, code, unit_id) of people of a kind by their codes."""
    wanted = (people.c.kind == kind) & people.c.code.in_(list(codes))
    return {
        row.code: row for row in tx.conn.execute(select(people.c.id, people.c.code, people.c.unit_id).where(wanted))
    }


def insert_people(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(people), list(rows))


def move_person(tx: Tx, person_id: UUID, unit_id: UUID, version: int) -> None:
    newer = (people.c.id == person_id) & (people.c.unit_version < version)
    tx.conn.execute(update(people).where(newer).values(unit_id=unit_id, unit_version=version))


def insert_guardianships(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(guardianships), list(rows))


def guardians_of(tx: Tx, pupil_ids: Collection[UUID], now: datetime) -> list[GuardianContact]:
    query = (
        select(guardianships.c.pupil_id, people.c.id, people.c.name, people.c.email)
        .join(people, people.c.id == guardianships.c.guardian_id)
        .where(guardianships.c.pupil_id.in_(list(pupil_ids)), valid_at(guardianships, now), people.c.email.is_not(None))
    )
    rows = tx.conn.execute(query).all()
    return [GuardianContact(pupil_id=row[0], guardian_id=row[1], name=row[2], email=row[3]) for row in rows]
