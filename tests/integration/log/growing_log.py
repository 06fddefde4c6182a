"""A log that a test lets grow, and reads as strangers do."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contracts.signing.log import LogKind, LogNote, ReadCheckpoint, ReadLogKeys, ReadTile
from services.signing.log import sequencing
from services.signing.log.checkpoints import Checkpoint, checkpoint_in
from services.signing.log.notes import COSIGNATURE, Note, NoteSigner, VerifierKey, note_in, verifier_key
from services.signing.log.rows import Waiting
from services.signing.log.tiles import Tile
from tests.integration.acting import Acting

WITNESS = NoteSigner(name="nhanchung.example/1", kind=COSIGNATURE, private=Ed25519PrivateKey.generate())


def files(first: int, last: int) -> list[Waiting]:
    """Files that were issued, by number."""
    digests = [sha256(b"%d" % number).digest() for number in range(first, last)]
    return [Waiting(kind=LogKind.FILE, reference=digest.hex(), digest=digest) for digest in digests]


@dataclass(frozen=True, slots=True)
class GrowingLog:
    signing: Acting

    @property
    def key(self) -> VerifierKey:
        return verifier_key(self.signing.ask(ReadLogKeys()).log)

    @property
    def round(self) -> Any:
        return self.signing.round("publish")

    def add(self, waiting: list[Waiting]) -> None:
        with self.signing.db.transaction() as tx:
            sequencing.add(tx, waiting)

    def integrate(self) -> None:
        self.round.before(self.signing.outside)

    def publish(self) -> None:
        with self.signing.db.transaction() as tx:
            self.round.handler(tx, None)

    def grow(self, first: int, last: int) -> Checkpoint:
        """Add files, and make a round."""
        self.add(files(first, last))
        self.integrate()
        self.publish()
        return self.checkpoint()

    def note(self) -> Note:
        answer: LogNote = self.signing.ask(ReadCheckpoint())
        return note_in(answer.note.encode())

    def checkpoint(self) -> Checkpoint:
        return checkpoint_in(self.note(), self.key)

    def fetch(self, tile: Tile) -> bytes:
        return self.signing.ask(ReadTile(path=tile.path)).data

    def entries(self) -> list[bytes]:
        """As the database has them."""
        return [bytes(row.entry) for row in self.signing.sql("SELECT entry FROM log_entries ORDER BY index")]

    def as_ruler(self, *statements: str) -> None:
        """As the server's superuser could, with every guard switched off."""
        with self.signing.db.transaction() as tx:
            conn = tx.conn.connection.driver_connection
            assert conn is not None
            conn.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                conn.execute(statement)
