"""The bundle of a transfer: a zip of an index, roots, each transcript's files and the class sheets that they stand on.

The same content gives the same bytes.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.chassis.codec import decode, from_json, to_json
from services.contracts.transcript import IssuedFile
from services.transfer.errors import BundleDamaged

INDEX, ROOTS, SHEETS = "index.json", "roots.pem", "bang_ky_lop"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: a bundle's bytes depend on its content alone


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleIndex:
    """Whose transcripts these are, who sends them to whom, and the SHA-256 of every file.

    `sheets` are files of signed class sheets, which hold no pupil's data.
    """

    pupil_id: UUID
    from_unit_id: UUID
    to_unit_id: UUID
    files: tuple[IssuedFile, ...]
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """An opened bundle; `contents` by SHA-256, each checked against the index."""

    index: BundleIndex
    contents: Mapping[str, bytes]


def pack(index: BundleIndex, contents: Mapping[str, bytes], roots_pem: str) -> bytes:
    """The zip's bytes; `contents` holds each indexed file by its SHA-256."""
    members = {INDEX: to_json(index), ROOTS: roots_pem.encode()}
    members |= {path: contents[sha256] for path, sha256 in paths(index)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # compressors differ between machines
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), data)
    return buffer.getvalue()


def unpack(data: bytes) -> Bundle:
    """The bundle in the bytes; BundleDamaged names the first file that is missing or differs from its hash."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        index = decode(BundleIndex, from_json(archive.read(INDEX)))
        contents = {sha256: _checked(archive, path, sha256) for path, sha256 in paths(index)}
    return Bundle(index=index, contents=contents)


def paths(index: BundleIndex) -> Iterator[tuple[str, str]]:
    """(path in the zip, SHA-256) of every file: `<school year>/<code>.xml` and `.pdf`, sheets by their hash."""
    for file in index.files:
        yield f"{file.school_year}/{file.code}.xml", file.xml
        yield f"{file.school_year}/{file.code}.pdf", file.pdf
    for sheet in index.sheets:
        yield f"{SHEETS}/{sheet}.json", sheet


def _checked(archive: zipfile.ZipFile, path: str, sha256: str) -> bytes:
    try:
        data = archive.read(path)
    except (KeyError, zipfile.BadZipFile) as error:
        raise BundleDamaged(path=path) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BundleDamaged(path=path)
    return data
