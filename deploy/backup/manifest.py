"""What a backup says of itself: its files, what each database held, and by what a later change would show."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

import msgspec

from deploy.backup import keys
from deploy.backup.errors import DamagedError
from deploy.local.files import write_private

NAME = "manifest.json"
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)


class Kind(Enum):
    MANUAL = "manual"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it lies in the backup, encrypted."""

    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table's rows, by their number and a digest over all of them."""

    count: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database held; two databases of equal contents hold the same, row for row."""

    revision: str  # of the newest migration
    tables: dict[str, Rows]
    digests: dict[str, str]  # of what the platform answers for: the heads of mark histories, issued transcripts


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that is known of a backup; ids, hashes and counts alone, so that it may be read without the key."""

    installation: str
    kind: Kind
    tool: str
    started_at: datetime
    ended_at: datetime
    seen_at: datetime
    """No database is shown as it was before this moment, by its server's clock."""
    key_id: str
    databases: dict[str, Contents]
    left_out: list[str]
    """Objects that the installation itself had lost or damaged, where the backup before had them not either."""
    secrets: dict[str, str]
    """SHA-256 of the keys that the installation works with, whether or not the backup holds them."""
    files: dict[str, File]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(file.size for file in self.files.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The manifest's very bytes, the hash that shows an accident, and the code that shows a forger."""

    manifest: msgspec.Raw
    sha256: str
    mac: str


def write(manifest: Manifest, folder: Path, *, key: bytes) -> None:
    told = msgspec.json.encode(manifest)
    envelope = Envelope(manifest=msgspec.Raw(told), sha256=_hash(told), mac=keys.mac(key, told))
    write_private(folder / NAME, msgspec.json.encode(envelope).decode())


def read(folder: Path) -> Manifest:
    """The manifest as it stands, unproven: enough for a list. Raises DamagedError when it is missing or broken."""
    return _decoded(_envelope(folder), folder)


def prove(folder: Path, *, key: bytes) -> Manifest:
    """The manifest that the holder of the key wrote; DamagedError otherwise."""
    envelope = _envelope(folder)
    manifest = _decoded(envelope, folder)
    if manifest.key_id != keys.key_id(key):
        raise DamagedError(
            f"{folder.name} was locked with another key ({manifest.key_id}) than the one given ({keys.key_id(key)})."
        )
    if not hmac.compare_digest(envelope.mac.encode(), keys.mac(key, bytes(envelope.manifest)).encode()):
        raise DamagedError(f"The manifest of {folder.name} was altered without the key; take another backup.")
    return manifest


def hash_of(folder: Path) -> str:
    """The manifest's own hash, by which one speaks of exactly this backup."""
    return _envelope(folder).sha256


def _envelope(folder: Path) -> Envelope:
    try:
        envelope = msgspec.json.decode((folder / NAME).read_bytes(), type=Envelope)
    except FileNotFoundError as error:
        raise DamagedError(f"{folder} has no {NAME}: it is no backup, or a part of one.") from error
    except UNREADABLE as error:
        raise DamagedError(f"The manifest of {folder.name} cannot be read; take another backup.") from error
    if _hash(bytes(envelope.manifest)) != envelope.sha256:
        raise DamagedError(f"The manifest of {folder.name} is not what its hash says; take another backup.")
    return envelope


def _decoded(envelope: Envelope, folder: Path) -> Manifest:
    try:
        return msgspec.json.decode(envelope.manifest, type=Manifest)
    except UNREADABLE as error:
        raise DamagedError(f"The manifest of {folder.name} is of another version of the platform.") from error


def _hash(told: bytes) -> str:
    return hashlib.sha256(told).hexdigest()
