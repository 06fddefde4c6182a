"""Earlier years of pupils, as they were given."""

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
    query = select(given_years.c.year).where(given_years.c.pupil_id == pupil_id)
    rows = tx.conn.scalars(query.order_by(given_years.c.school_year.desc(), given_years.c.version))
    return {year.school_year: year for year in (decode(GivenYearV1, row) for row in rows)}
