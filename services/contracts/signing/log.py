"""The transparency log as anybody reads it: checkpoints, tiles, proofs; and what witnesses add. Bytes are base64."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from services.contracts.messages import Request


class LogKind(StrEnum):
    """What an entry commits to: a transcript's canonical data, a signed file, a batch of heads of mark histories."""

    DOCUMENT = "document"
    FILE = "file"
    MARK_HEADS = "mark_heads"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNote:
    """A checkpoint with its signatures, as a signed note."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCheckpoint(Request[LogNote]):
    """The log's newest checkpoint, with the cosignatures that it has so far."""

    operation: ClassVar[str] = "signing.read_checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTile:
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTile(Request[LogTile]):
    """A tile or entry bundle by its C2SP name (`0/x001/234`, `1/000.p/17`, `entries/005`)."""

    operation: ClassVar[str] = "signing.read_tile"
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeys:
    """The log's public key and those of the witnesses whose cosignatures it takes, each a vkey."""

    log: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLogKeys(Request[LogKeys]):
    operation: ClassVar[str] = "signing.read_log_keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionV1:
    """An entry and the proof that the checkpoint's tree has it.

    The entry is SHA-256(salt, kind, digest), one after the other; the salt is told to whoever can name what it is of.
    """

    index: int
    kind: LogKind
    entry: bytes
    salt: bytes | None
    proof: tuple[bytes, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveDocument(Request[InclusionV1]):
    """The entry of the transcript with this public code; its digest is that of the canonical data."""

    operation: ClassVar[str] = "signing.prove_document"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveFile(Request[InclusionV1]):
    """The entry of the signed file with this SHA-256 (hex), which is its digest too."""

    operation: ClassVar[str] = "signing.prove_file"
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveEntry(Request[InclusionV1]):
    """The entry itself (hex), for whoever has made it from a salt told before."""

    operation: ClassVar[str] = "signing.prove_entry"
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyV1:
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveConsistency(Request[ConsistencyV1]):
    """The proof that the log of `new` entries begins with the log of `old` (RFC 9162, 2.1.4)."""

    operation: ClassVar[str] = "signing.prove_consistency"
    old: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """How many cosignatures the checkpoint has now."""

    cosignatures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosign(Request[Cosigned]):
    """A recent checkpoint with a witness's signature below it; nothing else of it is believed."""

    operation: ClassVar[str] = "signing.cosign"
    note: str
