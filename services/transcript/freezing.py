"""Freezing a class: read its locked results and its people, then make each pupil's data, XML and PDF."""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from services.chassis import authority
from services.chassis.ids import new_code, new_id
from services.chassis.objects import Objects
from services.chassis.service import Outside
from services.contracts.gradebook.given import FindGivenYears
from services.contracts.gradebook.results import ClassResults, PupilResult, ReadClassResults
from services.contracts.identity import FindGuardians, FindPeople, FindUnits, Role
from services.contracts.messages import Task
from services.contracts.transcript import BoxV1, FreezeClass, TranscriptState
from services.transcript import domain, repository
from services.transcript.canonical import Guardian, Schooling, TranscriptData, from_canonical, to_canonical
from services.transcript.document_xml import write
from services.transcript.domain import PARKED, Setting
from services.transcript.errors import NoForm, NoPrincipal
from services.transcript.render import Renderer, has_form

LEADERS = (Role.ADMIN, Role.PRINCIPAL)
"""Who may have a class frozen."""
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
    """What freezing made: rows ready to be stored, and how many transcripts the class has in all."""

    unit_id: UUID
    expected: int
    rows: tuple[dict[str, Any], ...]


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
    results = outside.ask(ReadClassResults(school_year=task.school_year, class_id=task.class_id), timeout=30)
    with outside.db.transaction() as tx:
        standing = repository.standing_of(tx, task.school_year, task.class_id)
        principals, now = repository.principals_of(tx, results.unit_id), tx.now()
    if len(principals) != 1:
        raise NoPrincipal(count=len(principals))
    due = [
        result
        for result in results.results
        if result.pupil_id in standing.parked or not (task.parked_only or result.pupil_id in standing.frozen)
    ]
    setting = _setting(results, principals[0], outside)
    pupil_ids = [result.pupil_id for result in due]
    setting = replace(
        setting,
        earlier=_earlier(task.school_year, pupil_ids, outside),
        guardians=_guardians(pupil_ids, outside),
    )
    rows = [_row(setting, result, standing.due.get(result.pupil_id, 1), now, outside.objects) for result in due]
    return Frozen(unit_id=results.unit_id, expected=len(results.results), rows=tuple(rows))


def _setting(results: ClassResults, principal_id: UUID, outside: Outside) -> Setting:
    teachers = {subject.teacher_id for result in results.results for subject in result.subjects}
    wanted = {*teachers, *(result.pupil_id for result in results.results), results.homeroom_id, principal_id}
    people = outside.ask(FindPeople(person_ids=tuple(sorted(wanted))), timeout=30).people
    unit = outside.ask(FindUnits(unit_ids=(results.unit_id,))).units[0]
    return Setting(
        results=results, unit=unit, people={person.id: person for person in people}, principal_id=principal_id
    )


def _earlier(school_year: int, pupil_ids: list[UUID], outside: Outside) -> dict[UUID, tuple[Schooling, ...]]:
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


def _guardians(pupil_ids: list[UUID], outside: Outside) -> dict[UUID, tuple[Guardian, ...]]:
    found: dict[UUID, tuple[Guardian, ...]] = {}
    for one in outside.ask(FindGuardians(pupil_ids=tuple(pupil_ids)), timeout=30).contacts:
        found[one.pupil_id] = (*found.get(one.pupil_id, ()), Guardian(relation=one.relation, name=one.name))
    return found


def _row(setting: Setting, result: PupilResult, version: int, now: datetime, objects: Objects) -> dict[str, Any]:
    """The pupil's next version, frozen, or parked with the reason."""
    row = _empty_row(setting, result) | {"version": version}
    if result.promotion in PARKED:
        return row | {"state": TranscriptState.PARKED, "reason": PARKED[result.promotion]}
    data = domain.freeze(setting, result, code=new_code(), version=version, now=now)
    return row | _documents(data, objects)


def _documents(data: TranscriptData, objects: Objects) -> dict[str, Any]:
    """The XML first: it refuses text that must not be printed."""
    xml = objects.put(write(data))
    rendered = _renderer().render(data)
    pdf = objects.put(rendered.pdf)
    boxes: Sequence[BoxV1] = [BoxV1(**asdict(box)) for box in rendered.boxes]
    frozen = {
        "state": TranscriptState.FROZEN,
        "code": data.code,
        "canonical": objects.put(to_canonical(data)),
        "frozen_xml": xml,
        "frozen_pdf": pdf,
        "xml": xml,
        "pdf": pdf,
        "frozen_at": data.frozen_at,
        "school_name": data.school.name,
        "pupil_initials": domain.initials(data.pupil.name),
    }
    return repository.frozen_row(frozen, domain.slots_of(data.slots), boxes)


def _empty_row(setting: Setting, result: PupilResult) -> dict[str, Any]:
    """Every column, so that rows of parked and frozen transcripts can be written together."""
    kept = ("reason", "code", "canonical", "frozen_xml", "frozen_pdf", "xml", "pdf", "frozen_at", "school_name")
    return dict.fromkeys((*kept, "pupil_initials", "slots", "boxes")) | {
        "school_year": setting.results.school_year,
        "id": new_id(),
        "class_id": setting.results.class_id,
        "unit_id": setting.results.unit_id,
        "pupil_id": result.pupil_id,
    }


def _renderer() -> Renderer:
    if not hasattr(_own, "renderer"):
        _own.renderer = Renderer()
    renderer: Renderer = _own.renderer
    return renderer
