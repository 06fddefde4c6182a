"""Files by content: an object's name is the SHA-256 of its bytes, so what a message names is what is read."""

import hashlib
import os
import time
from pathlib import Path

from services.chassis.errors import NotFound, Problem
from services.chassis.ids import new_id

LENT = "lent"  # in backups there is nothing of it: those take the folders of two letters


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
        return _read(self._path(name), name)

    def lend(self, data: bytes) -> str:
        """Store what nobody keeps, such as a stranger's file to be checked; gives its SHA-256 in hex."""
        name = hashlib.sha256(data).hexdigest()
        path = self._folder / LENT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_durably(path, data)
        return name

    def borrow(self, name: str) -> bytes:
        """As `get`, of what is kept or lent."""
        lent = self._folder / LENT / name
        return _read(lent, name) if lent.exists() else self.get(name)

    def take_back(self, *, after_seconds: float) -> None:
        """Erase what was lent longer ago than that."""
        for path in (self._folder / LENT).glob("*"):
            if path.stat().st_mtime <= time.time() - after_seconds:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _read(path: Path, name: str) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(object=name) from error
    if hashlib.sha256(data).hexdigest() != name:
        raise ObjectDamaged(name=name)
    return data


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
