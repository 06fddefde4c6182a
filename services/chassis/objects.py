"""Files by content: an object's name is the SHA-256 of its bytes, so what a message names is what is read."""

import hashlib
import os
from pathlib import Path

from services.chassis.errors import NotFound, Problem
from services.chassis.ids import new_id


class ObjectDamaged(Problem):
    """The stored file {name} is not what its name says; restore it from a backup."""

    code = "objects.damaged"
    vi = "Tệp lưu {name} không đúng với mã băm của nó; cần khôi phục từ bản sao lưu."


class Objects:
    """A folder of content-addressed files, shared by the services of one installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Store the bytes, durable when this returns; gives their SHA-256 in hex. Storing twice is harmless."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, data)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of that name, checked against it; NotFound or ObjectDamaged otherwise."""
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(object=name) from error
        if hashlib.sha256(data).hexdigest() != name:
            raise ObjectDamaged(name=name)
        return data

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _write_durably(path: Path, data: bytes) -> None:
    """Write beside, sync, then rename: a crash leaves either nothing or the whole file."""
    draft = path.with_suffix(f".{new_id()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
