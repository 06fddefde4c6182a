"""Locked results for the national education database, in the shape of its dictionary, and what it answers.

Fields of a record keep the dictionary's own names. docs/exchange holds their JSON Schema, which never changes once
published: a V2 would stand beside it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.gradebook.results import Period
from services.contracts.messages import Change, Command, Query

Code = Annotated[str, Meta(min_length=1, max_length=50)]
Rank = Annotated[int, Meta(ge=1, le=4)]
Mark = Annotated[str, Meta(pattern=r"^(10(\.0)?|[0-9](\.[0-9])?|Đ|CĐ|T|H|C)$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalMark:
    """A subject's result: a mark, Đ or CĐ, in primary T, H or C."""

    mamonhoc: Code
    diem: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalStudy:
    """The period's result; 1 is the best level of study and conduct. `hocky` is 1, 2, or 3 for the year."""

    hocky: Literal["1", "2", "3"]
    mahocluc: Rank | None
    mahanhkiem: Rank | None
    madanhhieu: Annotated[int, Meta(ge=1, le=2)] | None
    songaynghi: Annotated[int, Meta(ge=0)]
    nhanxet: str
    colenlop: bool | None
    corenluyenlai: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalResultV1:
    """One pupil's result of a period; of one `idbanghi` the greatest `phienban` counts, and others are ignored."""

    idbanghi: UUID
    sukien: Change
    phienban: Annotated[int, Meta(ge=1)]
    thoigiancapnhat: datetime
    manhomcaphoc: Literal["02", "03", "04", "05"]
    matruong: Code
    mahocsinh: Code
    namhoc: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{4}$")]
    ketquahoctap: NationalStudy
    diemmon: tuple[NationalMark, ...]


class RecordState(StrEnum):
    """How far a record has come; a PARKED one waits for the pupil's personal ID and goes out with a later sending."""

    PARKED = "PARKED"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubError:
    """Why a record is not taken: in the national database's own words, or NO_PERSONAL_ID where it is parked."""

    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangedRecord:
    """A record as it was sent; `newest_version` is the result's now, greater where it must be sent again."""

    record_id: UUID
    class_id: UUID
    pupil_id: UUID
    version: int
    newest_version: int
    state: RecordState
    errors: tuple[HubError, ...]
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeHead:
    """One sending; `file` is the SHA-256 of its records, one JSON object a line; `parked` pupils are not in it."""

    id: UUID
    school_year: int
    unit_id: UUID
    period: Period
    file: str
    records: int
    parked: int
    exported_by: UUID
    exported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeV1:
    head: ExchangeHead
    records: tuple[ExchangedRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResults(Command[ExchangeHead]):
    """Make the records of a school's locked results of a period, to be sent to the national database."""

    operation: ClassVar[str] = "gradebook.export_results"
    school_year: int
    unit_id: UUID
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAnswer:
    """What the national database made of a record; without errors it took it."""

    record_id: UUID
    errors: tuple[HubError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswers(Command[ExchangeV1]):
    """Keep what the national database answered to the records of a sending."""

    operation: ClassVar[str] = "gradebook.record_answers"
    school_year: int
    export_id: UUID
    answers: tuple[HubAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindExchange(Query[ExchangeV1]):
    """A sending with every record: sent, accepted or refused, and whether a newer version is to be sent."""

    operation: ClassVar[str] = "gradebook.find_exchange"
    school_year: int
    export_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanges:
    exchanges: tuple[ExchangeHead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindExchanges(Query[Exchanges]):
    """A school's sendings of a year, the newest first."""

    operation: ClassVar[str] = "gradebook.find_exchanges"
    school_year: int
    unit_id: UUID
