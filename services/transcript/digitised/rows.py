"""The queries about digitised copies, which stand among the transcripts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Tx
from services.chassis.tables import grants
from services.contracts.identity import Change
from services.contracts.transcript import Origin, TranscriptsFrozenV1, TranscriptState
from services.contracts.transcript.digitised import Digitise, DigitisedCopyV1
from services.transcript.models import transcripts
from services.transcript.repository import as_transcript

IS_COPY = transcripts.c.origin == Origin.DIGITISED_COPY


def next_version(tx: Tx, paper: Digitise) -> int:
    """One more than there are copies of the same paper."""
    return tx.conn.execute(select(func.count() + 1).where(_of(paper))).scalar_one()


def code_in_force(tx: Tx, paper: Digitise) -> str | None:
    """The code of the copy of the same paper that was not revoked."""
    return tx.conn.execute(
        select(transcripts.c.code).where(_of(paper), transcripts.c.state != TranscriptState.REVOKED)
    ).scalar()


def insert_copy(tx: Tx, row: dict[str, Any]) -> DigitisedCopyV1 | None:
    """The new copy; None where there is one of the same paper, or of the same version, already."""
    new = insert(transcripts).values(row).on_conflict_do_nothing().returning(transcripts)
    made = tx.conn.execute(new).first()
    return as_copy(made) if made else None


def copies_of(tx: Tx, school_year: int, unit_id: UUID) -> list[DigitisedCopyV1]:
    """The newest first."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == unit_id) & IS_COPY
    rows = tx.conn.execute(select(transcripts).where(mine).order_by(transcripts.c.id.desc()))
    return [as_copy(row) for row in rows]


def find_copy(tx: Tx, school_year: int, transcript_id: UUID) -> DigitisedCopyV1 | None:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.id == transcript_id) & IS_COPY
    row = tx.conn.execute(select(transcripts).where(mine)).first()
    return as_copy(row) if row else None


def has_copies(tx: Tx, school_year: int, unit_id: UUID) -> bool:
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == unit_id) & IS_COPY
    return tx.conn.execute(select(select(transcripts.c.id).where(mine).exists())).scalar_one()


def to_be_signed(tx: Tx, school_year: int, unit_id: UUID) -> TranscriptsFrozenV1:
    """The news that a school's copies are to be signed, or fewer of them since one was taken back."""
    mine = (transcripts.c.school_year == school_year) & (transcripts.c.class_id == unit_id) & IS_COPY
    made, revoked = func.count(), func.count(transcripts.c.revoked_at)
    return TranscriptsFrozenV1(
        record_id=unit_id,
        change=Change.UPDATE,
        version=tx.conn.execute(select(made + revoked).where(mine)).scalar_one(),
        updated_at=tx.now(),
        school_year=school_year,
        unit_id=unit_id,
    )


def is_at_school(tx: Tx, person_id: UUID, unit_id: UUID) -> bool:
    """Whether the person holds a role at the unit now."""
    now = tx.now()
    valid = (grants.c.valid_from <= now) & (grants.c.valid_to.is_(None) | (grants.c.valid_to > now))
    held = (grants.c.person_id == person_id) & (grants.c.unit_id == unit_id) & valid
    return tx.conn.execute(select(select(grants.c.person_id).where(held).exists())).scalar_one()


def as_copy(row: Row[Any]) -> DigitisedCopyV1:
    names = ("first_year", "last_year", "printed_school", "scan", "scan_type")
    return DigitisedCopyV1(document=as_transcript(row), **{name: getattr(row, name) for name in names})


def _of(paper: Digitise) -> ColumnElement[bool]:
    names = ("unit_id", "pupil_id", "first_year", "last_year")
    return and_(IS_COPY, *(transcripts.c[name] == getattr(paper, name) for name in names))
