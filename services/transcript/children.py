"""What guardians see of their child: issued transcripts with their files, and the papers that were handed out."""

from dataclasses import replace

from services.chassis.authority import Actor
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.service import Outside
from services.contracts.identity import FindGuardians
from services.contracts.transcript import TranscriptV1
from services.contracts.transcript.children import (
    ChildCopies,
    ChildTranscripts,
    FindChildCopies,
    FindChildTranscripts,
    ReadChildTranscript,
)
from services.transcript import child_rows, repository, views

Asked = FindChildCopies | FindChildTranscripts | ReadChildTranscript


def require_guardian(query: Asked, outside: Outside) -> None:
    """NotFound unless the person is a guardian of the pupil now, as identity knows it."""
    guardians = replace(outside, actor=None).ask(FindGuardians(pupil_ids=(query.pupil_id,))).contacts
    if outside.actor is None or outside.actor.person_id not in {one.guardian_id for one in guardians}:
        raise NotFound(pupil_id=query.pupil_id)


def find_copies(tx: Tx, query: FindChildCopies, _actor: Actor, _guardian: None) -> ChildCopies:
    return ChildCopies(copies=tuple(child_rows.copies_of(tx, query.pupil_id)))


def find_transcripts(tx: Tx, query: FindChildTranscripts, _actor: Actor, _guardian: None) -> ChildTranscripts:
    return ChildTranscripts(transcripts=tuple(child_rows.issued_of(tx, query.pupil_id)))


def read_transcript(tx: Tx, query: ReadChildTranscript, actor: Actor, _guardian: None) -> TranscriptV1:
    """One transcript with its newest files; whoever else is told of looks sees this one too."""
    year = child_rows.year_of(tx, query.pupil_id, query.transcript_id)
    found = repository.find_one(tx, year, query.transcript_id) if year else None
    if found is None:
        raise NotFound(transcript_id=query.transcript_id)
    views.tell(tx, actor, None, record_id=new_id(), unit_id=found.unit_id, pupil_ids=[found.pupil_id])
    return found
