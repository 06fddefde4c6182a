"""Circular 26/2020/TT-BGDĐT, in force 11/10/2020: what it changed in Circular 58/2011, as code beside the old.

Averages keep their formula, with a single periodic assessment (ĐĐGgk). Last reread against the official text: not yet.
"""

from services.gradebook.rules import tt22_2021
from services.gradebook.rules.clauses import clause
from services.gradebook.rules.named_subjects import NamedSubject
from services.gradebook.rules.tt58_2011 import CORE_SUBJECTS as CORE_BEFORE
from services.gradebook.rules.vocabulary import SubjectKind

CORE_SUBJECTS = CORE_BEFORE | {NamedSubject.FOREIGN_LANGUAGE}  # Art. 1(6), of Art. 13


@clause("1(4)")
def regular_assessments(kind: SubjectKind, periods: int) -> int:
    """How many regular assessments a term requires, of Art. 8; Circular 22/2021 kept these counts."""
    return tt22_2021.regular_assessments(kind, periods)
