"""Checkpoints: what a log was at a moment, as the text of a signed note (C2SP tlog-checkpoint)."""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.signing.log import notes
from services.signing.log.faults import LogFault
from services.signing.log.notes import Note, VerifierKey

MOST_AGE = timedelta(seconds=60)
TEXT = re.compile(
    r"(?P<origin>\S+)\n(?P<size>0|[1-9]\d{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\ntime (?P<time>\d{1,12})\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A log's size and root; the one extension line tells the second in which it was made."""

    origin: str
    size: int
    root: bytes
    made_at: datetime

    @property
    def text(self) -> str:
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {int(self.made_at.timestamp())}\n"

    def require_fresh(self, now: datetime) -> None:
        """LogFault when it is older than a checkpoint may be, or from a future in which it would seem fresh."""
        age = int((now - self.made_at).total_seconds())
        if abs(age) > _SECONDS:
            what = f"{age} s old" if age > 0 else f"{-age} s ahead of this clock"
            raise LogFault(f"The newest checkpoint of {self.origin} is {what}, and {_SECONDS} s are allowed.")


def checkpoint_in(note: Note, key: VerifierKey) -> Checkpoint:
    """The checkpoint that the log's key signed; LogFault where it did not, or signed something else."""
    notes.check(note, key)
    match = TEXT.fullmatch(note.text)
    if match is None or match["origin"] != key.name:
        raise LogFault(f"The note signed by {key.name} is no checkpoint of that log.")
    return Checkpoint(
        origin=match["origin"],
        size=int(match["size"]),
        root=base64.b64decode(match["root"]),
        made_at=datetime.fromtimestamp(int(match["time"]), UTC),
    )


_SECONDS = int(MOST_AGE.total_seconds())
