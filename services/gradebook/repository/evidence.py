"""Scanned papers that changes rest on."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.database import Tx
from services.contracts.gradebook.evidence import EvidenceV1
from services.gradebook.models.evidence import evidence
from services.gradebook.models.results import corrections
from services.gradebook.models.school import classes
from services.gradebook.models.sheets import sheets


def add_evidence(tx: Tx, one: EvidenceV1) -> None:
    """Who sent a file first stays on record."""
    tx.conn.execute(upsert(evidence).values(asdict(one)).on_conflict_do_nothing())


def find_evidence(tx: Tx, unit_id: UUID, file: str) -> EvidenceV1 | None:
    mine = (evidence.c.unit_id == unit_id) & (evidence.c.file == file)
    row = tx.conn.execute(select(evidence).where(mine)).first()
    return EvidenceV1(**row._mapping) if row else None  # noqa: SLF001 - the public name of a row's mapping


def verifies_on(tx: Tx, person_id: UUID, unit_id: UUID, file: str) -> bool:
    """Whether a correction in a class whose homeroom teacher the person is rests on the file."""
    mine = (corrections.c.unit_id == unit_id) & (corrections.c.evidence == file)
    of_sheet = (sheets.c.school_year == corrections.c.school_year) & (sheets.c.id == corrections.c.sheet_id)
    of_class = (classes.c.school_year == sheets.c.school_year) & (classes.c.id == sheets.c.class_id)
    query = select(corrections.c.id).join(sheets, of_sheet).join(classes, of_class)
    return tx.conn.execute(query.where(mine, classes.c.homeroom_id == person_id).limit(1)).first() is not None
