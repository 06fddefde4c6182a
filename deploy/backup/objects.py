"""The installation's files in a backup: each once, under the hash that is its name, shared with the backup before."""

import io
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.backup import sealing
from deploy.backup.errors import DamagedError
from deploy.backup.folder import is_whole
from deploy.backup.manifest import File, Manifest
from services.chassis.errors import NotFound
from services.chassis.objects import ObjectDamaged, Objects

FOLDER = "objects"
OBJECT = re.compile(r"[0-9a-f]{64}")  # what is being written has a longer name


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A backup made before under the same key."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    files: dict[str, File]
    left_out: list[str]


def keep(source: Path, backup: Path, *, key: bytes, earlier: Earlier | None, needed: Collection[str]) -> Kept:
    """Bring every object into the backup, and the `needed` ones even if only the backup before still has them."""
    files, left_out = {}, []
    for name in sorted({*_names(source), *needed}):
        place = f"{FOLDER}/{name[:2]}/{name}"
        try:
            files[place] = _linked(place, backup, earlier) or _sealed(
                source, name, backup / place, key=key, place=place
            )
        except (ObjectDamaged, NotFound):
            left_out.append(name)
    return Kept(files=files, left_out=left_out)


def bring_back(backup: Path, manifest: Manifest, target: Path, *, key: bytes) -> None:
    """Write the backup's objects into a folder; DamagedError when one is not what its name says."""
    objects = Objects(target)
    for place in places(manifest):
        if objects.put(b"".join(sealing.unseal(backup / place, key=key, name=place))) != Path(place).name:
            raise DamagedError(f"{place} in the backup is not the file that its name says.")


def places(manifest: Manifest) -> list[str]:
    """Where the backup holds objects, by their names in the manifest."""
    return [place for place in manifest.files if place.startswith(f"{FOLDER}/")]


def _names(source: Path) -> Iterator[str]:
    return (path.name for path in source.glob("??/*") if OBJECT.fullmatch(path.name))


def _linked(place: str, backup: Path, earlier: Earlier | None) -> File | None:
    """The same file as in the backup before, where that is still whole; None where there is none."""
    if earlier is None or (file := earlier.manifest.files.get(place)) is None:
        return None
    with suppress(OSError):  # another disk, or a file system without links
        if is_whole(earlier.folder / place, file):
            (backup / place).parent.mkdir(parents=True, exist_ok=True)
            os.link(earlier.folder / place, backup / place)
            return file
    return None


def _sealed(source: Path, name: str, path: Path, *, key: bytes, place: str) -> File:
    return sealing.seal(io.BytesIO(Objects(source).get(name)), path, key=key, name=place)
