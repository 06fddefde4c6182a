"""What the law makes of a class's marks."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.contracts.gradebook.school import SubjectKind
from services.contracts.messages import Command, Event, Query, Request


class Period(StrEnum):
    """What is locked: a term's results or the year's."""

    TERM_1 = "TERM_1"
    TERM_2 = "TERM_2"
    YEAR = "YEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLocked:
    class_id: UUID
    period: Period
    pupils: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockResults(Command[PeriodLocked]):
    """Compute and lock a class's results of a period; term 1, then term 2, then the year."""

    operation: ClassVar[str] = "gradebook.lock_results"
    school_year: int
    class_id: UUID
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterMarks:
    """What the study-topic cluster (cụm chuyên đề) was given in each term, as one of the subject's assessments."""

    term1: str | None
    term2: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResult:
    code: str
    name: str
    kind: SubjectKind
    term1: str | None
    term2: str | None
    year: str | None
    comment: str
    teacher_id: UUID
    retest: str | None = None
    """After re-assessment in the summer."""
    test: str | None = None
    """Primary: the mark of the year's last test."""
    is_elective: bool = False
    cluster: ClusterMarks | None = None
    """Of a pupil who takes the subject's cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSummary:
    """`absences` counts half-day sessions, `unexcused` those of them that nobody excused."""

    term: int
    level: str | None
    conduct: str | None
    absences: int
    unexcused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonV1:
    """Why a result is what it is, with the clause that says so."""

    code: str
    clause: str
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityResult:
    """A quality or competence of primary school at the year's end: T, Đ or C; `retest` is that after help."""

    code: str
    level: str
    retest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionCount:
    """How many marks of a subject, named by its code, were corrected after they were locked."""

    subject: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilResult:
    """A pupil's locked year, the newest `version` of it.

    `level` and `conduct` are those at the year's end, `level_after` and `conduct_after` those after the summer, null
    without one; `promotion` is PROMOTED, RETEST, SUMMER_TRAINING or NOT_PROMOTED.
    """

    pupil_id: UUID
    regulation: str
    subjects: tuple[SubjectResult, ...]
    terms: tuple[TermSummary, ...]
    level: str | None
    conduct: str | None
    absences: int
    promotion: str
    title: str | None
    reasons: tuple[ReasonV1, ...]
    remark: str
    level_after: str | None = None
    conduct_after: str | None = None
    completion: str | None = None
    qualities: tuple[QualityResult, ...] = ()
    qualities_comment: str = ""
    unexcused: int = 0
    corrections: tuple[CorrectionCount, ...] = ()
    switches: dict[str, str] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResults:
    school_year: int
    unit_id: UUID
    class_id: UUID
    class_name: str
    stage: str
    grade: int
    homeroom_id: UUID
    results: tuple[PupilResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClassResults(Query[ClassResults]):
    """A class's locked year results; refused until they are locked."""

    operation: ClassVar[str] = "gradebook.read_class_results"
    school_year: int
    class_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTranscript:
    """A pupil's transcript that is about to be made, by its version."""

    pupil_id: UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeResults(Request[ClassResults]):
    """The same, to make these transcripts: whose year is settled, from now on keeps it until that one is revoked.

    Changes under way end first. Asked again, it gives what is then.
    """

    operation: ClassVar[str] = "gradebook.take_results"
    school_year: int
    class_id: UUID
    transcripts: tuple[NextTranscript, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionV1:
    """What the year decides of a pupil, as in PupilResult; null before the lock, and for whose books are on paper.

    Enrolled is who is there now, or was to the end of a year that has ended, and nowhere since.
    """

    pupil_id: UUID
    is_enrolled: bool
    promotion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotions:
    pupils: tuple[PromotionV1, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPromotions(Query[Promotions]):
    """What the year decides of all pupils of these classes of the school, and of the pupils named beside them.

    A class that the school has not is not found; a pupil whom it does not teach is not enrolled.
    """

    operation: ClassVar[str] = "gradebook.find_promotions"
    school_year: int
    unit_id: UUID
    class_ids: tuple[UUID, ...]
    pupil_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingResult:
    """A result that is not what its marks give by the law."""

    class_id: UUID
    pupil_id: UUID
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsChecked:
    results: int
    differing: tuple[DifferingResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResults(Query[ResultsChecked]):
    """Compute every locked result of a school again from its marks, and name those that differ."""

    operation: ClassVar[str] = "gradebook.check_results"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsLockedV1(Event):
    """A class's results of a period are final."""

    type: ClassVar[str] = "vn.hocba.gradebook.results_locked.v1"
    aggregate: ClassVar[str] = "record_id"
    school_year: int
    unit_id: UUID
    period: Period
