"""Class sheets (bảng ký lớp): what a subject's teacher signs once for a class, and each row's proof. Pure.

A row's leaf is SHA-256 of 0x00 and the JSON (RFC 8785) of the row, its place and a salt; the root over the leaves
(RFC 9162, 2.1) stands in the statement that is signed. Without the salt a leaf tells nothing, so that a pupil's
proof gives away no other pupil's marks.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec
import rfc8785

from services.chassis.ids import code_of
from services.chassis.merkle import inclusion_path, leaf_hash, root_of
from services.transcript.canonical import ClassSheet, Subject, Teacher, TranscriptData, composed, row_of

FORMAT = "vn.hocba.class_sheet.v1"

Place = tuple[str, str]
"""Which row: the code of its transcript, the code of its subject."""
Row = tuple[TranscriptData, Subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One freezing of a class: its number, and the secret (32 bytes) that codes and salts come from.

    The secret lies in the database before anything is made of it: what is frozen again after a crash is the same.
    """

    number: int
    seed: bytes

    def code_of(self, pupil_id: UUID, version: int) -> str:
        """The transcript's public code."""
        return code_of(self._octets("code", pupil_id, version))

    def salt_of(self, place: Place) -> str:
        """16 bytes in hexadecimal."""
        return self._octets("salt", *place).hex()

    def _octets(self, *what: object) -> bytes:
        return hmac.digest(self.seed, "\n".join(map(str, what)).encode(), "sha256")[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet as its teacher will sign it: `statement` is JSON by RFC 8785, `root` hexadecimal."""

    subject: str
    teacher: Teacher
    number: int
    size: int
    root: str
    statement: bytes


def bind(transcripts: Sequence[TranscriptData], batch: Batch) -> tuple[list[TranscriptData], list[Sheet]]:
    """The transcripts of one freezing with the place of each row, and a sheet for each subject and teacher.

    Rows stand in the order of the transcripts' codes, which are random: a place tells nothing of the pupil.
    """
    groups: dict[tuple[str, Teacher], list[Row]] = defaultdict(list)
    for data in sorted(transcripts, key=lambda one: one.code):
        for subject in data.subjects:
            if subject.teacher:
                groups[subject.code, subject.teacher].append((data, subject))
    places: dict[Place, ClassSheet] = {}
    sheets = []
    for (code, teacher), rows in groups.items():
        places |= _places(rows, batch)
        sheets.append(_sheet(rows[0], teacher, places[rows[0][0].code, code]))
    return [_bound(data, places) for data in transcripts], sheets


def leaf_of(data: TranscriptData, subject: Subject, place: ClassSheet) -> bytes:
    """The hash of a row at this place; number, size and index are part of it, as a path alone does not tell them."""
    row: dict[str, Any] = {
        "transcript": data.code,
        "version": data.version,
        "subject": row_of(subject),
        "number": place.number,
        "size": place.size,
        "index": place.index,
        "salt": place.salt,
    }
    return leaf_hash(rfc8785.dumps(row))


def _places(rows: Sequence[Row], batch: Batch) -> dict[Place, ClassSheet]:
    empty = [_empty_place(row, batch, index=index, size=len(rows)) for index, row in enumerate(rows)]
    leaves = [leaf_of(*row, place) for row, place in zip(rows, empty, strict=True)]
    root = root_of(leaves, 0, len(leaves)).hex()
    return {
        (data.code, subject.code): replace(place, root=root, path=tuple(_path(leaves, place.index)))
        for (data, subject), place in zip(rows, empty, strict=True)
    }


def _empty_place(row: Row, batch: Batch, *, index: int, size: int) -> ClassSheet:
    """A place whose leaf can be made; root and path come from all leaves."""
    data, subject = row
    salt = batch.salt_of((data.code, subject.code))
    return ClassSheet(number=batch.number, root="", size=size, index=index, salt=salt, path=())


def _path(leaves: Sequence[bytes], index: int) -> Iterator[str]:
    return (root_of(leaves, *each).hex() for each in inclusion_path(index, len(leaves)))


def _sheet(row: Row, teacher: Teacher, place: ClassSheet) -> Sheet:
    data, subject = row
    statement = {
        "format": FORMAT,
        "school": {"unit_id": data.school.unit_id, "name": data.school.name},
        "class": data.class_,
        "school_year": data.school_year,
        "subject": subject.code,
        "teacher": teacher,
        "number": place.number,
        "size": place.size,
        "root": place.root,
    }
    return Sheet(
        subject=subject.code,
        teacher=teacher,
        number=place.number,
        size=place.size,
        root=place.root,
        statement=rfc8785.dumps(composed(msgspec.to_builtins(statement))),
    )


def _bound(data: TranscriptData, places: dict[Place, ClassSheet]) -> TranscriptData:
    subjects: Iterable[Subject] = (
        replace(subject, class_sheet=places.get((data.code, subject.code))) for subject in data.subjects
    )
    return replace(data, subjects=tuple(subjects))
