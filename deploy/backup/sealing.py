"""Files at rest: AES-256-GCM in pieces of one MiB, bound to name and order, so none can be cut, swapped or moved."""

import hashlib
import os
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deploy.backup import keys
from deploy.backup.errors import DamagedError
from deploy.backup.manifest import File

FORM = b"hocba-1\n"
SALT_LENGTH, TAG_LENGTH = 16, 16
PIECE = 1 << 20  # bytes of plain text


def seal(source: IO[bytes], path: Path, *, key: bytes, name: str) -> File:
    """Encrypt all that the source gives, without ever writing it plain; gives the size and hash of the sealed file."""
    salt = os.urandom(SALT_LENGTH)
    digest, size = hashlib.sha256(), 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        for part in chain([FORM + salt], _sealed(source, AESGCM(keys.of_file(key, salt=salt, name=name)))):
            file.write(part)
            digest.update(part)
            size += len(part)
    return File(size=size, sha256=digest.hexdigest())


def unseal(path: Path, *, key: bytes, name: str) -> Iterator[bytes]:
    """The plain text piece by piece, each proven first; DamagedError where one is not as it was sealed."""
    with path.open("rb") as file:
        form, salt = file.read(len(FORM)), file.read(SALT_LENGTH)
        if form != FORM:
            raise DamagedError(f"{name} in the backup is no file of a backup.")
        cipher = AESGCM(keys.of_file(key, salt=salt, name=name))
        try:
            for nonce, piece in _pieces(file, PIECE + TAG_LENGTH):
                yield cipher.decrypt(nonce, piece, None)
        except InvalidTag as error:
            raise DamagedError(f"{name} in the backup was altered since it was sealed, or with another key.") from error


def _sealed(source: IO[bytes], cipher: AESGCM) -> Iterator[bytes]:
    for nonce, piece in _pieces(source, PIECE):
        yield cipher.encrypt(nonce, piece, None)


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bytes]]:
    """Pieces with their nonces: the number, and whether it is the last, which shows a file that was cut."""
    piece = source.read(size)
    for number in count():
        following = source.read(size)
        yield number.to_bytes(11, "big") + bytes([not following]), piece
        if not following:
            return
        piece = following
