"""How ready schools are to issue, and which pupils and classes deserve a second look."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row

from services.chassis.authority import Actor, local_day
from services.chassis.database import Tx
from services.chassis.service import Outside
from services.contracts.gradebook.statistics import (
    LateClass,
    PupilAtRisk,
    Readiness,
    ReadReadiness,
    ReadWarnings,
    RebuildReadiness,
    RebuildStarted,
    RiskSign,
    SchoolReadiness,
    WaitingReason,
    Warnings,
)
from services.contracts.identity import Viewed
from services.contracts.messages import Task
from services.gradebook.repository import boards, progress, readiness
from services.gradebook.repository.progress import Part
from services.gradebook.repository.readiness import PupilState
from services.gradebook.statistics_counting import waiting_reason
from services.gradebook.usecases.people import lacking_personal_id
from services.gradebook.usecases.supervision import require_reader
from services.gradebook.usecases.views import tell

RENEWED_EVERY = timedelta(minutes=5)
ABSENCES_TO_WATCH = 40
"""Half-days: five more than these and the pupil stays behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountReadinessTask(Task):
    """Count a school's pupils with and without a transcript."""

    type: ClassVar[str] = "gradebook.count_readiness"
    school_year: int
    unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LackingId:
    """Pupils who should have a personal ID and have none."""

    pupil_ids: frozenset[UUID]


def read_readiness(tx: Tx, query: ReadReadiness, actor: Actor) -> Readiness:
    """The schools at or below the unit; old counts are asked for anew."""
    require_reader(tx, actor, query.unit_id)
    below = boards.schools_below(tx, query.unit_id, local_day(tx.now()))
    unit_ids = boards.open_schools(tx, query.school_year, below)
    _have_counted(tx, query.school_year, unit_ids, older=tx.now() - RENEWED_EVERY)
    schools = [_school(row) for row in boards.readiness_of(tx, query.school_year, unit_ids)]
    reasons = sum((Counter(school.reasons) for school in schools), Counter())
    return Readiness(
        schools_total=len(below),
        schools=tuple(schools),
        pupils=sum(school.pupils for school in schools),
        issued=sum(school.issued for school in schools),
        reasons=dict(reasons),
        as_of=min((school.counted_at for school in schools if school.counted_at), default=None),
    )


def rebuild_readiness(tx: Tx, command: RebuildReadiness, actor: Actor) -> RebuildStarted:
    """Have every school at or below the unit counted, however fresh its last count is."""
    require_reader(tx, actor, command.unit_id)
    below = boards.schools_below(tx, command.unit_id, local_day(tx.now()))
    unit_ids = boards.open_schools(tx, command.school_year, below)
    return RebuildStarted(schools=_have_counted(tx, command.school_year, unit_ids, older=tx.now()))


def ask_ids(task: CountReadinessTask, outside: Outside) -> LackingId:
    """Of the pupils whose transcript could be issued, those whose personal ID identity does not know."""
    with outside.db.transaction() as tx:
        pupils = readiness.pupils_of_school(tx, task.school_year, task.unit_id)
    wanted = [one.pupil_id for one in pupils if _reason(one, lacks_id=False) is WaitingReason.NOT_ISSUED]
    return LackingId(pupil_ids=lacking_personal_id(wanted, outside))


def count_readiness(tx: Tx, task: CountReadinessTask, lacking: LackingId) -> None:
    pupils = readiness.pupils_of_school(tx, task.school_year, task.unit_id)
    reasons = Counter(_reason(one, lacks_id=one.pupil_id in lacking.pupil_ids) for one in pupils)
    issued = reasons.pop(None, 0)
    figures = {"pupils": len(pupils), "issued": issued, "reasons": dict(reasons)}
    boards.put_readiness(tx, task.school_year, task.unit_id, figures)


def read_warnings(tx: Tx, query: ReadWarnings, actor: Actor) -> Warnings:
    """Who may stay behind, and which classes lack marks after their day; a supervisor's look is logged."""
    basis = require_reader(tx, actor, query.unit_id)
    signs = readiness.pupils_with_signs(tx, query.school_year, query.unit_id, absences=ABSENCES_TO_WATCH)
    if basis and signs:
        pupil_ids = [row.pupil_id for row in signs]
        tell(tx, actor, basis, unit_id=query.unit_id, pupil_ids=pupil_ids, what=Viewed.RESULTS)
    part = Part(school_year=query.school_year, unit_id=query.unit_id, terms=(1, 2))
    late = progress.late_classes(tx, part, local_day(tx.now()))
    return Warnings(
        pupils=tuple(_at_risk(row) for row in signs),
        late_classes=tuple(LateClass(class_id=one, class_name=name, tally=tally) for one, name, tally in late),
    )


def _have_counted(tx: Tx, school_year: int, unit_ids: Sequence[UUID], *, older: datetime) -> int:
    """Ask for a count of those schools that were last asked for before that moment; gives how many these are."""
    asked = boards.ask_readiness(tx, school_year, unit_ids, older=older)
    for unit_id in asked:
        tx.later(CountReadinessTask(school_year=school_year, unit_id=unit_id))
    return len(asked)


def _reason(pupil: PupilState, *, lacks_id: bool) -> WaitingReason | None:
    return waiting_reason(state=pupil.state, is_locked=pupil.is_locked, promotion=pupil.promotion, lacks_id=lacks_id)


def _school(row: Row[Any]) -> SchoolReadiness:
    return SchoolReadiness(
        unit_id=row.unit_id,
        pupils=row.pupils,
        issued=row.issued,
        reasons={WaitingReason(reason): pupils for reason, pupils in row.reasons.items()},
        counted_at=row.counted_at,
    )


def _at_risk(row: Row[Any]) -> PupilAtRisk:
    signs = {
        RiskSign.ABSENCES: row.absences > ABSENCES_TO_WATCH,
        RiskSign.NOT_ACHIEVED: row.is_not_achieved,
        RiskSign.NOT_PROMOTED: row.is_not_promoted,
    }
    return PupilAtRisk(
        pupil_id=row.pupil_id,
        code=row.code,
        class_name=row.class_name,
        absences=row.absences,
        signs=tuple(sign for sign, is_there in signs.items() if is_there),
    )
