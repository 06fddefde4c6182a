"""From a class's sheets to what the law says of its pupils: cells in, results out. Pure."""

from uuid import UUID

from services.contracts.gradebook.results import Period
from services.gradebook.judging import primary, secondary
from services.gradebook.judging.class_marks import ClassMarks
from services.gradebook.judging.judged import Judged
from services.gradebook.rules.regulation import Regulation

__all__ = ["judge"]


def judge(known: ClassMarks, pupil_id: UUID, period: Period) -> Judged:
    """A pupil's result of a period, which must be complete, by the regulation that governs the class."""
    if known.regulation is Regulation.TT27_2020:
        return primary.judge(known, pupil_id, period)
    return secondary.judge(known, pupil_id, period)
