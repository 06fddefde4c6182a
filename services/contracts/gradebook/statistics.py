"""Locked results in numbers, how ready schools are, and what deserves a second look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.progress import Tally
from services.contracts.gradebook.results import Period
from services.contracts.messages import Command, Query


class Measure(StrEnum):
    """What is counted, as it stands after the summer: levels, promotions, titles, absences, subjects' results.

    COMPLETION is told of the last grade of a stage, PRIMARY_LEVEL of a primary year.
    """

    LEVEL = "LEVEL"
    CONDUCT = "CONDUCT"
    PROMOTION = "PROMOTION"
    TITLE = "TITLE"
    PRIMARY_LEVEL = "PRIMARY_LEVEL"
    COMPLETION = "COMPLETION"
    ABSENCE = "ABSENCE"
    SUBJECT = "SUBJECT"


class Dimension(StrEnum):
    """By what figures are told apart; UNIT is the units next below the one that is read."""

    UNIT = "UNIT"
    STAGE = "STAGE"
    GRADE = "GRADE"
    GENDER = "GENDER"
    ETHNICITY = "ETHNICITY"
    SUBJECT = "SUBJECT"


NONE = "NONE"
"""The value of pupils without a level, title or result, or with one that the present regulations do not know."""

VALUES: Mapping[Measure, tuple[str, ...]] = {
    Measure.LEVEL: ("Tốt", "Khá", "Đạt", "Chưa đạt", NONE),
    Measure.CONDUCT: ("Tốt", "Khá", "Đạt", "Chưa đạt", NONE),
    Measure.PROMOTION: ("PROMOTED", "RETEST", "SUMMER_TRAINING", "NOT_PROMOTED", NONE),
    Measure.TITLE: (
        "Học sinh Xuất sắc",
        "Học sinh Giỏi",
        "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện",
        NONE,
    ),
    Measure.PRIMARY_LEVEL: ("Hoàn thành xuất sắc", "Hoàn thành tốt", "Hoàn thành", "Chưa hoàn thành", NONE),
    Measure.COMPLETION: ("COMPLETED", "NOT_COMPLETED", NONE),
    Measure.ABSENCE: ("UP_TO_45", "OVER_45"),
    Measure.SUBJECT: (
        "UNDER_3_5",
        "FROM_3_5",
        "FROM_5",
        "FROM_6_5",
        "FROM_8",
        "FROM_9",
        "Đ",
        "CĐ",
        "T",
        "H",
        "C",
        NONE,
    ),
}
"""The values of each measure in order. Counts are kept by place: a new value comes last, or all is counted anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsRow:
    """A group of pupils: `counts` stand in the order of the measure's values, `shares` are percentages to one decimal.

    Null is what the figures are not told apart by. A hidden row is too small to be shown to others than the school.
    """

    unit_id: UUID | None
    stage: str | None
    grade: int | None
    gender: str | None
    ethnicity: str | None
    subject: str | None
    pupils: int | None
    counts: tuple[int, ...]
    shares: tuple[str, ...]
    is_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The figures: `on` is the day whose tree of units is meant, and everything locked until `as_of` is in them.

    `subject_names` are those of the subjects, by code, by which rows are told apart.
    """

    measure: Measure
    values: tuple[str, ...]
    rows: tuple[StatisticsRow, ...]
    total: StatisticsRow
    on: date
    as_of: datetime
    subject_names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatistics(Query[Statistics]):
    """The locked results of the schools that were at or below a unit on a day, by default today.

    With SUBJECT a pupil counts once for each subject. Figures by subject exist for that measure only.
    """

    operation: ClassVar[str] = "gradebook.read_statistics"
    school_year: int
    unit_id: UUID
    period: Period
    measure: Measure
    by: tuple[Dimension, ...] = ()
    on: date | None = None
    stage: str | None = None
    grade: int | None = None
    gender: str | None = None
    ethnicity: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildStarted:
    schools: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildStatistics(Command[RebuildStarted]):
    """Count the locked results of the schools at or below a unit anew; it goes on behind the answer."""

    operation: ClassVar[str] = "gradebook.rebuild_statistics"
    school_year: int
    unit_id: UUID


class WaitingReason(StrEnum):
    """Why a pupil has no transcript in force, the first that applies."""

    REVOKED = "REVOKED"
    NOT_LOCKED = "NOT_LOCKED"
    RETEST = "RETEST"
    PENDING_SUMMER = "PENDING_SUMMER"
    NO_PERSONAL_ID = "NO_PERSONAL_ID"
    NOT_ISSUED = "NOT_ISSUED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolReadiness:
    """A school's pupils of the year, those with a transcript in force, and why the others have none.

    `counted_at` is null while the school is being counted for the first time.
    """

    unit_id: UUID
    pupils: int
    issued: int
    reasons: dict[WaitingReason, int]
    counted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """`schools` are those that have opened the year, of `schools_total`; `as_of` is the oldest count in the sums."""

    schools_total: int
    schools: tuple[SchoolReadiness, ...]
    pupils: int
    issued: int
    reasons: dict[WaitingReason, int]
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReadiness(Query[Readiness]):
    """How far the schools at or below a unit are; counts some minutes old are renewed behind the answer."""

    operation: ClassVar[str] = "gradebook.read_readiness"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReadiness(Command[RebuildStarted]):
    """Count the readiness of the schools at or below a unit at once; it goes on behind the answer.

    A school is counted when its `counted_at` has moved on.
    """

    operation: ClassVar[str] = "gradebook.rebuild_readiness"
    school_year: int
    unit_id: UUID


class RiskSign(StrEnum):
    """Why a pupil may stay behind: over 40 half-days absent; a term's level not achieved; the year not passed."""

    ABSENCES = "ABSENCES"
    NOT_ACHIEVED = "NOT_ACHIEVED"
    NOT_PROMOTED = "NOT_PROMOTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilAtRisk:
    pupil_id: UUID
    code: str
    class_name: str
    absences: int
    signs: tuple[RiskSign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateClass:
    """A class with cells that are missing after their day."""

    class_id: UUID
    class_name: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    pupils: tuple[PupilAtRisk, ...]
    late_classes: tuple[LateClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWarnings(Query[Warnings]):
    """The pupils of a school who may not be promoted, and the classes that are late with their marks."""

    operation: ClassVar[str] = "gradebook.read_warnings"
    school_year: int
    unit_id: UUID
