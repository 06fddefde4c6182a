"""Queries of grants: who holds which role where; the table is the chassis's, here it is the truth."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.authority import local_day
from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import GrantV1, Role, StaffMember
from services.identity.models import accounts, people
from services.identity.repository import units
from services.identity.repository.validity import valid_at


def insert_grants(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(grants), list(rows))


def grants_of(tx: Tx, person_id: UUID, now: datetime) -> list[GrantV1]:
    query = (
        select(grants.c.role, grants.c.unit_id)
        .where(grants.c.person_id == person_id, valid_at(grants, now))
        .order_by(grants.c.role)
    )
    rows = tx.conn.execute(query).all()
    names = units.names_of(tx, [row.unit_id for row in rows], local_day(now))
    return [GrantV1(role=Role(row.role), unit_id=row.unit_id, unit_name=names[row.unit_id].name) for row in rows]


def roles_at(tx: Tx, unit_id: UUID, person_ids: Iterable[UUID], now: datetime) -> set[tuple[UUID, str]]:
    at_unit = (grants.c.unit_id == unit_id) & grants.c.person_id.in_(list(person_ids))
    rows = tx.conn.execute(select(grants.c.person_id, grants.c.role).where(at_unit, valid_at(grants, now)))
    return {(row.person_id, row.role) for row in rows}


def staff_of(tx: Tx, unit_id: UUID, now: datetime) -> list[StaffMember]:
    query = (
        select(people.c.id, people.c.code, people.c.name, accounts.c.username, grants.c.role)
        .join(grants, grants.c.person_id == people.c.id)
        .join(accounts, accounts.c.person_id == people.c.id)
        .where(grants.c.unit_id == unit_id, valid_at(grants, now))
        .order_by(people.c.code, grants.c.role)
    )
    return [
        StaffMember(
            person_id=row.id,
            code=row.code,
            name=row.name,
            username=row.username,
            role=Role(row.role),
            activation_code=None,
        )
        for row in tx.conn.execute(query)
    ]
