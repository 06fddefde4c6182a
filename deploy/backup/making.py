"""Making a backup: databases first and files after them, since files are stored before the rows that name them."""

import hashlib
import io
import os
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy.backup import databases, folder, keys, sealing
from deploy.backup import manifest as manifests
from deploy.backup import objects as kept_objects
from deploy.backup.contents import examine, named_files
from deploy.backup.databases import Snapshot
from deploy.backup.errors import DamagedError
from deploy.backup.manifest import Contents, File, Kind, Manifest
from deploy.backup.objects import Earlier
from deploy.local.errors import InstallationError
from deploy.local.instance import Instance
from deploy.local.platform import objects_folder
from services.contracts.platform import SERVICES

CHECKOUT = Path(__file__).resolve().parents[2]
SECRETS = (
    "authority.pem",
    "gradebook-ledger-key.pem",
    "identity-token-key.pem",
    "signing-log-key.pem",
    "signing-log-secret",
    "signing-server-key",
    "signing-summary-key.pem",
)
"""Without these no signature can be made and no token read again; every other secret is made anew."""
IN_TURN = tuple(reversed(SERVICES))
"""Who asks and hears is looked at before who answers and tells, as a restore can have something told once more, but not
untold: signing has no head of a history, and gradebook no pupil, of which gradebook and identity would know nothing."""
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    kind: Kind
    to: Path
    key: bytes
    with_keys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    path: Path
    manifest: Manifest

    @property
    def warning(self) -> str | None:
        """What somebody must be told although the backup was made."""
        if not (lost := self.manifest.left_out):
            return None
        return (
            f"The backup {self.path} holds all else, but {len(lost)} files are damaged or missing in the installation, "
            f"the first of them {lost[0]}: bring them back from an earlier backup."
        )


def make(instance: Instance, wish: Wish, *, clock: Clock) -> Made:
    """A new backup, read back and verified; where the installation itself lacks files, all else, unverified.

    Raises InstallationError, and leaves nothing, when it could not be made.
    """
    started_at = clock()
    with folder.new(wish.to, started_at=started_at, kind=wish.kind) as draft:
        manifest = _fill(draft, instance, wish, started_at=started_at, clock=clock)
        manifests.write(manifest, draft, key=wish.key)
        os.sync()  # what bears a backup's name is on the disk
        folder.verify(draft, key=wish.key)
    made = wish.to / folder.final_name(started_at, wish.kind)
    if not manifest.left_out:
        folder.note_verified(made, at=clock())
    return Made(path=made, manifest=manifest)


def default_folder(instance: Instance) -> Path:
    """Beside the installation, which may be erased; no installation can have this name."""
    return instance.home.with_name(f"{instance.name}.backups")


def _fill(draft: Path, instance: Instance, wish: Wish, *, started_at: datetime, clock: Clock) -> Manifest:
    secrets = _secrets(instance)
    with ExitStack() as stack:
        snapshots = {service: stack.enter_context(databases.seen(instance, service)) for service in IN_TURN}
        files, contents = _dump_all(list(snapshots.values()), draft, wish.key)
        needed = {name for service, seen in snapshots.items() for name in named_files(service, seen.conn)}
    kept = kept_objects.keep(objects_folder(instance), draft, key=wish.key, earlier=_earlier(wish), needed=needed)
    if wish.with_keys:
        files |= _sealed_secrets(secrets, draft, wish.key)
    return Manifest(
        installation=instance.name,
        kind=wish.kind,
        tool=f"hocba {_version()}, {databases.dump_program()}",
        started_at=started_at,
        ended_at=clock(),
        seen_at=min(snapshot.taken_at for snapshot in snapshots.values()),
        key_id=keys.key_id(wish.key),
        databases=contents,
        left_out=kept.left_out,
        secrets={name: hashlib.sha256(secret).hexdigest() for name, secret in secrets.items()},
        files=files | kept.files,
    )


def _dump_all(snapshots: list[Snapshot], draft: Path, key: bytes) -> tuple[dict[str, File], dict[str, Contents]]:
    """All databases side by side, each by its own snapshot."""
    with ThreadPoolExecutor() as pool:
        dumps = pool.map(lambda one: databases.dump(one, draft / _place(one), key=key, name=_place(one)), snapshots)
        contents = pool.map(lambda one: examine(one.conn, one.service), snapshots)
        files = dict(zip(map(_place, snapshots), dumps, strict=True))
        return files, dict(zip((one.service for one in snapshots), contents, strict=True))


def place_of(service: str) -> str:
    """The dump of the service's database, within a backup."""
    return f"databases/{service}.dump"


def place_of_secret(name: str) -> str:
    return f"keys/{name}"


def _place(snapshot: Snapshot) -> str:
    return place_of(snapshot.service)


def _earlier(wish: Wish) -> Earlier | None:
    """The newest backup that the same key opens."""
    for run in reversed(folder.runs(wish.to)):
        try:
            return Earlier(folder=run.path, manifest=manifests.prove(run.path, key=wish.key))
        except DamagedError:
            continue
    return None


def _secrets(instance: Instance) -> dict[str, bytes]:
    try:
        return {name: (instance.home / "secrets" / name).read_bytes() for name in SECRETS}
    except FileNotFoundError as error:
        raise InstallationError(f"{instance.name} lacks {error.filename}: it was never started.") from error


def _sealed_secrets(secrets: dict[str, bytes], draft: Path, key: bytes) -> dict[str, File]:
    places = {place_of_secret(name): secret for name, secret in secrets.items()}
    return {
        place: sealing.seal(io.BytesIO(secret), draft / place, key=key, name=place) for place, secret in places.items()
    }


def _version() -> str:
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])
