"""Identity's only queries: rows in, contract values out."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import GrantV1, GuardianContact, PersonV1, Role, StaffMember, UnitKind, UnitV1
from services.identity.models import accounts, guardianships, people, sessions, units

_PERSON = [
    people.c[name] for name in ("id", "code", "name", "born_on", "gender", "ethnicity", "nationality", "personal_id")
]


def insert_unit(tx: Tx, unit: UnitV1) -> None:
    row = {name: getattr(unit, name) for name in ("id", "kind", "code", "name", "parent_id", "commune", "province")}
    tx.conn.execute(insert(units).values(row))


def unit_code_taken(tx: Tx, code: str) -> bool:
    return tx.conn.execute(select(units.c.id).where(units.c.code == code)).first() is not None


def find_units(tx: Tx, unit_ids: Collection[UUID]) -> list[UnitV1]:
    rows = tx.conn.execute(select(units).where(units.c.id.in_(list(unit_ids))))
    return [_unit(tx, row) for row in rows.all()]


def ancestors(tx: Tx, unit_id: UUID) -> list[UUID]:
    """The unit and those above it, nearest first."""
    tree = select(units.c.id, units.c.parent_id).where(units.c.id == unit_id).cte(recursive=True)
    above = select(units.c.id, units.c.parent_id).join(tree, units.c.id == tree.c.parent_id)
    return list(tx.conn.scalars(select(tree.union_all(above).c.id)))


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
        .where(guardianships.c.pupil_id.in_(list(pupil_ids)), _valid(guardianships, now), people.c.email.is_not(None))
    )
    rows = tx.conn.execute(query).all()
    return [GuardianContact(pupil_id=row[0], guardian_id=row[1], name=row[2], email=row[3]) for row in rows]


def insert_accounts(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(accounts), list(rows))


def find_account(tx: Tx, username: str) -> Row[Any] | None:
    return tx.conn.execute(select(accounts).where(accounts.c.username == username)).first()


def taken_usernames(tx: Tx, usernames: Collection[str]) -> dict[str, UUID]:
    """Person by user name, of those that exist."""
    rows = tx.conn.execute(
        select(accounts.c.username, accounts.c.person_id).where(accounts.c.username.in_(list(usernames)))
    )
    return {row.username: row.person_id for row in rows}


def update_account(tx: Tx, account_id: UUID, **values: Any) -> None:
    tx.conn.execute(update(accounts).where(accounts.c.id == account_id).values(**values))


def count_failure(tx: Tx, account_id: UUID, *, most: int, lock_until: datetime) -> None:
    """One more wrong password, counted by the database so that tries at one moment all count; every `most`-th locks."""
    failures = accounts.c.failures + 1
    locked = case((failures % most == 0, lock_until), else_=accounts.c.locked_until)
    tx.conn.execute(update(accounts).where(accounts.c.id == account_id).values(failures=failures, locked_until=locked))


def replace_activation(tx: Tx, person_id: UUID, activation_hash: str) -> bool:
    """Put another activation code in the place of an unused one; False where the account has a password."""
    unused = (accounts.c.person_id == person_id) & accounts.c.password_hash.is_(None)
    return tx.conn.execute(update(accounts).where(unused).values(activation_hash=activation_hash)).rowcount > 0


def use_activation(tx: Tx, activation_hash: str, password_hash: str) -> str | None:
    """Set the password of the account with this code and use the code up; the user name, or None."""
    activated = (
        update(accounts)
        .where(accounts.c.activation_hash == activation_hash)
        .values(password_hash=password_hash, activation_hash=None, failures=0, locked_until=None)
        .returning(accounts.c.username)
    )
    return tx.conn.execute(activated).scalar()


def insert_session(tx: Tx, **values: Any) -> None:
    tx.conn.execute(insert(sessions).values(**values))


def rotate_session(tx: Tx, refresh_hash: str, next_hash: str) -> Row[Any] | None:
    """Put the next refresh token in a living session's place; its row (id, account_id, person_id), or None."""
    living = (
        (sessions.c.refresh_hash == refresh_hash) & sessions.c.ended_at.is_(None) & (sessions.c.expires_at > func.now())
    )
    rotated = (
        update(sessions).where(living).values(refresh_hash=next_hash).returning(sessions.c.id, sessions.c.account_id)
    )
    row = tx.conn.execute(rotated).first()
    if row is None:
        return None
    query = select(sessions.c.id, sessions.c.account_id, accounts.c.person_id).join(
        accounts, accounts.c.id == sessions.c.account_id
    )
    return tx.conn.execute(query.where(sessions.c.id == row.id)).first()


def end_session(tx: Tx, refresh_hash: str) -> int:
    living = (sessions.c.refresh_hash == refresh_hash) & sessions.c.ended_at.is_(None)
    return tx.conn.execute(update(sessions).where(living).values(ended_at=func.now())).rowcount


def insert_grants(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(upsert(grants), list(rows))


def grants_of(tx: Tx, person_id: UUID, now: datetime) -> list[GrantV1]:
    query = (
        select(grants.c.role, grants.c.unit_id, units.c.name)
        .join(units, units.c.id == grants.c.unit_id)
        .where(grants.c.person_id == person_id, _valid(grants, now))
        .order_by(grants.c.role)
    )
    return [GrantV1(role=Role(row.role), unit_id=row.unit_id, unit_name=row.name) for row in tx.conn.execute(query)]


def roles_at(tx: Tx, unit_id: UUID, person_ids: Iterable[UUID], now: datetime) -> set[tuple[UUID, str]]:
    at_unit = (grants.c.unit_id == unit_id) & grants.c.person_id.in_(list(person_ids))
    rows = tx.conn.execute(select(grants.c.person_id, grants.c.role).where(at_unit, _valid(grants, now)))
    return {(row.person_id, row.role) for row in rows}


def staff_of(tx: Tx, unit_id: UUID, now: datetime) -> list[StaffMember]:
    query = (
        select(people.c.id, people.c.code, people.c.name, accounts.c.username, grants.c.role)
        .join(grants, grants.c.person_id == people.c.id)
        .join(accounts, accounts.c.person_id == people.c.id)
        .where(grants.c.unit_id == unit_id, _valid(grants, now))
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


def _valid(table: Any, now: datetime) -> ColumnElement[bool]:
    return and_(table.c.valid_from <= now, or_(table.c.valid_to.is_(None), table.c.valid_to > now))


def _unit(tx: Tx, row: Row[Any]) -> UnitV1:
    department = select(units.c.name).where(units.c.id.in_(ancestors(tx, row.id)), units.c.kind == UnitKind.DEPARTMENT)
    return UnitV1(
        id=row.id,
        kind=UnitKind(row.kind),
        code=row.code,
        name=row.name,
        parent_id=row.parent_id,
        commune=row.commune,
        province=row.province,
        department=tx.conn.execute(department).scalar() or "",
    )
