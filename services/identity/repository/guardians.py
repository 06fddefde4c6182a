"""Queries of guardians as people of their own: who is known at a school, and whose guardian."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from services.chassis.authority import local_day
from services.chassis.database import Tx
from services.contracts.identity import Child
from services.identity.models import guardianships, people
from services.identity.repository import units
from services.identity.repository.validity import valid_at

Known = tuple[str, str]
"""What a guardian is known by at a school: name and address."""


def known_at(tx: Tx, unit_id: UUID, now: datetime) -> dict[Known, UUID]:
    """The guardians of the school's pupils now; of two that are known alike, the one registered first."""
    pupils = people.alias("pupils")
    query = (
        select(people.c.id, people.c.name, people.c.email)
        .join(guardianships, guardianships.c.guardian_id == people.c.id)
        .join(pupils, pupils.c.id == guardianships.c.pupil_id)
        .where(pupils.c.unit_id == unit_id, valid_at(guardianships, now))
        .order_by(people.c.id.desc())
    )
    return {(row.name, row.email): row.id for row in tx.conn.execute(query)}


def schools_of(tx: Tx, guardian_id: UUID, now: datetime) -> set[UUID]:
    """The schools of the children whose guardian the person is now."""
    children = select(people.c.unit_id).join(guardianships, guardianships.c.pupil_id == people.c.id)
    mine = (guardianships.c.guardian_id == guardian_id) & valid_at(guardianships, now)
    return set(tx.conn.scalars(children.where(mine)))


def address_of(tx: Tx, guardian_id: UUID) -> str:
    return str(tx.conn.execute(select(people.c.email).where(people.c.id == guardian_id)).scalar_one())


def children_of(tx: Tx, guardian_id: UUID, now: datetime) -> list[Child]:
    """Whose guardian the person is now, by name."""
    query = (
        select(people.c.id.label("pupil_id"), people.c.name, people.c.unit_id, guardianships.c.relation)
        .join(guardianships, guardianships.c.pupil_id == people.c.id)
        .where(guardianships.c.guardian_id == guardian_id, valid_at(guardianships, now))
        .order_by(people.c.name, people.c.id)
    )
    rows = tx.conn.execute(query).all()
    names = units.names_of(tx, {row.unit_id for row in rows}, local_day(now))
    return [Child(**row._mapping, unit_name=names[row.unit_id].name) for row in rows]  # noqa: SLF001 - the documented way
