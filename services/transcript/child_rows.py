"""The queries about one pupil at all schools, for those who ask as guardians."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.chassis.database import Tx
from services.contracts.transcript import TranscriptState
from services.contracts.transcript.children import ChildCopy, ChildTranscript
from services.contracts.transcript.copies import CopyKind
from services.transcript.models import copies, transcripts
from services.transcript.repository import MOST_COPIES

WAS_ISSUED = transcripts.c.issued_at.is_not(None)
LINE = ("id", "unit_id", "recipient", "reason", "handed_out_at")
TOLD = ("id", "school_year", "version", "code", "school_name", "issued_at")


def copies_of(tx: Tx, pupil_id: UUID) -> list[ChildCopy]:
    """What any school handed out of the pupil, the newest first, with the pupil's own codes alone."""
    own = set(tx.conn.scalars(select(transcripts.c.code).where(transcripts.c.pupil_id == pupil_id)))
    mine = select(copies).where(copies.c.pupil_ids.contains([pupil_id]))
    rows = tx.conn.execute(mine.order_by(copies.c.handed_out_at.desc(), copies.c.id).limit(MOST_COPIES))
    return [
        ChildCopy(**_named(row, LINE), kind=CopyKind(row.kind), codes=tuple(code for code in row.codes if code in own))
        for row in rows
    ]


def issued_of(tx: Tx, pupil_id: UUID) -> list[ChildTranscript]:
    """The pupil's transcripts that were issued, in force or revoked since, the newest year first."""
    query = select(transcripts).where(transcripts.c.pupil_id == pupil_id, WAS_ISSUED)
    rows = tx.conn.execute(query.order_by(transcripts.c.school_year.desc(), transcripts.c.version.desc()))
    return [ChildTranscript(**_named(row, TOLD), state=TranscriptState(row.state)) for row in rows]


def year_of(tx: Tx, pupil_id: UUID, transcript_id: UUID) -> int | None:
    """The school year of a transcript of the pupil that was issued."""
    mine = (transcripts.c.pupil_id == pupil_id) & (transcripts.c.id == transcript_id)
    return tx.conn.execute(select(transcripts.c.school_year).where(mine, WAS_ISSUED)).scalar()


def _named(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
