"""The readings that the official texts leave open, one frozen value per family of circulars, stored with each result.

The defaults and what is known of each are in docs/law.md; a switch goes when the ministry settles its question.
"""

from dataclasses import dataclass
from enum import Enum


class SingleSubjectMode(Enum):
    """How an adjustment looks past one subject: leave it out, or suppose it perfect."""

    REMOVAL = "removal"
    REPLACEMENT = "replacement"


class SingleTermSubject(Enum):
    """What a subject taught in one term only is worth in the year."""

    TERM_VALUE = "term_value"
    LEFT_OUT = "left_out"


class ConductWithoutFirstTerm(Enum):
    """Conduct of the year of a pupil who was at no school in term 1."""

    SECOND_TERM = "second_term"
    UNDECIDED = "undecided"


class BothFail(Enum):
    """What is open to a pupil whose study and conduct are both Chưa đạt."""

    NOT_PROMOTED = "not_promoted"
    SUMMER_FIRST = "summer_first"  # training, and re-assessment once conduct is Đạt


class LowerReassessment(Enum):
    """What a re-assessment below the first result does to it."""

    REPLACE = "replace"
    KEEP_BETTER = "keep_better"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Readings of TT22/2021, in the order of its articles, and of TT43/2021, which follows it.

    Those of completion and of continuing education (GDTX) are not known from a text of law.
    """

    zero_for_missed_regular: bool = True  # Art. 7; otherwise the assessment stays due
    conduct_without_first_term: ConductWithoutFirstTerm = ConductWithoutFirstTerm.SECOND_TERM  # Art. 8
    single_term_subject: SingleTermSubject = SingleTermSubject.TERM_VALUE  # Art. 9(1)
    single_subject_mode: SingleSubjectMode = SingleSubjectMode.REMOVAL  # Art. 9(3)
    adjust_comment_subject: bool = True  # Art. 9(3)
    both_fail: BothFail = BothFail.NOT_PROMOTED  # Art. 12 to 14
    lower_reassessment: LowerReassessment = LowerReassessment.REPLACE  # Art. 14
    completion_forbids_failed_comment: bool = False
    completion_oldest_age: int | None = None
    gdtx_subjects_at_bar: int = 6

    def __post_init__(self) -> None:
        if self.gdtx_subjects_at_bar < 1:
            message = "gdtx_subjects_at_bar is a number of subjects, 1 at least"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches58:
    """Readings of TT58/2011, with and without TT26/2020."""

    single_term_subject: SingleTermSubject = SingleTermSubject.TERM_VALUE  # Art. 11
    single_subject_mode: SingleSubjectMode = SingleSubjectMode.REMOVAL  # Art. 13(6)
    adjust_comment_subject: bool = True  # Art. 13(6)
    lower_reassessment: LowerReassessment = LowerReassessment.REPLACE  # Art. 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimarySwitches:
    """Readings of TT27/2020."""

    competences_optional_until_grade: int = 2  # technology and informatics, which these grades are not taught
