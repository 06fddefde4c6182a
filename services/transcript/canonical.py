"""The frozen data of one transcript (học bạ): one pupil, one school year, and its only byte form."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec
import rfc8785

from services.contracts.signing.documents import SlotRole


class NotCanonicalError(ValueError):
    """The bytes are not the canonical form of a transcript of this format."""


class Kind(StrEnum):
    """How a subject is assessed: by marks and comments or comments alone (TT22/2021 Art. 5), or as in primary."""

    SCORED = "SCORED"
    COMMENT = "COMMENT"
    PRIMARY = "PRIMARY"


class Gender(StrEnum):
    MALE = "Nam"
    FEMALE = "Nữ"


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """The school and its authorities under the names they bore when the data was frozen."""

    unit_id: UUID
    code: str
    name: str
    commune: str
    province: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolClass:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """A parent or guardian; `relation` in the family's words, such as "Mẹ"."""

    relation: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """`code` is the ministry's (10 digits), `personal_id` the state's (12 digits), for foreigners a passport."""

    person_id: UUID
    code: str
    personal_id: str | None
    name: str
    born_on: date
    gender: Gender
    ethnicity: str | None
    nationality: str | None
    passport: str | None = None
    programme: str | None = None
    guardians: tuple[Guardian, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schooling:
    """One line of the pupil's way through schools (quá trình học tập), under the names of that time."""

    school_year: int
    class_name: str
    school: str
    commune: str | None
    province: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    person_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What the subject's study-topic cluster (cụm chuyên đề) was given in each term."""

    term1: str | None
    term2: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSheet:
    """A row's place in the class sheet (bảng ký lớp), which the subject's teacher signs once for the class.

    `number` is that of the class's freezing, from 1, `index` from 0. `root`, `salt` and `path` (RFC 9162, 2.1.3) are
    hexadecimal.
    """

    number: int
    root: str
    size: int
    index: int
    salt: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One row of the first table.

    Results are as printed: "8.5", for comment subjects "Đ" or "CĐ", in primary "T", "H" or "C" with `test`, the mark
    of the year's last test. `retest` is the result after the summer, null where there was none. `class_sheet` is left
    out of the JSON where there is none: transcripts older than class sheets keep their bytes.
    """

    code: str
    name: str
    kind: Kind
    term1: str | None
    term2: str | None
    year: str | None
    test: str | None = None
    retest: str | None
    comment: str | None
    teacher: Teacher | None
    is_elective: bool = False
    cluster: Cluster | None = None
    class_sheet: ClassSheet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """A quality or competence (phẩm chất, năng lực) at the year's end: "T", "Đ" or "C"; `retest` is that after help."""

    code: str
    level: str
    retest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """`absences` counts half-day sessions (buổi), `unexcused` those of them without leave; so for the year."""

    term: Literal[1, 2]
    level: str | None
    conduct: str | None
    absences: int | None
    unexcused: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """`level` is of study, in primary of the whole education; `reasons` are the sentences that explain `promotion`.

    The `_after` levels are those after re-assessment or training in the summer, null where there was none.
    `completion` is COMPLETED or NOT_COMPLETED in the last grade of a stage, else null.
    """

    level: str | None
    conduct: str | None
    level_after: str | None
    conduct_after: str | None
    absences: int | None
    unexcused: int | None = None
    promotion: str | None
    completion: str | None = None
    title: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """How many marks were corrected after locking, and the codes of their subjects."""

    count: int
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for one signature; `holder` is a person, or the school's unit for the seal."""

    slot: str
    role: SlotRole
    subject: str | None
    holder: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptData:
    """Everything that is signed; `None` where not known. `school_year` is the year in which it begins.

    One shape for all stages: `stage` and `regulation` say which form prints it. Qualities are of primary alone, conduct
    and subject teachers' slots of the other stages. `schooling` ends with this year.
    """

    format: Literal["vn.hocba.transcript.v1"] = "vn.hocba.transcript.v1"
    code: str
    version: int
    origin: str
    frozen_at: datetime
    stage: str
    grade: int
    school_year: int
    regulation: str
    school: School
    class_: SchoolClass
    pupil: Pupil
    schooling: tuple[Schooling, ...] = ()
    subjects: tuple[Subject, ...]
    qualities: tuple[Quality, ...] = ()
    qualities_comment: str | None = None
    terms: tuple[Term, ...]
    year: Year
    remark: str | None
    corrections: Corrections
    slots: tuple[Slot, ...]


def to_canonical(data: TranscriptData) -> bytes:
    """The data as JSON by RFC 8785."""
    return rfc8785.dumps(to_fields(data))


def to_fields(data: TranscriptData) -> dict[str, Any]:
    """The data under the names of the JSON, all text in NFC."""
    fields: dict[str, Any] = msgspec.to_builtins(data)
    fields["class"] = fields.pop("class_")
    for subject in fields["subjects"]:
        if subject["class_sheet"] is None:
            del subject["class_sheet"]
    named: dict[str, Any] = composed(fields)
    return named


def row_of(subject: Subject) -> dict[str, Any]:
    """The subject's row under the names of the JSON, without its place in a class sheet."""
    fields: dict[str, Any] = composed(msgspec.to_builtins(subject))
    del fields["class_sheet"]
    return fields


def canonical_bytes(data: object) -> bytes:
    """Frozen data as JSON by RFC 8785, all text in NFC."""
    return rfc8785.dumps(composed(msgspec.to_builtins(data)))


def from_canonical(raw: bytes) -> TranscriptData:
    """The data of exactly these bytes.

    Raises NotCanonicalError when a field is missing, unknown or of the wrong type, or when one byte is not as
    `to_canonical` writes it: what was signed must not be read loosely.
    """
    try:
        fields = msgspec.json.decode(raw, type=dict[str, Any])
        fields["class_"] = fields.pop("class", None)
        data = msgspec.convert(fields, TranscriptData)
    except msgspec.MsgspecError as error:
        raise NotCanonicalError(str(error)) from error
    if to_canonical(data) != raw:
        raise NotCanonicalError("The bytes differ from the canonical form of the same data.")
    return data


def digest(canonical: bytes) -> str:
    """SHA-256 of canonical bytes, in lower-case hexadecimal: the name under which the data is known."""
    return hashlib.sha256(canonical).hexdigest()


def composed(value: Any) -> Any:
    """The value with all text in NFC."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {key: composed(item) for key, item in value.items()}
        case list() | tuple():
            return [composed(item) for item in value]
        case _:
            return value
