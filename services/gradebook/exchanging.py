"""A locked result as a record of the national dictionary. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from services.chassis.codec import decode, encode
from services.contracts.gradebook.exchange import NationalMark, NationalResultV1, NationalStudy
from services.contracts.gradebook.results import Period
from services.contracts.messages import Change
from services.gradebook.domain import CONDUCT_LEVELS
from services.gradebook.rules.regulation import Stage

NAMESPACE = UUID("d58f2a0e-7f1b-5c54-8a8e-0f6a6d2b9c31")  # of record ids: the same pupil and period give the same
TERMS: Mapping[Period, Literal["1", "2", "3"]] = {Period.TERM_1: "1", Period.TERM_2: "2", Period.YEAR: "3"}
GROUPS: Mapping[str, Literal["02", "03", "04", "05"]] = {
    Stage.PRIMARY: "02",
    Stage.LOWER_SECONDARY: "03",
    Stage.UPPER_SECONDARY: "04",
    Stage.CONTINUING: "05",
}
RANKS = {level: rank for rank, level in enumerate(CONDUCT_LEVELS, start=1)}
TITLES = {"Học sinh Xuất sắc": 1, "Học sinh Giỏi": 2}
PROMOTED, TRAINING = "PROMOTED", "SUMMER_TRAINING"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedResult:
    """A result in force, with what the dictionary wants to know of its pupil and class."""

    school_year: int
    period: Period
    stage: str
    class_id: UUID
    pupil_id: UUID
    pupil_code: str
    version: int
    made_at: datetime
    result: Mapping[str, Any]

    @property
    def record_id(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.school_year}/{self.period}/{self.class_id}/{self.pupil_id}")


def national_record(one: LockedResult, school_code: str) -> NationalResultV1:
    """The record, checked against the published schema before it leaves; the first version is new."""
    record = NationalResultV1(
        idbanghi=one.record_id,
        sukien=Change.NEW if one.version == 1 else Change.UPDATE,
        phienban=one.version,
        thoigiancapnhat=one.made_at,
        manhomcaphoc=GROUPS[one.stage],
        matruong=school_code,
        mahocsinh=one.pupil_code,
        namhoc=f"{one.school_year}-{one.school_year + 1}",
        ketquahoctap=_study(one),
        diemmon=tuple(NationalMark(mamonhoc=code, diem=text) for code, text in _marks(one).items() if text),
    )
    return decode(NationalResultV1, encode(record))


def _study(one: LockedResult) -> NationalStudy:
    """Level and conduct as they are after the summer, where there was one."""
    result, is_year = one.result, one.period is Period.YEAR
    promotion = result.get("promotion") if is_year else None
    return NationalStudy(
        hocky=TERMS[one.period],
        mahocluc=RANKS.get(result.get("level_after") or result.get("level") or ""),
        mahanhkiem=RANKS.get(result.get("conduct_after") or result.get("conduct") or ""),
        madanhhieu=TITLES.get(result.get("title") or ""),
        songaynghi=result["absences"],
        nhanxet=result.get("remark", ""),
        colenlop=promotion == PROMOTED if promotion else None,
        corenluyenlai=promotion == TRAINING if promotion else None,
    )


def _marks(one: LockedResult) -> dict[str, str | None]:
    """By subject code; of a year what stands after re-assessment."""
    subjects = one.result["subjects"]
    if one.period is not Period.YEAR:
        return dict(subjects)
    return {subject["code"]: subject.get("retest") or subject["year"] for subject in subjects}
