"""What the circulars share on sitting a subject again: which may be, and what the new result does to the old one."""

from decimal import Decimal

from services.gradebook.rules.switches import LowerReassessment
from services.gradebook.rules.vocabulary import CommentResult, Result

SATISFYING = Decimal("5.0")


def falls_short(result: Result) -> bool:
    """Chưa đạt by comments, or an average below 5.0."""
    return result < SATISFYING if isinstance(result, Decimal) else result is CommentResult.NOT_ACHIEVED


def renewed(before: Result, new: Result, lower: LowerReassessment) -> Result:
    """The new result replaces the old one by the letter; whether a lower one does too is open."""
    is_better_kept = lower is LowerReassessment.KEEP_BETTER
    if is_better_kept and isinstance(before, Decimal) and isinstance(new, Decimal):
        return max(before, new)
    return new
