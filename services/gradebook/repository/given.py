"""Earlier years of pupils, as they were given."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import insert, select

from services.chassis.codec import decode, encode
from services.chassis.database import Tx
from services.contracts.gradebook.given import GivenYearV1
from services.gradebook.models.given import given_years


def add_given_year(tx: Tx, pupil_id: UUID, year: GivenYearV1, *, kept_by: UUID) -> None:
    row = {
        "school_year": year.school_year,
        "pupil_id": pupil_id,
        "version": year.version,
        "year": encode(year),
        "evidence": year.evidence,
        "kept_by": kept_by,
        "kept_at": tx.now(),
    }
    tx.conn.execute(insert(given_years).values(row))


def given_years_of(tx: Tx, pupil_id: UUID) -> dict[int, GivenYearV1]:
    """The newest version of each year that was given for the pupil, the latest year first."""
    return given_years_of_all(tx, [pupil_id]).get(pupil_id, {})


def given_years_of_all(tx: Tx, pupil_ids: Collection[UUID]) -> dict[UUID, dict[int, GivenYearV1]]:
    """The same for several pupils; who has none is left out."""
    query = select(given_years.c.pupil_id, given_years.c.year).where(given_years.c.pupil_id.in_(list(pupil_ids)))
    found: dict[UUID, dict[int, GivenYearV1]] = {}
    for row in tx.conn.execute(query.order_by(given_years.c.school_year.desc(), given_years.c.version)):
        year = decode(GivenYearV1, row.year)
        found.setdefault(row.pupil_id, {})[year.school_year] = year
    return found
