"""The averages that a file states, beside those that the law computes of its marks."""

from collections.abc import Mapping
from decimal import Decimal

from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import ColumnKind, SheetHead
from services.gradebook.rules.tt22_2021 import CommentResult, comment_of_term, term_average

TERM_KEYS = {1: ("tb", "tb_hk1"), 2: ("tb", "tb_hk2")}


def stated_average(stated: Mapping[str, str], term: int) -> str | None:
    """What the file says of the term; an average of the year or the other term is not compared."""
    return next((stated[key] for key in TERM_KEYS[term] if key in stated), None)


def average_by_law(head: SheetHead, values: Mapping[str, str], *, has_cluster: bool) -> str | None:
    """The term's result of these values by column key (TT22/2021 Art. 9(1)); None while one is missing."""
    columns = [column for column in head.columns if has_cluster or not column.is_cluster]
    if head.kind not in {SubjectKind.SCORED, SubjectKind.COMMENT} or any(one.key not in values for one in columns):
        return None
    if head.kind is SubjectKind.COMMENT:
        return comment_of_term([CommentResult(values[column.key]) for column in columns])
    of = {kind: [Decimal(values[one.key]) for one in columns if one.kind is kind] for kind in ColumnKind}
    return str(term_average(of[ColumnKind.REGULAR], of[ColumnKind.MIDTERM][0], of[ColumnKind.FINAL][0]))
