"""Whether a log is what it was and more: the newest checkpoint beside the last one that was seen."""

from datetime import datetime
from functools import cache
from pathlib import Path

from deploy.local.files import write_private
from deploy.witness.reading import ReadableLog
from services.chassis.merkle import is_consistent
from services.signing.log.checkpoints import Checkpoint, checkpoint_in
from services.signing.log.faults import LogFault
from services.signing.log.notes import Note, VerifierKey, note_in
from services.signing.log.tiles import TiledTree


class Contradiction(LogFault):
    """The log signed two things of which one is untrue; both notes together prove it to anybody."""


def require_growth(log: ReadableLog, before: Checkpoint, now: Checkpoint) -> None:
    """Contradiction unless the log of now begins with the whole log of before."""
    then = f"{before.size} entries at {before.made_at:%Y-%m-%d %H:%M:%S} UTC"
    if now.size < before.size:
        raise Contradiction(f"The log was rolled back: it had {then}, and it shows {now.size} now.")
    proof = TiledTree(size=now.size, fetch=cache(log.tile)).consistency(before.size)
    if not is_consistent(before.size, now.size, proof, before.root, now.root):
        raise Contradiction(
            f"The log was rewritten: it had {then}, and its {now.size} entries of now do not begin with them."
        )


def recall(state: Path, key: VerifierKey) -> Checkpoint | None:
    """The last checkpoint that was believed; None at the first visit, LogFault where the file is of another log."""
    if not state.exists():
        return None
    try:
        return checkpoint_in(note_in(state.read_bytes()), key)
    except LogFault as fault:
        raise LogFault(f"{state} does not remember this log: name another file for a log with another key.") from fault


def remember(state: Path, note: Note) -> None:
    write_private(state, str(note))


def keep_evidence(state: Path, note: Note, *, at: datetime) -> Path:
    """Lay the note that contradicts the state beside it; gives where."""
    path = state.with_name(f"{state.name}.contradicted-{at:%Y%m%dT%H%M%SZ}")
    write_private(path, str(note))
    return path
