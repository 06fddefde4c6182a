"""From a locked result to the frozen data of a transcript, and from a transcript to what may be said of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.gradebook.results import ClassResults, PupilResult, SubjectResult
from services.contracts.identity import PersonV1, UnitV1
from services.contracts.transcript import SlotV1
from services.transcript.canonical import (
    Corrections,
    Gender,
    Kind,
    Pupil,
    Role,
    School,
    SchoolClass,
    Slot,
    Subject,
    Teacher,
    Term,
    TranscriptData,
    Year,
)
from services.transcript.document_xml import reference_of

PARKED = {"RETEST": "RETEST", "SUMMER_TRAINING": "PENDING_SUMMER", "": "INCOMPLETE"}
"""Promotions that wait, with the reason that the parked transcript shows."""
ON_PDF = (Role.GVCN, Role.CBQL, Role.KY_PHAT_HANH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a class's transcripts have in common: the class's results, the school, its people, its principal."""

    results: ClassResults
    unit: UnitV1
    people: Mapping[UUID, PersonV1]
    principal_id: UUID


def freeze(setting: Setting, result: PupilResult, *, code: str, version: int, now: datetime) -> TranscriptData:
    """The data that all will sign: nothing changes after this."""
    subjects = tuple(_subject(setting, subject) for subject in result.subjects)
    return TranscriptData(
        code=code,
        version=version,
        origin="BORN_DIGITAL",
        frozen_at=now.replace(microsecond=0),
        stage=setting.results.stage,
        grade=setting.results.grade,
        school_year=setting.results.school_year,
        regulation=result.regulation,
        school=_school(setting.unit),
        class_=SchoolClass(id=setting.results.class_id, name=setting.results.class_name),
        pupil=_pupil(setting.people[result.pupil_id]),
        subjects=subjects,
        terms=tuple(
            Term(term=1 if one.term == 1 else 2, level=one.level, conduct=one.conduct, absences=one.absences)
            for one in result.terms
        ),
        year=Year(
            level=result.level,
            conduct=result.conduct,
            level_after=result.level_after,
            conduct_after=result.conduct_after,
            absences=result.absences,
            promotion=result.promotion,
            title=result.title,
            reasons=tuple(reason.vi for reason in result.reasons),
        ),
        remark=result.remark,
        corrections=_corrections(result),
        slots=_slots(setting, result),
    )


def slots_of(data: TranscriptData) -> tuple[SlotV1, ...]:
    """The slots in order of signing, with what each covers."""
    return tuple(
        SlotV1(
            slot=slot.slot,
            role=slot.role,
            reference=reference_of(slot),
            holder=slot.holder,
            name=slot.name,
            on_pdf=slot.role in ON_PDF,
        )
        for slot in data.slots
    )


def initials(name: str) -> str:
    """What a public page may show of a name: "Nguyễn Thị Bình An" is "N. T. B. A."."""
    return " ".join(f"{part[0]}." for part in name.split())


def _subject(setting: Setting, subject: SubjectResult) -> Subject:
    teacher = setting.people[subject.teacher_id]
    return Subject(
        code=subject.code,
        name=subject.name,
        kind=Kind(subject.kind),
        term1=subject.term1,
        term2=subject.term2,
        year=subject.year,
        retest=subject.retest,
        comment=subject.comment,
        teacher=Teacher(person_id=teacher.id, name=teacher.name),
    )


def _corrections(result: PupilResult) -> Corrections:
    """For the line that the paper prints below the table of subjects."""
    counts = result.corrections
    return Corrections(count=sum(one.count for one in counts), subjects=tuple(sorted(one.subject for one in counts)))


def _school(unit: UnitV1) -> School:
    names: dict[str, Any] = {
        name: getattr(unit, name) for name in ("code", "name", "commune", "province", "department")
    }
    return School(unit_id=unit.id, **names)


def _pupil(person: PersonV1) -> Pupil:
    if person.born_on is None or person.gender is None:
        raise ValueError(f"pupil {person.id} has no birth date or gender")
    return Pupil(
        person_id=person.id,
        code=person.code,
        personal_id=person.personal_id,
        name=person.name,
        born_on=person.born_on,
        gender=Gender(person.gender),
        ethnicity=person.ethnicity,
        nationality=person.nationality,
    )


def _slots(setting: Setting, result: PupilResult) -> tuple[Slot, ...]:
    """One for each subject's teacher, then homeroom teacher, principal, and the school's seal."""
    teachers = [
        _slot(setting, f"GVBM-{subject.code}", Role.GVBM, subject.teacher_id, subject.code)
        for subject in result.subjects
    ]
    unit = setting.unit
    seal = Slot(slot=Role.KY_PHAT_HANH, role=Role.KY_PHAT_HANH, subject=None, holder=unit.id, name=unit.name)
    homeroom = _slot(setting, Role.GVCN, Role.GVCN, setting.results.homeroom_id, None)
    return (*teachers, homeroom, _slot(setting, Role.CBQL, Role.CBQL, setting.principal_id, None), seal)


def _slot(setting: Setting, slot: str, role: Role, holder: UUID, subject: str | None) -> Slot:
    return Slot(slot=slot, role=role, subject=subject, holder=holder, name=setting.people[holder].name)
