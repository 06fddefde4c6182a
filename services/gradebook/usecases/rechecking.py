"""Results computed again from their marks: whoever changed a result without its marks, or a formula, is found."""

from collections.abc import Mapping
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.codec import digest
from services.chassis.database import Tx
from services.chassis.errors import Unauthenticated
from services.chassis.service import Outside
from services.contracts.gradebook.results import CheckResults, DifferingResult, Period, ResultsChecked
from services.gradebook.judging import judge
from services.gradebook.judging.class_marks import ClassMarks
from services.gradebook.judging.judged import Judged
from services.gradebook.repository import results, school
from services.gradebook.roles import ABOVE, LEADERS
from services.gradebook.usecases.results import class_marks

BATCH = 10
"""Classes that are read in one go."""


def check_again(query: CheckResults, outside: Outside) -> ResultsChecked:
    """A few classes at a time: marks and results are read in one moment, and judged where nobody waits for it."""
    with outside.db.transaction() as tx:
        _require_reader(tx, query, outside.actor)
        classes = school.classes_of(tx, query.school_year, query.unit_id)
    count, differing = 0, []
    for batch in (classes[first : first + BATCH] for first in range(0, len(classes), BATCH)):
        with outside.db.transaction() as tx:
            stored = results.newest_results(tx, query.school_year, [one.id for one in batch])
            judged = [of_class for of_class in batch if stored[of_class.id]]
            known = class_marks(tx, judged) if judged else []
        for of_class in known:
            of_this = stored[of_class.of_class.id]
            count += len(of_this)
            differing += outside.run(_differing, of_class, of_this)
    return ResultsChecked(results=count, differing=tuple(differing))


def check_results(_tx: Tx, _query: CheckResults, _actor: Actor, checked: ResultsChecked) -> ResultsChecked:
    return checked


def _require_reader(tx: Tx, query: CheckResults, actor: Actor | None) -> None:
    if actor is None:
        raise Unauthenticated
    if not authority.holds(tx, actor, LEADERS, query.unit_id):
        authority.require_cover(tx, actor, ABOVE, query.unit_id)


def _differing(known: ClassMarks, stored: Mapping[tuple[Period, UUID], Judged]) -> list[DifferingResult]:
    """Of the pupils who are still in the class; those of one who left stay as they were locked."""
    return [
        DifferingResult(class_id=known.of_class.id, pupil_id=pupil_id, period=period)
        for (period, pupil_id), one in stored.items()
        if pupil_id in known.pupils and not _agree(judge(known, pupil_id, period), one)
    ]


def _agree(one: Judged, other: Judged) -> bool:
    """Whether two judgements say the same, whether as contracts or as plain data."""
    return digest(one) == digest(other)
