"""What the log answers to anybody, and what it takes from witnesses."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.database import Tx
from services.chassis.errors import Invalid, NotFound
from services.chassis.ids import normalise_code
from services.contracts.signing.log import (
    ConsistencyV1,
    Cosign,
    Cosigned,
    InclusionV1,
    LogKeys,
    LogKind,
    LogNote,
    LogTile,
    ProveConsistency,
    ProveDocument,
    ProveEntry,
    ProveFile,
    ReadCheckpoint,
    ReadLogKeys,
    ReadTile,
)
from services.signing.errors import CheckpointOld, NotLoggedYet, WitnessUnknown
from services.signing.log import notes, rows
from services.signing.log.commitments import Salts
from services.signing.log.faults import LogFault
from services.signing.log.notes import VerifierKey
from services.signing.log.rows import Entry, Published
from services.signing.log.sequencing import fetch_in
from services.signing.log.tiles import TiledTree, tile_named

RECENT = 4  # checkpoints that may still be cosigned: those of the last two minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLog:
    """Use cases of strangers; they see the log as its newest checkpoint says it is."""

    key: VerifierKey
    salts: Salts
    witnesses: Sequence[VerifierKey]

    def read_keys(self, _tx: Tx, _request: ReadLogKeys) -> LogKeys:
        return LogKeys(log=str(self.key), witnesses=tuple(map(str, self.witnesses)))

    def read_checkpoint(self, tx: Tx, _request: ReadCheckpoint) -> LogNote:
        return LogNote(note=_cosigned(tx, _newest(tx)))

    def read_tile(self, tx: Tx, request: ReadTile) -> LogTile:
        """NotFound for what names no tile of the newest checkpoint's tree."""
        wanted = tile_named(request.path)
        if wanted is None or not wanted.is_in(_newest(tx).size):
            raise NotFound
        return LogTile(data=rows.tile(tx, wanted))

    def prove_document(self, tx: Tx, request: ProveDocument) -> InclusionV1:
        return self._prove(tx, LogKind.DOCUMENT, normalise_code(request.code))

    def prove_file(self, tx: Tx, request: ProveFile) -> InclusionV1:
        return self._prove(tx, LogKind.FILE, request.sha256)

    def prove_entry(self, tx: Tx, request: ProveEntry) -> InclusionV1:
        """Without the salt: entries are public, and must tell nobody more than they do."""
        try:
            found = rows.find_commitment(tx, bytes.fromhex(request.entry))
        except ValueError as error:
            raise Invalid(reason="an entry is 64 hexadecimal digits - at `$.entry`") from error
        if found is None:
            raise NotFound
        return _inclusion(tx, found, salt=None)

    def prove_consistency(self, tx: Tx, request: ProveConsistency) -> ConsistencyV1:
        if not 0 <= request.old <= request.new <= _newest(tx).size:
            raise Invalid(reason="the log has had no such sizes, one after the other")
        tree = TiledTree(size=request.new, fetch=fetch_in(tx))
        return ConsistencyV1(proof=tuple(tree.consistency(request.old)))

    def cosign(self, tx: Tx, request: Cosign) -> Cosigned:
        """Keep the cosignatures of our witnesses; of anybody else's nothing is kept."""
        try:
            given = notes.note_in(request.note.encode())
            witnesses = [key for key in self.witnesses if given.of(key)]
            for key in witnesses:
                notes.check(given, key)
        except LogFault as fault:
            raise Invalid(reason=str(fault).rstrip(".")) from fault
        if not witnesses:
            raise WitnessUnknown
        mine = next((one for one in rows.newest(tx, RECENT) if _text(one) == given.text), None)
        if mine is None:
            raise CheckpointOld
        for key in witnesses:
            rows.cosign(tx, mine.number, str(key), str(given.of(key)))
        return Cosigned(cosignatures=len(rows.cosignatures(tx, mine.number)))

    def _prove(self, tx: Tx, kind: LogKind, reference: str) -> InclusionV1:
        found = rows.find_entry(tx, kind, reference)
        if found is None:
            raise NotLoggedYet if rows.is_queued(tx, kind, reference) else NotFound
        return _inclusion(tx, found, salt=self.salts.of(kind, reference))


def _inclusion(tx: Tx, found: Entry, *, salt: bytes | None) -> InclusionV1:
    newest = _newest(tx)
    if found.index >= newest.size:
        raise NotLoggedYet
    return InclusionV1(
        index=found.index,
        kind=found.kind,
        entry=found.entry,
        salt=salt,
        proof=tuple(TiledTree(size=newest.size, fetch=fetch_in(tx)).inclusion(found.index)),
        checkpoint=_cosigned(tx, newest),
    )


def _newest(tx: Tx) -> Published:
    found = rows.newest(tx, 1)
    if not found:
        raise NotLoggedYet  # a log is signed within a minute of its first start
    return found[0]


def _text(published: Published) -> str:
    return notes.note_in(published.note.encode()).text


def _cosigned(tx: Tx, published: Published) -> str:
    return published.note + "".join(rows.cosignatures(tx, published.number))
