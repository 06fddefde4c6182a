"""The query about what was issued of many pupils."""

from uuid import UUID

from sqlalchemy import select

from services.chassis.database import Tx
from services.contracts.transcript import TranscriptState
from services.contracts.transcript.issued import FindIssuedPupils
from services.transcript.models import transcripts


def issued_pupils(tx: Tx, asked: FindIssuedPupils) -> frozenset[UUID]:
    here = (transcripts.c.school_year == asked.school_year) & (transcripts.c.unit_id == asked.unit_id)
    theirs = here & transcripts.c.pupil_id.in_(asked.pupil_ids)
    query = select(transcripts.c.pupil_id).where(theirs, transcripts.c.state == TranscriptState.ISSUED)
    return frozenset(tx.conn.scalars(query))
