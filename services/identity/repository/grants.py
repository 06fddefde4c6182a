"""Queries of grants: who holds which role where; the table is the chassis's, here it is the truth."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.authority import local_day
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.tables import grants
from services.contracts.identity import GrantV1, Role, StaffContact, StaffGrant, StaffMember
from services.identity.models import accounts, cases, people
from services.identity.repository import units
from services.identity.repository.validity import valid_at


def insert_grants(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(grants), list(rows))


def insert_cases(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(cases), list(rows))


def end_grant(tx: Tx, grant_id: UUID, valid_to: datetime) -> int:
    """Let the grant end then; its new version."""
    ended = update(grants).where(grants.c.grant_id == grant_id).values(valid_to=valid_to, version=grants.c.version + 1)
    version: int = tx.conn.execute(ended.returning(grants.c.version)).scalar_one()
    return version


def get_grant(tx: Tx, grant_id: UUID) -> StaffGrant:
    """The grant, locked until the transaction ends; NotFound where there is none."""
    query = _grants_with_people().where(grants.c.grant_id == grant_id)
    row = tx.conn.execute(query.with_for_update(of=grants)).first()
    if row is None:
        raise NotFound(grant_id=grant_id)
    return _staff_grant(row)


def find_grants(tx: Tx, unit_id: UUID) -> list[StaffGrant]:
    """Every grant ever given at the unit, newest first."""
    query = _grants_with_people().where(grants.c.unit_id == unit_id)
    rows = tx.conn.execute(query.order_by(grants.c.valid_from.desc(), grants.c.grant_id))
    return [_staff_grant(row) for row in rows]


def is_held_by_another(tx: Tx, grant: StaffGrant, at: datetime) -> bool:
    """Whether another person than the grant's has its role at its unit then, without an end."""
    lasting = (grants.c.role == grant.role) & (grants.c.valid_from <= at) & grants.c.valid_to.is_(None)
    other = (grants.c.unit_id == grant.unit_id) & (grants.c.person_id != grant.person_id) & lasting
    return tx.conn.execute(select(grants.c.grant_id).where(other).limit(1)).first() is not None


def grants_of(tx: Tx, person_id: UUID, now: datetime) -> list[GrantV1]:
    query = (
        select(grants.c.role, grants.c.unit_id)
        .where(grants.c.person_id == person_id, valid_at(grants, now))
        .order_by(grants.c.role)
    )
    rows = tx.conn.execute(query).all()
    names = units.names_of(tx, [row.unit_id for row in rows], local_day(now))
    return [GrantV1(role=Role(row.role), unit_id=row.unit_id, unit_name=names[row.unit_id].name) for row in rows]


def not_ended(tx: Tx, person_ids: Iterable[UUID], now: datetime) -> list[StaffGrant]:
    """The people's grants of now and to come, wherever they are."""
    mine = grants.c.person_id.in_(list(person_ids)) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    return [_staff_grant(row) for row in tx.conn.execute(_grants_with_people().where(mine))]


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


def contacts_of(tx: Tx, person_ids: Collection[UUID], now: datetime) -> list[StaffContact]:
    """The addresses of those of the people who hold a role now."""
    held = select(grants.c.person_id).where(grants.c.person_id.in_(list(person_ids)), valid_at(grants, now))
    query = select(people.c.id, people.c.email).where(people.c.id.in_(held), people.c.email.is_not(None))
    return [StaffContact(person_id=row.id, email=row.email) for row in tx.conn.execute(query)]


def _grants_with_people() -> Select[Any]:
    columns = [grants.c[name] for name in ("grant_id", "person_id", "role", "unit_id", "valid_from", "valid_to")]
    query = select(*columns, people.c.code, people.c.name, cases.c.case_no)
    return query.join(people, people.c.id == grants.c.person_id).outerjoin(cases, cases.c.grant_id == grants.c.grant_id)


def _staff_grant(row: Row[Any]) -> StaffGrant:
    fields = dict(row._mapping) | {"role": Role(row.role)}  # noqa: SLF001 - SQLAlchemy's documented name
    return StaffGrant(**fields)
