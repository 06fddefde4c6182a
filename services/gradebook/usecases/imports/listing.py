"""A list of pupils beside the school as it is: whom it would enrol, place in a class, and end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.chassis.database import Tx
from services.contracts.gradebook.imports import (
    ConfirmedMatch,
    FilePlace,
    ListedRow,
    PupilCandidate,
    PupilChange,
    PupilsReport,
    PupilSuggestion,
    Said,
)
from services.gradebook.importing.faults import said
from services.gradebook.importing.matching import Match, matcher
from services.gradebook.importing.subjects import same_class
from services.gradebook.repository import enrolment, school
from services.gradebook.spreadsheets.imported import ListedPupil, PupilKey
from services.gradebook.usecases.enrolment import today
from services.gradebook.usecases.imports.reading import FileRead


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolNow:
    """Who is enrolled at the school this year, by pupil; its classes by id."""

    enrolled: Mapping[UUID, Row[Any]]
    classes: Mapping[UUID, str]
    today: date

    def class_named(self, name: str) -> UUID | None:
        return next((class_id for class_id, known in self.classes.items() if same_class(known, name)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A row of the list, whose it is, and what it would do; a pupil without a code is known by the personal ID."""

    listed: ListedPupil
    match: Match
    class_id: UUID | None = None
    change: PupilChange = PupilChange.UNCHANGED
    refused: Said | None = None

    @property
    def code(self) -> str:
        return self.listed.code or self.listed.personal_id or ""

    @property
    def place(self) -> FilePlace:
        return FilePlace(page=self.listed.page, row=self.listed.number)

    @property
    def is_at_school(self) -> bool:
        """Whether the list has the pupil in class; one that says nothing of states has all there."""
        return self.listed.state is None or self.listed.state.is_at_school


def school_now(tx: Tx, school_year: int, unit_id: UUID) -> SchoolNow:
    return SchoolNow(
        enrolled=enrolment.active_at(tx, school_year, unit_id),
        classes={one.id: one.name for one in school.classes_of(tx, school_year, unit_id)},
        today=today(tx),
    )


def planned(now: SchoolNow, read: FileRead, matches: Sequence[ConfirmedMatch] = ()) -> list[Planned]:
    """What each row would do, a confirmed one for the pupil who was confirmed."""
    match = matcher(read.known({pupil_id: row.code for pupil_id, row in now.enrolled.items()}))
    chosen = {(one.page, one.row): one.pupil_id for one in matches}
    seen: set[UUID] = set()
    rows = []
    for listed in read.imported.pupils:
        found = match(_key(listed))
        pupil_id = found.pupil_id or chosen.get((listed.page, listed.number))
        row = _planned(now, Planned(listed=listed, match=replace(found, pupil_id=pupil_id)))
        rows.append(replace(row, refused=said("written_twice")) if pupil_id in seen else row)
        seen |= {pupil_id} if pupil_id else set()
    return rows


def report_of(rows: Sequence[Planned], read: FileRead, now: SchoolNow) -> PupilsReport:
    told = [one for one in rows if one.refused or one.change is not PupilChange.UNCHANGED]
    return PupilsReport(
        rows=tuple(map(_row, told)),
        unchanged=len(rows) - len(told),
        suggestions=tuple(_suggestion(one, read, now) for one in rows if one.match.suggested),
    )


def _planned(now: SchoolNow, row: Planned) -> Planned:
    pupil = now.enrolled.get(row.match.pupil_id) if row.match.pupil_id else None
    if not row.is_at_school:
        return _leaving(now, row, pupil) if pupil is not None or row.match.suggested else row
    class_id = now.class_named(row.listed.class_name)
    row = replace(row, class_id=class_id)
    if class_id is None:
        return replace(row, refused=said("unknown_class", value=row.listed.class_name))
    if pupil is None:
        return _arriving(row)
    if pupil.class_id is None:
        return replace(row, change=PupilChange.PLACES)
    return row if pupil.class_id == class_id else replace(row, refused=said("in_other_class"))


def _arriving(row: Planned) -> Planned:
    row = replace(row, change=PupilChange.ENROLS)
    if row.match.suggested:
        return replace(row, refused=said("unconfirmed"))
    return row if row.code else replace(row, refused=said("no_code"))


def _leaving(now: SchoolNow, row: Planned, pupil: Row[Any] | None) -> Planned:
    row = replace(row, change=PupilChange.LEAVES)
    if pupil is None:
        return replace(row, refused=said("unconfirmed"))
    is_possible = pupil.began_on <= (row.listed.state_on or now.today) <= now.today
    return row if is_possible else replace(row, refused=said("impossible_leave"))


def _key(listed: ListedPupil) -> PupilKey:
    return PupilKey(code=listed.code, personal_id=listed.personal_id, name=listed.full_name, born_on=listed.born_on)


def _row(one: Planned) -> ListedRow:
    return ListedRow(
        place=one.place,
        name=one.listed.full_name,
        class_name=one.listed.class_name,
        code=one.code or None,
        change=one.change,
        since=one.listed.state_on,
        refused=one.refused,
    )


def _suggestion(one: Planned, read: FileRead, now: SchoolNow) -> PupilSuggestion:
    people = [read.people[pupil_id] for pupil_id in one.match.suggested]
    candidates = (
        PupilCandidate(pupil_id=person.id, code=now.enrolled[person.id].code, name=person.name, born_on=person.born_on)
        for person in people
    )
    return PupilSuggestion(place=one.place, name=one.listed.full_name, candidates=tuple(candidates))
