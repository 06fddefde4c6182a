"""A pupil's term and year judged under TT58/2011, before or after TT26/2020: cells in; results and reasons out."""

from services.gradebook.rules.judgement58.study import ClassRules
from services.gradebook.rules.judgement58.term import SubjectMarks, TermInput, TermResult, judge_term
from services.gradebook.rules.judgement58.year import YearInput, YearResult, judge_given_year, judge_year

__all__ = [
    "ClassRules",
    "SubjectMarks",
    "TermInput",
    "TermResult",
    "YearInput",
    "YearResult",
    "judge_given_year",
    "judge_term",
    "judge_year",
]
