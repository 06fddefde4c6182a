"""Queries of people and guardianships."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Select, any_, delete, insert, literal, literal_column, select, update
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.chassis.authority import local_day
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.contracts.identity import GuardianContact, PersonV1, PupilFound
from services.identity.models import guardianships, health_links, people
from services.identity.repository import units
from services.identity.repository.validity import valid_at

_NAMED = ("id", "code", "name", "born_on", "gender", "ethnicity", "nationality", "personal_id", "passport", "programme")
_PERSON = [people.c[name] for name in _NAMED]


def find_people(tx: Tx, person_ids: Collection[UUID], unit_ids: Collection[UUID] | None) -> list[PersonV1]:
    """People by id; with `unit_ids`, only those of these units."""
    query = select(*_PERSON).where(people.c.id == any_(literal(list(person_ids), ARRAY(PG_UUID))))
    if unit_ids is not None:
        query = query.where(people.c.unit_id.in_(list(unit_ids)))
    return [_person(row) for row in tx.conn.execute(query)]


def get_pupil(tx: Tx, pupil_id: UUID) -> tuple[PersonV1, UUID]:
    """The pupil and the school; NotFound where there is no such pupil."""
    query = select(*_PERSON, people.c.unit_id).where(people.c.id == pupil_id, people.c.kind == "PUPIL")
    row = tx.conn.execute(query).first()
    if row is None:
        raise NotFound(pupil_id=pupil_id)
    return _person(row), row.unit_id


def look_up(
    *, code: str | None = None, personal_id: str | None = None, key: str | None = None, born_on: date | None = None
) -> Select[Any]:
    """The question for pupils by one of: code, personal ID, name key with date of birth; each has its index."""
    given = {"code": code, "personal_id": personal_id, "name_key": key, "born_on": born_on}
    same = [people.c[column] == value for column, value in given.items() if value is not None]
    columns = [people.c[name] for name in ("id", "code", "name", "born_on", "unit_id")]
    return select(*columns).where(people.c.kind == literal_column("'PUPIL'"), *same).order_by(people.c.code)


def find_pupils(tx: Tx, query: Select[Any]) -> list[PupilFound]:
    """The answer to `look_up`, with the names of the schools."""
    rows = [row for row in tx.conn.execute(query) if row.unit_id]
    names = units.names_of(tx, {row.unit_id for row in rows}, local_day(tx.now()))
    return [
        PupilFound(
            person_id=row.id,
            code=row.code,
            name=row.name,
            born_on=row.born_on,
            unit_id=row.unit_id,
            unit_name=names[row.unit_id].name,
        )
        for row in rows
    ]


def set_personal_id(tx: Tx, pupil_id: UUID, personal_id: str) -> bool:
    """Give a pupil without a personal ID this one; False where there is another already."""
    lacking = (people.c.id == pupil_id) & (people.c.personal_id.is_(None) | (people.c.personal_id == personal_id))
    return tx.conn.execute(update(people).where(lacking).values(personal_id=personal_id)).rowcount > 0


def taken_ids(tx: Tx, personal_ids: Iterable[str]) -> set[str]:
    """Those of the personal IDs that a pupil has already."""
    taken = (people.c.kind == literal_column("'PUPIL'")) & people.c.personal_id.in_(list(personal_ids))
    return set(tx.conn.scalars(select(people.c.personal_id).where(taken)))


def set_health_link(tx: Tx, pupil_id: UUID, url: str | None) -> None:
    tx.conn.execute(delete(health_links).where(health_links.c.pupil_id == pupil_id))
    if url is not None:
        tx.conn.execute(insert(health_links).values(pupil_id=pupil_id, url=url))


def find_health_link(tx: Tx, pupil_id: UUID) -> str | None:
    return tx.conn.execute(select(health_links.c.url).where(health_links.c.pupil_id == pupil_id)).scalar()


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
        select(
            guardianships.c.pupil_id,
            people.c.id.label("guardian_id"),
            people.c.name,
            people.c.email,
            guardianships.c.relation,
        )
        .join(people, people.c.id == guardianships.c.guardian_id)
        .where(guardianships.c.pupil_id.in_(list(pupil_ids)), valid_at(guardianships, now), people.c.email.is_not(None))
        .order_by(guardianships.c.pupil_id, people.c.id)
    )
    return [GuardianContact(**row._mapping) for row in tx.conn.execute(query)]  # noqa: SLF001 - SQLAlchemy's own name


def is_guardian(tx: Tx, guardian_id: UUID, pupil_id: UUID, now: datetime) -> bool:
    ties = (guardianships.c.guardian_id == guardian_id) & (guardianships.c.pupil_id == pupil_id)
    query = select(guardianships.c.pupil_id).where(ties, valid_at(guardianships, now))
    return tx.conn.execute(query.limit(1)).first() is not None


def _person(row: Row[Any]) -> PersonV1:
    return PersonV1(**{name: getattr(row, name) for name in _NAMED})
