"""Queries of the access log, which is only ever added to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, select

from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import AccessV1, Role, Viewed
from services.identity.models import access_log, cases, people

MOST = 1_000


def insert_accesses(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.conn.execute(insert(access_log), list(rows))


def bases_of(tx: Tx, grant_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Rows (role, case_no) by grant."""
    query = select(grants.c.grant_id, grants.c.role, cases.c.case_no)
    joined = query.outerjoin(cases, cases.c.grant_id == grants.c.grant_id)
    rows = tx.conn.execute(joined.where(grants.c.grant_id.in_(list(grant_ids))))
    return {row.grant_id: row for row in rows}


def of_pupil(tx: Tx, pupil_id: UUID, since: datetime, until: datetime) -> list[AccessV1]:
    return _accesses(tx, access_log.c.pupil_id == pupil_id, since, until)


def of_unit(tx: Tx, unit_id: UUID, since: datetime, until: datetime) -> list[AccessV1]:
    return _accesses(tx, access_log.c.unit_id == unit_id, since, until)


def by_person(tx: Tx, person_id: UUID, since: datetime, until: datetime) -> list[AccessV1]:
    return _accesses(tx, access_log.c.person_id == person_id, since, until)


def _accesses(tx: Tx, wanted: ColumnElement[bool], since: datetime, until: datetime) -> list[AccessV1]:
    """From `since` to before `until`, newest first, up to the limit; a moment is told whole, so no page loses any."""
    between = (access_log.c.at >= since) & (access_log.c.at < until)
    query = select(access_log, people.c.name).outerjoin(people, people.c.id == access_log.c.person_id)
    newest = query.where(wanted, between).order_by(access_log.c.at.desc()).fetch(MOST, with_ties=True)
    return [_access(row) for row in tx.conn.execute(newest)]


def _access(row: Row[Any]) -> AccessV1:
    return AccessV1(
        at=row.at,
        person_id=row.person_id,
        person_name=row.name or "",
        role=Role(row.role) if row.role else None,
        unit_id=row.unit_id,
        pupil_id=row.pupil_id,
        what=Viewed(row.what),
        reason=row.reason,
        case_no=row.case_no,
    )
