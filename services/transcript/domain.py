"""From a locked result to the frozen data of a transcript, and from a transcript to what may be said of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.gradebook.given import GivenYearV1
from services.contracts.gradebook.results import ClassResults, PupilResult, SubjectResult, TermSummary
from services.contracts.identity import PersonV1, UnitV1
from services.contracts.signing.documents import ON_PAPER, SlotRole
from services.contracts.transcript import SlotV1
from services.transcript.canonical import (
    Cluster,
    Corrections,
    Gender,
    Guardian,
    Kind,
    Pupil,
    Quality,
    School,
    SchoolClass,
    Schooling,
    Slot,
    Subject,
    Teacher,
    Term,
    TranscriptData,
    Year,
)
from services.transcript.xml_parts import reference_of

PARKED = {"RETEST": "RETEST", "SUMMER_TRAINING": "PENDING_SUMMER", "": "INCOMPLETE"}
"""Promotions that wait, with the reason that the parked transcript shows."""
PRIMARY = "TH"
"""The stage in which subject teachers do not sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a class's transcripts have in common: the class's results, the school, its people, its principal."""

    results: ClassResults
    unit: UnitV1
    people: Mapping[UUID, PersonV1]
    principal_id: UUID
    earlier: Mapping[UUID, tuple[Schooling, ...]] = field(default_factory=dict)
    """Each pupil's years before this one, the oldest first."""
    guardians: Mapping[UUID, tuple[Guardian, ...]] = field(default_factory=dict)


def freeze(setting: Setting, result: PupilResult, *, code: str, version: int, now: datetime) -> TranscriptData:
    """The data that all will sign: nothing changes after this."""
    return TranscriptData(
        code=code,
        version=version,
        origin="BORN_DIGITAL",
        frozen_at=now.replace(microsecond=0),
        stage=setting.results.stage,
        grade=setting.results.grade,
        school_year=setting.results.school_year,
        regulation=result.regulation,
        school=school_of(setting.unit),
        class_=SchoolClass(id=setting.results.class_id, name=setting.results.class_name),
        pupil=pupil_of(setting.people[result.pupil_id], setting.guardians.get(result.pupil_id, ())),
        schooling=(*setting.earlier.get(result.pupil_id, ()), _this_year(setting)),
        subjects=tuple(_subject(setting, subject) for subject in result.subjects),
        qualities=tuple(Quality(code=one.code, level=one.level, retest=one.retest) for one in result.qualities),
        qualities_comment=result.qualities_comment or None,
        terms=tuple(map(_term, result.terms)),
        year=_year(result),
        remark=result.remark,
        corrections=_corrections(result),
        slots=_slots(setting, result),
    )


def earlier_schooling(
    frozen: Iterable[TranscriptData], given: Iterable[GivenYearV1], *, before: int
) -> tuple[Schooling, ...]:
    """A pupil's years before a school year: by transcripts of ours, else by papers of other times."""
    ours = [data.schooling[-1] for data in frozen if data.schooling]
    theirs = [
        Schooling(
            school_year=year.school_year,
            class_name=year.class_name,
            school=year.school_name,
            commune=None,
            province=None,
        )
        for year in given
    ]
    by_year = {line.school_year: line for line in (*theirs, *ours)}
    return tuple(by_year[year] for year in sorted(by_year) if year < before)


def slots_of(slots: Iterable[Slot]) -> tuple[SlotV1, ...]:
    """The slots in order of signing, with what each covers."""
    return tuple(
        SlotV1(
            slot=slot.slot,
            role=slot.role,
            reference=reference_of(slot),
            holder=slot.holder,
            name=slot.name,
            on_pdf=slot.role in ON_PAPER,
        )
        for slot in slots
    )


def initials(name: str) -> str:
    """What a public page may show of a name: "Nguyễn Thị Bình An" is "N. T. B. A."."""
    return " ".join(f"{part[0]}." for part in name.split())


def _subject(setting: Setting, subject: SubjectResult) -> Subject:
    teacher, cluster = setting.people[subject.teacher_id], subject.cluster
    return Subject(
        code=subject.code,
        name=subject.name,
        kind=Kind(subject.kind),
        term1=subject.term1,
        term2=subject.term2,
        year=subject.year,
        test=subject.test,
        retest=subject.retest,
        comment=subject.comment or None,
        teacher=Teacher(person_id=teacher.id, name=teacher.name),
        is_elective=subject.is_elective,
        cluster=Cluster(term1=cluster.term1, term2=cluster.term2) if cluster else None,
    )


def _term(term: TermSummary) -> Term:
    return Term(
        term=1 if term.term == 1 else 2,
        level=term.level,
        conduct=term.conduct,
        absences=term.absences,
        unexcused=term.unexcused,
    )


def _year(result: PupilResult) -> Year:
    names = ("level", "conduct", "level_after", "conduct_after", "absences", "unexcused", "promotion", "completion")
    told: dict[str, Any] = {name: getattr(result, name) for name in names}
    return Year(**told, title=result.title, reasons=tuple(reason.vi for reason in result.reasons))


def _corrections(result: PupilResult) -> Corrections:
    """For the line that the paper prints below the table of subjects."""
    counts = result.corrections
    return Corrections(count=sum(one.count for one in counts), subjects=tuple(sorted(one.subject for one in counts)))


def seal_of(unit: UnitV1) -> Slot:
    """The place of the school's seal."""
    return Slot(slot=SlotRole.SEAL, role=SlotRole.SEAL, subject=None, holder=unit.id, name=unit.name)


def school_of(unit: UnitV1) -> School:
    names: dict[str, Any] = {
        name: getattr(unit, name) for name in ("code", "name", "commune", "province", "department")
    }
    return School(unit_id=unit.id, **names)


def pupil_of(person: PersonV1, guardians: tuple[Guardian, ...] = ()) -> Pupil:
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
        passport=person.passport,
        programme=person.programme,
        guardians=guardians,
    )


def _this_year(setting: Setting) -> Schooling:
    unit = setting.unit
    return Schooling(
        school_year=setting.results.school_year,
        class_name=setting.results.class_name,
        school=unit.name,
        commune=unit.commune,
        province=unit.province,
    )


def _slots(setting: Setting, result: PupilResult) -> tuple[Slot, ...]:
    """One for each subject's teacher except in primary, then homeroom teacher, principal, and the school's seal."""
    teachers = [
        _slot(setting, f"GVBM-{subject.code}", SlotRole.SUBJECT_TEACHER, subject.teacher_id, subject.code)
        for subject in result.subjects
        if setting.results.stage != PRIMARY
    ]
    homeroom = _slot(setting, SlotRole.HOMEROOM, SlotRole.HOMEROOM, setting.results.homeroom_id, None)
    return (
        *teachers,
        homeroom,
        _slot(setting, SlotRole.PRINCIPAL, SlotRole.PRINCIPAL, setting.principal_id, None),
        seal_of(setting.unit),
    )


def _slot(setting: Setting, slot: str, role: SlotRole, holder: UUID, subject: str | None) -> Slot:
    return Slot(slot=slot, role=role, subject=subject, holder=holder, name=setting.people[holder].name)
