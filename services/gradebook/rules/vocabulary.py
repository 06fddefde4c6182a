"""The words that several circulars share: kinds of subjects, cells, comment results, what follows a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TypeAlias


class SubjectKind(Enum):
    """How a subject is assessed: by comments alone, or by comments and marks."""

    SCORED = "scored"
    COMMENT = "comment"


class CommentResult(StrEnum):
    """What an assessment by comments (nhận xét) says; the value is how schools write it."""

    ACHIEVED = "Đ"
    NOT_ACHIEVED = "CĐ"


FAILED = CommentResult.NOT_ACHIEVED
Result: TypeAlias = Decimal | CommentResult
Results: TypeAlias = Mapping[str, Result]  # by subject code; exempt subjects stay out
HIGHEST_MARK = Decimal(10)


class CellState(Enum):
    """What is known of one assessment of one pupil; a missed one is not an empty one, and zero is neither."""

    EMPTY = "empty"
    VALUE = "value"
    MISSED_EXCUSED = "missed_excused"  # to be made up; until then the term cannot be judged
    MISSED_UNEXCUSED = "missed_unexcused"
    EXEMPT = "exempt"  # a disabled pupil's subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One assessment of one pupil; ``value`` is set exactly when the state is VALUE."""

    state: CellState = CellState.EMPTY
    value: Result | None = None


class Promotion(Enum):
    """What follows a school year: the next grade, a second chance, or the same grade again."""

    PROMOTED = "promoted"  # lên lớp
    RETEST = "retest"  # kiểm tra lại, đánh giá lại
    SUMMER_TRAINING = "summer_training"  # rèn luyện trong hè
    NOT_PROMOTED = "not_promoted"  # không lên lớp


def scores_of(results: Results) -> list[Decimal]:
    return [result for result in results.values() if isinstance(result, Decimal)]


def comments_failed(results: Results) -> list[str]:
    """Codes of the comment subjects that are Chưa đạt."""
    return [code for code, result in results.items() if result is FAILED]
