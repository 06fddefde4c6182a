"""A pupil's term and year judged under TT22/2021 or TT43/2021: cells in; results, and the reasons to tell, out."""

from services.gradebook.rules.judgement.completion import Completion, judge_completion
from services.gradebook.rules.judgement.term import SubjectMarks, TermInput, TermResult, judge_term
from services.gradebook.rules.judgement.year import (
    GivenYear,
    SummerNotOpen,
    YearInput,
    YearResult,
    judge_given_year,
    judge_year,
)
from services.gradebook.rules.subjects import SubjectResult

__all__ = [
    "Completion",
    "GivenYear",
    "SubjectMarks",
    "SubjectResult",
    "SummerNotOpen",
    "TermInput",
    "TermResult",
    "YearInput",
    "YearResult",
    "judge_completion",
    "judge_given_year",
    "judge_term",
    "judge_year",
]
