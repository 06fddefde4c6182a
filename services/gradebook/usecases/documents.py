"""What transcript tells of the documents that rest on our results."""

from collections.abc import Sequence

from services.chassis.database import Tx
from services.contracts.transcript import TranscriptIssuedV1, TranscriptRevokedV1
from services.gradebook.repository import results


def follow_issued(tx: Tx, events: Sequence[TranscriptIssuedV1]) -> None:
    _follow(tx, events, "ISSUED")


def follow_revoked(tx: Tx, events: Sequence[TranscriptRevokedV1]) -> None:
    _follow(tx, events, "REVOKED")


def _follow(tx: Tx, events: Sequence[TranscriptIssuedV1 | TranscriptRevokedV1], state: str) -> None:
    for event in events:
        results.note_documents(tx, event.school_year, [(event.pupil_id, event.version, state)])
