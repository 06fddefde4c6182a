"""A witness: it cosigns what a log says only if it is consistent with all that it has seen of that log before."""

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local.files import locked, write_private
from deploy.witness import watching
from deploy.witness.reading import ReadableLog
from deploy.witness.watching import Contradiction
from services.signing.log.checkpoints import Checkpoint, checkpoint_in
from services.signing.log.faults import LogFault
from services.signing.log.notes import COSIGNATURE, Note, NoteSigner, VerifierKey, verifier_key

HEAD = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness of one log; `state` is the file in which it remembers the log."""

    log: ReadableLog
    log_key: VerifierKey
    signer: NoteSigner
    state: Path

    def look(self, now: datetime) -> Checkpoint:
        """Check the newest checkpoint, remember it, cosign it. Raises LogFault, and then signs nothing.

        It is remembered first: what was cosigned and forgotten could be contradicted.
        """
        with locked(self.state.with_name(f"{self.state.name}.lock")):  # a second witness on this state waits
            note = self.log.checkpoint()
            found = self._checked(note, now)
            line = self.signer.cosign(note.text, second=int(now.timestamp()))
            watching.remember(self.state, note)
        self.log.cosign(Note(text=note.text, signatures=(*note.signatures, line)))
        return found

    def _checked(self, note: Note, now: datetime) -> Checkpoint:
        found = checkpoint_in(note, self.log_key)
        found.require_fresh(now)
        before = watching.recall(self.state, self.log_key)
        try:
            if before:
                watching.require_growth(self.log, before, found)
        except Contradiction as fault:
            kept = watching.keep_evidence(self.state, note, at=now)
            raise Contradiction(f"{fault} {self.state} and {kept} prove it.") from fault
        return found


def make_key(path: Path, name: str) -> VerifierKey:
    """Write a new witness's key into a new file, readable by its owner alone; LogFault where there is one."""
    if path.exists():
        raise LogFault(f"{path} is there already; a witness keeps its key.")
    private = Ed25519PrivateKey.generate()
    public = NoteSigner(name=name, kind=COSIGNATURE, private=private).verifier
    verifier_key(str(public))  # refuses a name that no vkey can have
    secret = base64.b64encode(bytes([COSIGNATURE]) + private.private_bytes_raw()).decode()
    write_private(path, f"{HEAD}{name}+{public.key_id.hex()}+{secret}\n")
    return public


def read_key(path: Path) -> NoteSigner:
    """The witness's key in the file; LogFault where there is none."""
    try:
        name, _, secret = path.read_text().strip().removeprefix(HEAD).split("+", 2)
        raw = base64.b64decode(secret, validate=True)
        private = Ed25519PrivateKey.from_private_bytes(raw[1:])
    except (OSError, ValueError) as error:
        raise LogFault(f"{path} holds no witness's key; `hocba witness --key {path} --new NAME` makes one.") from error
    return NoteSigner(name=name, kind=COSIGNATURE, private=private)
