"""What a term or a year says of each subject, whichever circular judged it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, TypeVar

from services.gradebook.rules.switches import SingleTermSubject
from services.gradebook.rules.tt22_2021 import year_average
from services.gradebook.rules.vocabulary import CommentResult, Result, SubjectKind

R = TypeVar("R", Decimal, CommentResult)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectResult:
    """What a term or a year says of one subject; ``result`` is None while incomplete, and when exempt."""

    code: str
    name: str
    kind: SubjectKind
    result: Result | None
    is_exempt: bool = False


Subjects: TypeAlias = tuple[SubjectResult, ...]  # by code


def averages_of(subjects: Subjects) -> dict[str, Decimal | None]:
    """Averages by subject code."""
    return _of_kind(SubjectKind.SCORED, Decimal, subjects)


def comments_of(subjects: Subjects) -> dict[str, CommentResult | None]:
    """Đ or CĐ by subject code."""
    return _of_kind(SubjectKind.COMMENT, CommentResult, subjects)


def _of_kind(kind: SubjectKind, of: type[R], subjects: Subjects) -> dict[str, R | None]:
    listed = (subject for subject in subjects if subject.kind is kind and not subject.is_exempt)
    return {subject.code: subject.result if isinstance(subject.result, of) else None for subject in listed}


def rated(subjects: Subjects) -> dict[str, Result]:
    """Results by subject code; what is incomplete or exempt stays out."""
    return {subject.code: subject.result for subject in subjects if subject.result is not None}


def names_of(subjects: Subjects) -> dict[str, str]:
    return {subject.code: subject.name for subject in subjects}


def incomplete(subjects: Subjects) -> list[str]:
    """Names of the subjects that still lack an assessment."""
    return [subject.name for subject in subjects if subject.result is None and not subject.is_exempt]


def exempt(subjects: Subjects) -> list[str]:
    """Names of the subjects that a disabled pupil is exempt from."""
    return [subject.name for subject in subjects if subject.is_exempt]


def by_code(subjects: Iterable[SubjectResult]) -> Subjects:
    return tuple(sorted(subjects, key=lambda subject: subject.code))


def pairs_of(
    first: Subjects | None, second: Subjects, mode: SingleTermSubject
) -> list[tuple[SubjectResult | None, SubjectResult | None]]:
    """Each subject's results in the two terms; one of a single term is left out where that is the reading.

    To a pupil who was at no school in term 1 (``first`` is None) no subject counts as one of a single term.
    """
    earlier = _indexed(first or ())
    later = _indexed(second)
    is_kept = mode is SingleTermSubject.TERM_VALUE or first is None
    codes = earlier.keys() | later.keys() if is_kept else earlier.keys() & later.keys()
    return [(earlier.get(code), later.get(code)) for code in sorted(codes)]


def year_result(first: SubjectResult | None, second: SubjectResult | None) -> SubjectResult:
    """A subject's year from its terms, at least one of them given; one term alone stands for the year."""
    if first is None or second is None or first.is_exempt or second.is_exempt:
        terms = [term for term in (second, first) if term]
        return next((term for term in terms if not term.is_exempt), terms[0])
    if second.kind is SubjectKind.COMMENT:  # term 2 decides: TT22/2021 Art. 9(1)(a)
        return second
    average = None
    if isinstance(first.result, Decimal) and isinstance(second.result, Decimal):
        average = year_average(first.result, second.result)
    return SubjectResult(code=second.code, name=second.name, kind=second.kind, result=average)


def _indexed(subjects: Subjects) -> Mapping[str, SubjectResult]:
    return {subject.code: subject for subject in subjects}
