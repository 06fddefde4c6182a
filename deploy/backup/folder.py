"""The folder of an installation's backups: what lies in it, in which state, and what may go."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

import msgspec

from deploy.backup import manifest as manifests
from deploy.backup import sealing
from deploy.backup.errors import DamagedError
from deploy.backup.manifest import File, Kind, Manifest
from deploy.local.files import locked, write_private

DRAFT = ".draft"
PROOF = "verified.json"


class State(Enum):
    VERIFIED = "verified"
    UNVERIFIED = "not verified"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That every file of the backup was read back, opened, and found to be what the manifest says."""

    verified_at: datetime
    manifest: str  # its hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One backup as a list shows it, without the key."""

    path: Path
    state: State
    manifest: Manifest | None  # None: unreadable
    verified_at: datetime | None = None
    reason: str | None = None  # why it is damaged


def runs(folder: Path) -> list[Run]:
    """Every backup in the folder, oldest first; one look at sizes, no reading."""
    return [_run(path) for path in sorted(folder.glob("*-*")) if path.is_dir() and path.suffix != DRAFT]


def scheduled(folder: Path, installation: str) -> list[Run]:
    """Those of the installation's scheduled backups whose manifest can be read; a folder may serve several."""
    told = [(run, run.manifest) for run in runs(folder) if run.manifest]
    return [run for run, said in told if said.kind is Kind.SCHEDULED and said.installation == installation]


def surplus(found: Sequence[Run], *, keep: int) -> list[Run]:
    """The backups older than the newest `keep` verified ones, so that the last verified one stays, come what may."""
    verified = [run for run in found if run.state is State.VERIFIED]
    if len(verified) <= keep:
        return []
    return list(found[: found.index(verified[-keep])])


def prune(folder: Path, installation: str, *, keep: int) -> list[Run]:
    """Remove the installation's surplus scheduled backups, none made by hand; gives what went."""
    with locked(folder / ".lock"):
        gone = surplus(scheduled(folder, installation), keep=keep)
        for run in gone:
            shutil.rmtree(run.path)
    return gone


@contextmanager
def new(folder: Path, *, started_at: datetime, kind: Kind) -> Iterator[Path]:
    """A place to make a backup in, which gets its final name when the block ends well; one at a time."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / ".lock"):
        for left_behind in folder.glob(f"*{DRAFT}"):
            shutil.rmtree(left_behind)
        draft = folder / f"{final_name(started_at, kind)}{DRAFT}"
        draft.mkdir(mode=0o700)
        try:
            yield draft
            draft.rename(folder / final_name(started_at, kind))
        except BaseException:
            shutil.rmtree(draft)
            raise


def final_name(started_at: datetime, kind: Kind) -> str:
    """A name by which backups are in the order of time."""
    return f"{started_at:%Y-%m-%dT%H-%M-%S.%fZ}-{kind.value}"


def verify(backup: Path, *, key: bytes) -> Manifest:
    """Read every file back and open it; DamagedError at the first that is not as it was written."""
    manifest = manifests.prove(backup, key=key)
    for name, file in manifest.files.items():
        if not is_whole(backup / name, file):
            raise DamagedError(
                _fault(backup, name, file) or f"{name} in {backup.name} was altered; take another backup."
            )
        for _ in sealing.unseal(backup / name, key=key, name=name):
            pass
    return manifest


def note_verified(backup: Path, *, at: datetime) -> None:
    proof = Proof(verified_at=at, manifest=manifests.hash_of(backup))
    write_private(backup / PROOF, msgspec.json.encode(proof).decode())


def is_whole(path: Path, file: File) -> bool:
    """Whether the file holds the very bytes that were written."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256


def _run(path: Path) -> Run:
    try:
        manifest = manifests.read(path)
    except DamagedError as damage:
        return Run(path=path, state=State.DAMAGED, manifest=None, reason=str(damage))
    for name, file in manifest.files.items():
        if fault := _fault(path, name, file):
            return Run(path=path, state=State.DAMAGED, manifest=manifest, reason=fault)
    verified_at = _verified_at(path)
    state = State.VERIFIED if verified_at else State.UNVERIFIED
    return Run(path=path, state=state, manifest=manifest, verified_at=verified_at)


def _fault(backup: Path, name: str, file: File) -> str | None:
    """What one look at the file shows."""
    path = backup / name
    if not path.is_file():
        return f"{name} is missing from {backup.name}; take another backup."
    if path.stat().st_size != file.size:
        return f"{name} in {backup.name} has {path.stat().st_size} bytes and not {file.size}; take another backup."
    return None


def _verified_at(backup: Path) -> datetime | None:
    """When it was last verified; a proof of another manifest proves nothing."""
    try:
        proof = msgspec.json.decode((backup / PROOF).read_bytes(), type=Proof)
    except (FileNotFoundError, *manifests.UNREADABLE):
        return None
    return proof.verified_at if proof.manifest == manifests.hash_of(backup) else None
