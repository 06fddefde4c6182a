"""The frozen data of a digitised copy: whose paper it is, what the scan is, who compared both. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.transcript.canonical import Pupil, School, Slot, canonical_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The school years that the paper covers, each by the year in which it begins, and the grades."""

    first_year: int
    last_year: int
    grades: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The file that was scanned, as it is kept beside the copy."""

    sha256: str
    media_type: str
    bytes: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparer:
    """Who laid the scan beside the paper."""

    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitisedData:
    """Everything that is signed of a copy. `school` certifies it; `printed_school` is the name on the paper."""

    format: Literal["vn.hocba.digitised.v1"] = "vn.hocba.digitised.v1"
    code: str
    version: int
    origin: Literal["DIGITISED_COPY"] = "DIGITISED_COPY"
    frozen_at: datetime
    school: School
    pupil: Pupil
    period: Period
    printed_school: str
    scan: Scan
    compared_by: Comparer
    compared_at: datetime
    condition: str | None
    slots: tuple[Slot, ...]


def to_canonical(data: DigitisedData) -> bytes:
    """The data as JSON by RFC 8785."""
    return canonical_bytes(data)
