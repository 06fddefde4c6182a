"""The audit of a transparency log from outside: every entry and every tile is read, and the whole tree made anew."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from deploy.witness import watching
from deploy.witness.reading import ReadableLog
from services.chassis import merkle
from services.chassis.codec import from_json
from services.chassis.errors import Problem
from services.contracts.signing.log import LogKind
from services.signing.log import notes
from services.signing.log.checkpoints import Checkpoint, checkpoint_in
from services.signing.log.commitments import commitment
from services.signing.log.faults import LogFault
from services.signing.log.notes import Note, VerifierKey
from services.signing.log.tiles import ENTRIES, HASH, HEIGHT, WIDTH, Tile, TiledTree, entries_in, tiles_of

READERS = 4
TOGETHER = 64  # tiles that are read ahead
LOOKS, LOOK_SECONDS = 30, 2.0  # how long witnesses may take to cosign a new checkpoint

Wanted = dict[int, tuple[str, bytes]]
"""Documents whose entries are looked for: by index, the document and the entry that must be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose log is audited: by its key, its witnesses, the checkpoint of the last visit, and for which documents.

    A document is a file's path or a transcript's code.
    """

    key: VerifierKey
    witnesses: Sequence[VerifierKey] = ()
    before: Checkpoint | None = None
    documents: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What was read, and what is wrong, in sentences."""

    note: Note
    checkpoint: Checkpoint
    faults: tuple[str, ...]


def audit_log(
    log: ReadableLog, wish: Wish, *, now: Callable[[], datetime], pause: Callable[[float], None]
) -> LogReport:
    """Read all of the log; LogFault where not even a checkpoint of its key is to be had."""
    note = _cosigned(log, wish.witnesses, pause)
    checkpoint = checkpoint_in(note, wish.key)
    wanted: Wanted = {}
    checks: Sequence[Callable[[], object]] = (
        lambda: checkpoint.require_fresh(now()),
        *(partial(notes.check, note, witness) for witness in wish.witnesses),
        *(partial(watching.require_growth, log, before, checkpoint) for before in [wish.before] if before),
        *(partial(_expect, wanted, log, document, checkpoint) for document in wish.documents),
        partial(_recompute, log, checkpoint, wanted),
    )
    return LogReport(note=note, checkpoint=checkpoint, faults=tuple(_faults_of(checks)))


def _faults_of(checks: Sequence[Callable[[], object]]) -> Iterator[str]:
    for check in checks:
        try:
            check()
        except LogFault as fault:
            yield str(fault)


def _cosigned(log: ReadableLog, witnesses: Sequence[VerifierKey], pause: Callable[[float], None]) -> Note:
    """The newest checkpoint, once all these witnesses have had the time to cosign it."""
    for _ in range(LOOKS):
        note = log.checkpoint()
        if all(note.of(witness) for witness in witnesses):
            break
        pause(LOOK_SECONDS)
    return note


def _expect(wanted: Wanted, log: ReadableLog, document: str, checkpoint: Checkpoint) -> None:
    """Note where the document's entry must be; LogFault where the log has none of it in this checkpoint."""
    path = Path(document)
    data = path.read_bytes() if path.is_file() else None
    code = document if data is None else _code_in(data)
    kind = LogKind.DOCUMENT if code else LogKind.FILE
    answer = log.prove(f"documents/{quote(code, safe='')}" if code else f"files/{sha256(data or b'').hexdigest()}")
    if data is not None and answer.entry != commitment(answer.salt or b"", kind, sha256(data).digest()):
        raise LogFault(f"The log's entry for {document} is of another document.")
    if not 0 <= answer.index < checkpoint.size:
        raise LogFault(f"{document} entered the log after the checkpoint that was audited; audit again.")
    if wanted.setdefault(answer.index, (document, answer.entry))[1] != answer.entry:
        raise LogFault(f"The log says of two entries that they are entry {answer.index}; the second is of {document}.")


def _code_in(data: bytes) -> str | None:
    """The code in a transcript's canonical data; None in any other file."""
    try:
        fields = from_json(data)
    except Problem:
        return None
    return str(fields["code"]) if isinstance(fields, dict) and "code" in fields else None


def _recompute(log: ReadableLog, checkpoint: Checkpoint, wanted: Wanted) -> None:
    """Make the tree of all entries; LogFault at the first tile that is otherwise, or where the root is."""
    edge: dict[int, bytes] = {}  # the last tile of each level, which is all that the root needs
    hashes = _leaves(log, checkpoint.size, wanted)
    for level in range(checkpoint.size.bit_length() // HEIGHT + 1):
        roots: list[bytes] = []
        for tile, served in _read(log, tiles_of(checkpoint.size, level)):
            made = list(islice(hashes, tile.width))
            if served != b"".join(made):
                raise LogFault(f"The tile {tile.path} is not made of the entries below it.")
            if tile.width == WIDTH:
                roots.append(merkle.full_root(made))
            edge[level] = served
        hashes = iter(roots)
    if TiledTree(size=checkpoint.size, fetch=lambda tile: edge[tile.level]).root() != checkpoint.root:
        raise LogFault(f"The {checkpoint.size} entries that the log shows do not give the root that it signed.")


def _leaves(log: ReadableLog, size: int, wanted: Wanted) -> Iterator[bytes]:
    """The hash of each entry in its order; LogFault for a bundle that is none, or an entry that is not as told."""
    for bundle, data in _read(log, tiles_of(size, ENTRIES)):
        try:
            entries = entries_in(data)
        except ValueError as error:
            raise LogFault(f"The bundle {bundle.path} cannot be read: {error}.") from error
        if [len(entry) for entry in entries] != [HASH] * bundle.width:
            raise LogFault(f"The bundle {bundle.path} is not of {bundle.width} entries of {HASH} bytes.")
        for index, entry in enumerate(entries, start=bundle.first):
            if index in wanted and wanted[index][1] != entry:
                raise LogFault(f"The log says that entry {index} is of {wanted[index][0]}, and shows another there.")
            yield merkle.leaf_hash(entry)


def _read(log: ReadableLog, tiles: Iterator[Tile]) -> Iterator[tuple[Tile, bytes]]:
    """The tiles in their order, several at a time: a log may say that it is larger than our memory."""
    with ThreadPoolExecutor(READERS) as pool:
        while several := list(islice(tiles, TOGETHER)):
            yield from zip(several, pool.map(log.tile, several), strict=True)
