"""How far entry has come: for a school from its cells as they are, for those above from counts some minutes old."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor, Basis, local_day
from services.chassis.database import Tx
from services.contracts.gradebook.progress import (
    ColumnsPlanned,
    ComparePlan,
    FindMissing,
    Missing,
    PlanColumns,
    PlanComparison,
    Progress,
    ReadProgress,
    ReadUnitProgress,
    UnitProgress,
)
from services.contracts.gradebook.results import Period
from services.contracts.identity import Viewed
from services.contracts.messages import Task
from services.gradebook.errors.school import NoSuchColumn
from services.gradebook.repository import boards, enrolment, progress
from services.gradebook.repository.boards import LastCount
from services.gradebook.repository.progress import Part
from services.gradebook.roles import LEADERS
from services.gradebook.usecases.supervision import require_reader
from services.gradebook.usecases.views import tell

TERMS_OF = {Period.TERM_1: (1,), Period.TERM_2: (2,), Period.YEAR: (1, 2)}
RENEWED_EVERY = timedelta(minutes=5)
RECOUNTED_EVERY = timedelta(hours=1)  # at least, since pupils, plans and exemptions change without an entry


@dataclass(frozen=True, slots=True, kw_only=True)
class CountProgressTask(Task):
    """Count a school's entry for those above it, and again every few minutes while a window is open."""

    type: ClassVar[str] = "gradebook.count_progress"
    school_year: int
    unit_id: UUID
    term: int


def read_progress(tx: Tx, query: ReadProgress, actor: Actor) -> Progress:
    """The school's entry by class, subject and column; a homeroom teacher reads that of the class."""
    _require_class_reader(tx, actor, query.school_year, query.unit_id, class_id=query.class_id)
    part = Part(
        school_year=query.school_year,
        unit_id=query.unit_id,
        terms=(query.term,),
        grade=query.grade,
        class_id=query.class_id,
        subject=query.subject,
    )
    sheets = progress.sheets_in(tx, part, _today(tx))
    total = progress.sum_of(column.tally for sheet in sheets for column in sheet.columns)
    return Progress(sheets=tuple(sheets), total=total)


def find_missing(tx: Tx, query: FindMissing, actor: Actor) -> Missing:
    """What keeps the class, or the school, from being closed for the period; a look from above is logged."""
    basis = _require_class_reader(tx, actor, query.school_year, query.unit_id, class_id=query.class_id)
    part = Part(
        school_year=query.school_year, unit_id=query.unit_id, terms=TERMS_OF[query.period], class_id=query.class_id
    )
    groups = progress.missing_in(tx, part, _today(tx))
    if basis and groups:
        codes = {code for group in groups for code in group.pupils}
        pupil_ids = enrolment.pupils_by_codes(tx, query.school_year, query.unit_id, codes)
        tell(tx, actor, basis, unit_id=query.unit_id, pupil_ids=pupil_ids, what=Viewed.MARKS)
    return Missing(count=sum(len(group.pupils) for group in groups), groups=tuple(groups))


def compare_plan(tx: Tx, query: ComparePlan, actor: Actor) -> PlanComparison:
    """What the school planned for each week beside what was entered in it."""
    require_reader(tx, actor, query.unit_id)
    part = Part(school_year=query.school_year, unit_id=query.unit_id, terms=(query.term,))
    weeks = progress.weeks_of(tx, part, _today(tx))
    return PlanComparison(weeks=tuple(weeks), unplanned=progress.unplanned_in(tx, part, _today(tx)))


def plan_columns(tx: Tx, command: PlanColumns, actor: Actor) -> ColumnsPlanned:
    """Set until when columns are to be filled; a column that no class of the grade has is refused by name."""
    authority.require(tx, actor, LEADERS, command.unit_id)
    part = Part(school_year=command.school_year, unit_id=command.unit_id, terms=(command.term,))
    planned = 0
    for column in command.columns:
        count = progress.plan(tx, part, column)
        if not count:
            raise NoSuchColumn(key=column.key, subject=column.subject, grade=column.grade)
        planned += count
    return ColumnsPlanned(columns=planned)


def read_unit_progress(tx: Tx, query: ReadUnitProgress, actor: Actor) -> UnitProgress:
    """The entry of every school below the unit; old counts are asked for anew."""
    require_reader(tx, actor, query.unit_id)
    below = boards.schools_below(tx, query.unit_id, _today(tx))
    unit_ids = boards.open_schools(tx, query.school_year, below)
    place = {"school_year": query.school_year, "term": query.term}
    for unit_id in boards.ask_progress(tx, **place, unit_ids=unit_ids, older=tx.now() - RENEWED_EVERY):
        tx.later(CountProgressTask(**place, unit_id=unit_id))
    schools = boards.progress_of(tx, query.school_year, unit_ids, query.term)
    return UnitProgress(
        schools=tuple(schools),
        total=progress.sum_of(one.tally for one in schools),
        as_of=min((one.counted_at for one in schools if one.counted_at), default=None),
    )


def count_progress(tx: Tx, task: CountProgressTask) -> None:
    """Count the school's entry, unless that was done just now; while people may enter, look again soon."""
    last = boards.hold_progress(tx, school_year=task.school_year, unit_id=task.unit_id, term=task.term)
    if last.counted_at and last.counted_at > tx.now() - RENEWED_EVERY / 2:
        return
    _count_anew(tx, task, last)
    if boards.has_open_window(tx, task.school_year, task.unit_id, task.term):
        tx.later(task, due_at=tx.now() + RENEWED_EVERY)


def _count_anew(tx: Tx, task: CountProgressTask, last: LastCount) -> None:
    """The recount, spared where nothing was entered since the last one of this day and hour."""
    part = Part(school_year=task.school_year, unit_id=task.unit_id, terms=(task.term,))
    rows, today = progress.history_rows_of(tx, part), _today(tx)
    is_recent = last.counted_at and last.counted_at > tx.now() - RECOUNTED_EVERY and local_day(last.counted_at) == today
    if is_recent and rows == last.history_rows:
        return
    boards.put_progress(
        tx,
        school_year=task.school_year,
        unit_id=task.unit_id,
        term=task.term,
        counted=progress.total_of(tx, part, today),
        history_rows=rows,
    )


def _require_class_reader(
    tx: Tx, actor: Actor, school_year: int, unit_id: UUID, *, class_id: UUID | None
) -> Basis | None:
    """Leaders and supervisors read all of the school, a homeroom teacher the own class: a supervisor's grant."""
    if class_id and progress.homeroom_of(tx, school_year, unit_id, class_id) == actor.person_id:
        return None
    return require_reader(tx, actor, unit_id)


def _today(tx: Tx) -> date:
    return local_day(tx.now())
