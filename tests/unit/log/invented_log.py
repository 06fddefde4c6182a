"""A log that a test may have lie in every way: what it signs and what it shows are told apart."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from naive_tree import NaiveLog, mth, path

from services.contracts.signing.log import InclusionV1, LogKind
from services.signing.log.checkpoints import Checkpoint
from services.signing.log.commitments import commitment
from services.signing.log.faults import LogFault
from services.signing.log.notes import COSIGNATURE, ED25519, Note, NoteSigner

ORIGIN = "hocba.example.vn/log"
NOW = datetime(2026, 5, 30, 2, 0, 30, tzinfo=UTC)
MADE_AT = datetime(2026, 5, 30, 2, 0, 7, tzinfo=UTC)
SALT = bytes(range(32))


def signer(kind=ED25519, name=ORIGIN):
    return NoteSigner(name=name, kind=kind, private=Ed25519PrivateKey.generate())


def file(number):
    return b"file %d" % number


def entry(number):
    return commitment(SALT, LogKind.FILE, sha256(file(number)).digest())


def entries(count):
    return [entry(number) for number in range(count)]


@dataclass
class InventedLog:
    """Signs `entries`, and shows `shown` where that is something else; tiles by name may be shown otherwise."""

    entries: list
    shown: list = None
    key: NoteSigner = field(default_factory=signer)
    made_at: datetime = MADE_AT
    tiles: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)
    cosigned: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)

    @property
    def verifier(self):
        return self.key.verifier

    def checkpoint(self):
        made = Checkpoint(origin=ORIGIN, size=len(self.entries), root=mth(self.entries), made_at=self.made_at)
        return Note(text=made.text, signatures=(self.key.sign(made.text), *self.lines))

    def tile(self, tile):
        shown = self.entries if self.shown is None else self.shown
        return self.tiles.get(tile.path) or NaiveLog(shown).fetch(tile)

    def prove(self, what):
        if what not in self.answers:
            raise LogFault(f"The log answered 404 for {what}.")
        index, made, kind = self.answers[what]
        return InclusionV1(
            index=index, kind=kind, entry=made, salt=SALT, proof=tuple(path(index, self.entries)), checkpoint=""
        )

    def know(self, *numbers):
        """Answer for these files."""
        for number in numbers:
            digest = sha256(file(number)).hexdigest()
            self.answers[f"files/{digest}"] = (number, self.entries[number], LogKind.FILE)

    def cosign(self, note):
        self.cosigned.append(note)

    def have_cosigned(self, *witnesses):
        text = self.checkpoint().text
        self.lines = [witness.cosign(text, second=int(NOW.timestamp())) for witness in witnesses]


def witness(name="nhanchung.example/1"):
    return signer(COSIGNATURE, name)
