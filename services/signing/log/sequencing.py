"""How the log grows: what is true waits in a queue, one process at a time makes entries of it, then signs the root.

The root is made of rows that were committed before it is signed, so that a crash never leaves a signed tree that is
not there; and it is not signed where the rows no longer give the root that was signed last.
"""

from collections.abc import Sequence
from functools import cache, partial

from services.chassis import failpoints
from services.chassis.database import Tx
from services.chassis.errors import Problem
from services.chassis.service import Outside
from services.signing.log import rows
from services.signing.log.checkpoints import Checkpoint
from services.signing.log.commitments import Salts, commitment
from services.signing.log.notes import Note, NoteSigner
from services.signing.log.rows import Entry, Published, Waiting
from services.signing.log.tiles import Fetch, TiledTree

ROUND_SECONDS = 30  # a checkpoint may be 60 s old: one round may fail, or its process be replaced
BATCH = 5_000  # entries in a transaction: half a second's work


class LogForked(Problem):
    """The log's rows no longer give the root that was signed at size {size}; restore signing's database."""

    code = "signing.log_forked"
    vi = "Các dòng nhật ký không còn khớp với gốc đã ký ở cỡ {size}; cần khôi phục cơ sở dữ liệu ký."


def add(tx: Tx, waiting: Sequence[Waiting]) -> None:
    """Have these in the log soon after the commit, once each however often they are added."""
    rows.queue(tx, waiting)


class Sequencer:
    """The log's one writer."""

    def __init__(self, *, signer: NoteSigner, salts: Salts) -> None:
        self._signer = signer
        self._salts = salts

    def integrate(self, outside: Outside) -> None:
        """Make entries of all that waits, a batch a transaction."""
        while True:
            with outside.db.transaction() as tx:
                taken = self._integrate(tx)
                failpoints.reach("log.before_commit")
            if taken < BATCH:
                break
        failpoints.reach("log.before_checkpoint")

    def publish(self, tx: Tx, _integrated: None) -> bool:
        """Sign what the log is now, even where nothing was added: a fresh checkpoint says that this is all."""
        rows.hold(tx)
        last = next(iter(rows.newest(tx, 1)), None)
        size, fetch = rows.size(tx), fetch_in(tx)
        if last and (size < last.size or TiledTree(size=last.size, fetch=fetch).root() != last.root):
            raise LogForked(size=last.size)
        made = Checkpoint(
            origin=self._signer.name, size=size, root=TiledTree(size=size, fetch=fetch).root(), made_at=tx.now()
        )
        note = Note(text=made.text, signatures=(self._signer.sign(made.text),))
        number = last.number + 1 if last else 1
        rows.publish(tx, Published(number=number, size=size, root=made.root, made_at=made.made_at, note=str(note)))
        return False

    def _integrate(self, tx: Tx) -> int:
        """How many left the queue."""
        rows.hold(tx)
        taken = rows.take(tx, BATCH)
        known, size = rows.known(tx, taken), rows.size(tx)
        new = {(one.kind, one.reference): one for one in reversed(taken) if (one.kind, one.reference) not in known}
        entries = [self._entry(index, one) for index, one in enumerate(reversed(new.values()), start=size)]
        rows.append(tx, entries)
        rows.complete(tx, size, size + len(entries))
        return len(taken)

    def _entry(self, index: int, waiting: Waiting) -> Entry:
        salt = self._salts.of(waiting.kind, waiting.reference)
        made = commitment(salt, waiting.kind, waiting.digest)
        return Entry(index=index, kind=waiting.kind, reference=waiting.reference, entry=made)


def fetch_in(tx: Tx) -> Fetch:
    """Gives the tiles as the transaction sees them, each read once."""
    return cache(partial(rows.tile, tx))
