"""Lists of pupils: shown row by row, then enrolled, placed and ended as shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.chassis import authority
from services.chassis.authority import Actor
from services.chassis.codec import decode
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.service import Outside
from services.contracts.gradebook.enrolment import WithdrawPupil
from services.contracts.gradebook.imports import (
    ApplyPupils,
    ImportApplied,
    ImportKind,
    ImportState,
    ImportV1,
    PreviewPupils,
    PupilChange,
    PupilsReport,
)
from services.contracts.identity import NewPupil, RegisterPupils, Role
from services.gradebook.errors.files import ImportHasRefusals, ImportMovedOn, NotOfThisKind, NotSuggested
from services.gradebook.repository import enrolment, imports
from services.gradebook.repository.imports import KeptImport
from services.gradebook.usecases.enrolment import Listed, enrol_listed, withdraw_pupil
from services.gradebook.usecases.imports.applying import hold_import
from services.gradebook.usecases.imports.listing import Planned, SchoolNow, planned, report_of, school_now
from services.gradebook.usecases.imports.preview import get_import, keep
from services.gradebook.usecases.imports.reading import FileRead, parse
from services.gradebook.usecases.people import people_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The list read again, None where it is applied already; and by code the persons who are new."""

    read: FileRead | None = None
    ids: Mapping[str, UUID] = field(default_factory=dict)


def read_list(command: PreviewPupils, outside: Outside) -> FileRead:
    """The list, and who identity knows at the school; only an admin of the school has a file parsed."""
    with outside.db.transaction() as tx:
        if outside.actor is None or not authority.holds(tx, outside.actor, (Role.ADMIN,), command.unit_id):
            raise NotFound(unit_id=command.unit_id)
    return _read(command.school_year, command.unit_id, command.file, outside)


def preview_pupils(tx: Tx, command: PreviewPupils, actor: Actor, read: FileRead) -> ImportV1:
    """Say row by row what the list would do; nothing is written."""
    now = school_now(tx, command.school_year, command.unit_id)
    report = report_of(planned(now, read), read, now)
    return keep(tx, command, actor, layout=read.imported.layout, content=[], report=report)


def register_new(command: ApplyPupils, outside: Outside) -> Registered:
    """Have identity register those who are new, before the transaction that enrols them."""
    if outside.actor is None:
        raise NotFound(import_id=command.import_id)
    with outside.db.transaction() as tx:
        kept = hold_import(tx, command, outside.actor, ImportKind.PUPILS)
    if kept.state is ImportState.APPLIED:
        return Registered()
    unit_id = kept.shown.unit_id
    read = _read(command.school_year, unit_id, kept.shown.file, outside)
    with outside.db.transaction() as tx:
        rows = _to_apply(school_now(tx, command.school_year, unit_id), read, command, kept)
    new = tuple(_new_pupil(one) for one in rows if one.change is PupilChange.ENROLS)
    if not new:
        return Registered(read=read)
    answer = outside.ask(RegisterPupils(unit_id=unit_id, pupils=new), timeout=30)
    return Registered(read=read, ids={ref.code: ref.person_id for ref in answer.pupils})


def apply_pupils(tx: Tx, command: ApplyPupils, actor: Actor, registered: Registered) -> ImportV1:
    """Enrol, place and end as shown; what has changed at the school meanwhile refuses the whole."""
    kept = hold_import(tx, command, actor, ImportKind.PUPILS)
    if kept.state is not ImportState.APPLIED and registered.read is not None:
        now = school_now(tx, command.school_year, kept.shown.unit_id)
        rows = _to_apply(now, registered.read, command, kept)
        enrol_listed(tx, command.school_year, kept.shown.unit_id, _present(rows, now, registered.ids), actor)
        for withdrawal in _withdrawals(rows, now, command.school_year):
            withdraw_pupil(tx, withdrawal, actor)
        imports.note_applied(tx, command.school_year, command.import_id, _counted(rows))
    return imports.as_import(get_import(tx, command.school_year, command.import_id), tx.now())


def _read(school_year: int, unit_id: UUID, file: str, outside: Outside) -> FileRead:
    imported = parse(file, outside)
    if not imported.pupils:
        raise NotOfThisKind(found="bảng điểm (marks)")
    with outside.db.transaction() as tx:
        pupils = enrolment.active_at(tx, school_year, unit_id)
    return FileRead(imported=imported, people=people_of(pupils, outside))


def _to_apply(now: SchoolNow, read: FileRead, command: ApplyPupils, kept: KeptImport) -> list[Planned]:
    """The rows that are not refused; the file and the school must still come to what was shown."""
    shown = decode(PupilsReport, kept.shown.report)
    if report_of(planned(now, read), read, now) != shown:
        raise ImportMovedOn
    suggested = {
        (one.place.page, one.place.row, candidate.pupil_id) for one in shown.suggestions for candidate in one.candidates
    }
    wrong = [one for one in command.matches if (one.page, one.row, one.pupil_id) not in suggested]
    if wrong:
        raise NotSuggested(count=len(wrong))
    rows = planned(now, read, command.matches)
    count = sum(one.refused is not None for one in rows)
    if count and not command.leave_out_refused:
        raise ImportHasRefusals(count=count)
    return [one for one in rows if one.refused is None]


def _new_pupil(one: Planned) -> NewPupil:
    listed = one.listed
    return NewPupil(
        code=one.code,
        name=listed.full_name,
        born_on=listed.born_on,
        gender=listed.sex.value,
        ethnicity=listed.ethnicity or "",
        personal_id=listed.personal_id,
    )


def _present(rows: Sequence[Planned], now: SchoolNow, ids: Mapping[str, UUID]) -> list[Listed]:
    """Whom the list has in class; who is enrolled already keeps the code of that enrolment."""
    present = []
    for one in rows:
        known = now.enrolled.get(one.match.pupil_id) if one.match.pupil_id else None
        pupil_id, code = (known.pupil_id, known.code) if known else (ids.get(one.code), one.code)
        if one.is_at_school and one.class_id and pupil_id:
            present.append(Listed(pupil_id=pupil_id, code=code, class_id=one.class_id))
    return present


def _withdrawals(rows: Sequence[Planned], now: SchoolNow, school_year: int) -> list[WithdrawPupil]:
    return [
        WithdrawPupil(
            school_year=school_year,
            pupil_id=one.match.pupil_id,
            left_on=one.listed.state_on or now.today,
            reason=one.listed.state.value,
        )
        for one in rows
        if one.change is PupilChange.LEAVES and one.match.pupil_id and one.listed.state
    ]


def _counted(rows: Sequence[Planned]) -> ImportApplied:
    count = {change: sum(one.change is change for one in rows) for change in PupilChange}
    return ImportApplied(
        enrolled=count[PupilChange.ENROLS], placed=count[PupilChange.PLACES], left=count[PupilChange.LEAVES]
    )
