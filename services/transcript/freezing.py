"""Freezing a class: read its locked results and its people, then make each pupil's data, XML and PDF."""

import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from services.chassis import authority
from services.chassis.ids import new_id
from services.chassis.objects import Objects
from services.chassis.service import Outside
from services.contracts.gradebook.given import FindGivenYears
from services.contracts.gradebook.results import (
    ClassResults,
    NextTranscript,
    PupilResult,
    ReadClassResults,
    TakeResults,
)
from services.contracts.identity import FindGuardians, FindPeople, FindUnits, Role
from services.contracts.messages import Task
from services.contracts.transcript import FreezeClass, TranscriptState
from services.contracts.transcript.class_sheets import ClassSheetV1
from services.transcript import batches, class_sheets, domain, frozen, repository
from services.transcript.canonical import Guardian, Schooling, TranscriptData, from_canonical, to_canonical
from services.transcript.class_sheets import Batch, Sheet
from services.transcript.document_xml import write
from services.transcript.domain import PARKED, Setting
from services.transcript.errors import NoForm, NoPrincipal
from services.transcript.render import Renderer, has_form
from services.transcript.repository import Standing

LEADERS = (Role.ADMIN, Role.PRINCIPAL)
"""Who may have a class frozen."""
SEED_BYTES = 32
_own = threading.local()  # a renderer must not be shared by threads


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeClassTask(Task):
    """Freeze the class's transcripts that are not frozen yet; who authorised it is kept beside the freeze.

    `parked_only` leaves alone those that were revoked: their next version waits until somebody asks for it.
    """

    type: ClassVar[str] = "transcript.freeze_class"
    school_year: int
    class_id: UUID
    parked_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What freezing made: rows and class sheets ready to be stored, and how many transcripts the class has in all.

    `batch` is its number, None where nobody was frozen.
    """

    unit_id: UUID
    expected: int
    rows: tuple[dict[str, Any], ...]
    batch: int | None
    sheets: tuple[ClassSheetV1, ...]


def check_form(command: FreezeClass, outside: Outside) -> None:
    """NoForm for a class whose transcripts cannot be printed, before anybody waits for them."""
    with outside.db.transaction() as tx:
        unit_id = repository.find_unit_of_class(tx, command.school_year, command.class_id)
        if unit_id is None or outside.actor is None or not authority.holds(tx, outside.actor, LEADERS, unit_id):
            return  # the use case says what is missing
    results = outside.ask(ReadClassResults(school_year=command.school_year, class_id=command.class_id), timeout=30)
    for regulation in sorted({result.regulation for result in results.results}):
        if not has_form(results.stage, regulation):
            raise NoForm(stage=results.stage, regulation=regulation)


def freeze_class(task: FreezeClassTask, outside: Outside) -> Frozen:
    """Everything of a class that is not frozen yet. Its files are stored before the rows that name them."""
    known = outside.ask(ReadClassResults(school_year=task.school_year, class_id=task.class_id), timeout=30)
    with outside.db.transaction() as tx:
        # The batch first: whoever stands as not frozen after it was opened is in no batch that was kept before.
        batch = batches.open_batch(tx, task.school_year, task.class_id, secrets.token_bytes(SEED_BYTES))
        standing = repository.standing_of(tx, task.school_year, task.class_id)
        principals, now = repository.principals_of(tx, known.unit_id), tx.now()
    if len(principals) != 1:
        raise NoPrincipal(count=len(principals))
    due_ids = _due(known, standing, task)
    results = _take(task, due_ids, standing, outside)
    due = [result for result in results.results if result.pupil_id in due_ids]
    setting = _known(_setting(results, principals[0], outside), due_ids, outside)
    rows = {result.pupil_id: _empty_row(setting, result, standing) for result in due}
    data = [_data(setting, result, standing, batch, now) for result in due if result.promotion not in PARKED]
    bound, sheets = class_sheets.bind(data, batch)
    for one in bound:
        rows[one.pupil.person_id] |= _documents(one, outside.objects)
    return Frozen(
        unit_id=results.unit_id,
        expected=len(results.results),
        rows=tuple(rows.values()),
        batch=batch.number if bound else None,
        sheets=tuple(stored(sheet, outside.objects) for sheet in sheets),
    )


def _take(task: FreezeClassTask, due: tuple[UUID, ...], standing: Standing, outside: Outside) -> ClassResults:
    """The results as they are now and stay: what we knew a moment ago may have been corrected since."""
    made = tuple(NextTranscript(pupil_id=one, version=standing.version_of(one)) for one in due)
    wanted = TakeResults(school_year=task.school_year, class_id=task.class_id, transcripts=made)
    return outside.ask(wanted, timeout=30)


def _due(results: ClassResults, standing: Standing, task: FreezeClassTask) -> tuple[UUID, ...]:
    """The pupils who are parked, and those of whom there is no transcript in force."""
    return tuple(
        result.pupil_id
        for result in results.results
        if result.pupil_id in standing.parked or not (task.parked_only or result.pupil_id in standing.frozen)
    )


def _setting(results: ClassResults, principal_id: UUID, outside: Outside) -> Setting:
    teachers = {subject.teacher_id for result in results.results for subject in result.subjects}
    wanted = {*teachers, *(result.pupil_id for result in results.results), results.homeroom_id, principal_id}
    people = outside.ask(FindPeople(person_ids=tuple(sorted(wanted))), timeout=30).people
    unit = outside.ask(FindUnits(unit_ids=(results.unit_id,))).units[0]
    return Setting(
        results=results, unit=unit, people={person.id: person for person in people}, principal_id=principal_id
    )


def _known(setting: Setting, pupil_ids: Collection[UUID], outside: Outside) -> Setting:
    """With what is known of each pupil beside the results."""
    earlier = _earlier(setting.results.school_year, pupil_ids, outside)
    return replace(setting, earlier=earlier, guardians=_guardians(pupil_ids, outside))


def _earlier(school_year: int, pupil_ids: Collection[UUID], outside: Outside) -> dict[UUID, tuple[Schooling, ...]]:
    """Where each pupil was before this year, as our transcripts say and as was given from elsewhere."""
    given = outside.ask(FindGivenYears(pupil_ids=tuple(pupil_ids)), timeout=30).pupils
    years = {one.pupil_id: one.years for one in given}
    with outside.db.transaction() as tx:
        before = repository.canonical_before(tx, pupil_ids, school_year)
    return {
        pupil_id: domain.earlier_schooling(
            [from_canonical(outside.objects.get(name)) for name in before.get(pupil_id, ())],
            years.get(pupil_id, ()),
            before=school_year,
        )
        for pupil_id in pupil_ids
    }


def _guardians(pupil_ids: Collection[UUID], outside: Outside) -> dict[UUID, tuple[Guardian, ...]]:
    found: dict[UUID, tuple[Guardian, ...]] = {}
    for one in outside.ask(FindGuardians(pupil_ids=tuple(pupil_ids)), timeout=30).contacts:
        found[one.pupil_id] = (*found.get(one.pupil_id, ()), Guardian(relation=one.relation, name=one.name))
    return found


def _data(setting: Setting, result: PupilResult, standing: Standing, batch: Batch, now: datetime) -> TranscriptData:
    version = standing.version_of(result.pupil_id)
    code = batch.code_of(result.pupil_id, version)
    return domain.freeze(setting, result, code=code, version=version, now=now)


def _documents(data: TranscriptData, objects: Objects) -> dict[str, Any]:
    """The XML first: it refuses text that must not be printed."""
    xml, rendered = write(data), _renderer().render(data)
    return frozen.columns(data, canonical=to_canonical(data), xml=xml, rendered=rendered, objects=objects)


def _empty_row(setting: Setting, result: PupilResult, standing: Standing) -> dict[str, Any]:
    """The pupil's next version, parked where the result waits: every column, so that all rows are written together."""
    kept = ("code", "canonical", "frozen_xml", "frozen_pdf", "xml", "pdf", "frozen_at", "school_name")
    return dict.fromkeys((*kept, "pupil_initials", "slots", "boxes")) | {
        "school_year": setting.results.school_year,
        "id": new_id(),
        "class_id": setting.results.class_id,
        "unit_id": setting.results.unit_id,
        "pupil_id": result.pupil_id,
        "version": standing.version_of(result.pupil_id),
        "state": TranscriptState.PARKED,
        "reason": PARKED.get(result.promotion),
    }


def stored(sheet: Sheet, objects: Objects) -> ClassSheetV1:
    """The sheet with its statement as a file, as signing is told of it."""
    return ClassSheetV1(
        sheet_id=new_id(),
        subject=sheet.subject,
        number=sheet.number,
        holder=sheet.teacher.person_id,
        name=sheet.teacher.name,
        size=sheet.size,
        root=sheet.root,
        statement=objects.put(sheet.statement),
    )


def _renderer() -> Renderer:
    if not hasattr(_own, "renderer"):
        _own.renderer = Renderer()
    renderer: Renderer = _own.renderer
    return renderer
