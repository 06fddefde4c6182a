"""An invented lower-secondary school with a whole year of marks; the same seed gives the same school."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import NamedTuple

from deploy.demo.people import Person, email_of, invent_person
from services.gradebook.rules.tt22_2021 import CommentResult, Level, Result, SubjectKind, regular_assessments

SCHOOL_YEAR = "2025-2026"
FIRST_YEAR = 2025
TERMS = (1, 2)
SCORED, COMMENT = SubjectKind.SCORED, SubjectKind.COMMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A subject of the programme of 2018; ``periods`` are those of a year in each grade, 6 to 9."""

    code: str
    name: str
    kind: SubjectKind
    periods: tuple[int, int, int, int]
    teachers: int

    def regular_count(self, grade: int) -> int:
        return regular_assessments(self.kind, self.periods[grade - 6])


def _subject(code: str, name: str, kind: SubjectKind, periods: int, teachers: int) -> Subject:
    return Subject(code=code, name=name, kind=kind, periods=(periods,) * 4, teachers=teachers)


SUBJECTS = (
    _subject("VAN", "Ngữ văn", SCORED, 140, 3),
    _subject("TOAN", "Toán", SCORED, 140, 3),
    _subject("NN1", "Ngoại ngữ 1", SCORED, 105, 3),
    _subject("GDCD", "Giáo dục công dân", SCORED, 35, 2),
    _subject("LSDL", "Lịch sử và Địa lí", SCORED, 105, 3),
    _subject("KHTN", "Khoa học tự nhiên", SCORED, 140, 3),
    Subject(code="CN", name="Công nghệ", kind=SCORED, periods=(35, 35, 52, 52), teachers=2),
    _subject("TIN", "Tin học", SCORED, 35, 2),
    _subject("GDTC", "Giáo dục thể chất", COMMENT, 70, 2),
    _subject("NT", "Nghệ thuật", COMMENT, 70, 2),
    _subject("HDTN", "Hoạt động trải nghiệm, hướng nghiệp", COMMENT, 105, 3),
    _subject("GDDP", "Nội dung giáo dục của địa phương", COMMENT, 35, 1),
)
HOMEROOM_SUBJECTS = ("VAN", "TOAN", "NN1", "KHTN")  # their teachers hold homerooms, three classes to a subject


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolClass:
    """A class of the year; ``homeroom_code`` is its homeroom teacher's staff code."""

    code: str
    grade: int
    homeroom_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    code: str
    person: Person
    email: str
    position: str
    duties: str | None
    subject_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    full_name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A pupil with the homeroom teacher's figures of both terms: conduct and absences (buổi)."""

    code: str
    class_code: str
    person: Person
    ethnicity: str
    guardian: Guardian
    conduct: tuple[Level, Level]
    absences: tuple[int, int]


class MarkKey(NamedTuple):
    pupil_code: str
    subject_code: str
    term: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermMarks:
    """All assessments of one pupil in one subject and term."""

    regular: tuple[Result, ...]
    midterm: Result
    final: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school and its year; ``teacher_codes`` gives the staff code by (class code, subject code)."""

    code: str
    name: str
    classes: tuple[SchoolClass, ...]
    staff: tuple[StaffMember, ...]
    teacher_codes: Mapping[tuple[str, str], str]
    principal_code: str
    admin_code: str
    clerk_code: str  # keeps the seal
    pupils: tuple[Pupil, ...]
    marks: Mapping[MarkKey, TermMarks]

    def pupils_of(self, class_code: str) -> tuple[Pupil, ...]:
        return tuple(pupil for pupil in self.pupils if pupil.class_code == class_code)

    def with_finals(self, finals: Mapping[tuple[str, str], Decimal]) -> "School":
        """The school with final marks of term 2 replaced, by (pupil code, subject code)."""
        changed = {
            MarkKey(pupil, subject, 2): replace(self.marks[MarkKey(pupil, subject, 2)], final=final)
            for (pupil, subject), final in finals.items()
        }
        return replace(self, marks={**self.marks, **changed})


def invent_schools() -> tuple[School, School]:
    """The school of the demonstration, 12 classes of 40, and a small one for pupils to move to."""
    return (
        invent_school(1, "Trường THCS Sao Biển Xanh", letters="ABC", class_size=40),
        invent_school(2, "Trường THCS Đồi Thông Nhỏ", letters="A", class_size=12),
    )


def invent_school(number: int, name: str, *, letters: str, class_size: int) -> School:
    """A school of grades 6 to 9, a class for each letter; `number` tells schools apart and seeds what is invented."""
    rng = Random(number)  # noqa: S311  # invented marks, not secrets
    staff = _invent_staff(rng, number)
    by_subject = {
        subject.code: [member.code for member in staff if member.subject_name == subject.name] for subject in SUBJECTS
    }
    names = [f"{grade}{letter}" for grade in range(6, 10) for letter in letters]
    classes = tuple(
        SchoolClass(code=code, grade=int(code[0]), homeroom_code=_homeroom(by_subject, index))
        for index, code in enumerate(names)
    )
    pupils = tuple(
        _invent_pupil(rng, number, index, classes[index // class_size]) for index in range(len(classes) * class_size)
    )
    office = [member.code for member in staff if member.subject_name is None]
    return School(
        code=f"{number:08}",
        name=name,
        classes=classes,
        staff=staff,
        teacher_codes=_teacher_codes(by_subject, names),
        principal_code=office[0],
        admin_code=office[1],
        clerk_code=office[2],
        pupils=pupils,
        marks=_invent_marks(rng, classes, pupils),
    )


def _teacher_codes(by_subject: Mapping[str, list[str]], class_codes: list[str]) -> dict[tuple[str, str], str]:
    return {
        (class_code, subject): teachers[index % len(teachers)]
        for index, class_code in enumerate(class_codes)
        for subject, teachers in by_subject.items()
    }


def _homeroom(by_subject: Mapping[str, list[str]], index: int) -> str:
    """A teacher of the class itself, no one twice among twelve classes."""
    teachers = by_subject[HOMEROOM_SUBJECTS[index // 3]]
    return teachers[index % len(teachers)]


OFFICE = (
    ("Hiệu trưởng", "Cán bộ quản lý"),
    ("Nhân viên công nghệ thông tin", "Quản trị hệ thống"),
    ("Nhân viên văn thư", "Giữ con dấu"),
)


def _invent_staff(rng: Random, school_number: int) -> tuple[StaffMember, ...]:
    posts: list[tuple[str, str | None, str | None]] = [(position, duties, None) for position, duties in OFFICE]
    posts += [("Giáo viên", None, subject.name) for subject in SUBJECTS for _ in range(subject.teachers)]
    return tuple(_invent_member(rng, school_number, index, post) for index, post in enumerate(posts))


def _invent_member(
    rng: Random, school_number: int, index: int, post: tuple[str, str | None, str | None]
) -> StaffMember:
    position, duties, subject_name = post
    person = invent_person(rng, born_in=rng.randrange(1968, 1999), serial=school_number * 10_000 + 9000 + index)
    return StaffMember(
        code=f"{school_number:02}9{index:07}",
        person=person,
        email=email_of(person.full_name, school_number * 100 + index),
        position=position,
        duties=duties,
        subject_name=subject_name,
    )


ETHNICITIES = ("Kinh", "Tày", "Nùng", "Mường")
CONDUCTS = (Level.GOOD, Level.FAIR, Level.ACHIEVED, Level.NOT_ACHIEVED)


def _invent_pupil(rng: Random, school_number: int, index: int, school_class: SchoolClass) -> Pupil:
    person = invent_person(rng, born_in=FIRST_YEAR - 5 - school_class.grade, serial=school_number * 10_000 + index)
    surname = person.full_name.split()[0]
    parent = invent_person(rng, born_in=1984, serial=school_number * 10_000 + 5000 + index, surname=surname)
    return Pupil(
        code=f"{school_number:02}{index:08}",
        class_code=school_class.code,
        person=person,
        ethnicity=rng.choices(ETHNICITIES, (90, 5, 3, 2))[0],
        guardian=Guardian(full_name=parent.full_name, email=email_of(parent.full_name, school_number * 10_000 + index)),
        conduct=(rng.choices(CONDUCTS, (70, 22, 7, 1))[0], rng.choices(CONDUCTS, (75, 19, 5, 1))[0]),
        absences=(rng.randrange(7), rng.randrange(7)),
    )


WEAK_SHARE = 0.03
TENTHS = 10


def _invent_marks(rng: Random, classes: tuple[SchoolClass, ...], pupils: tuple[Pupil, ...]) -> dict[MarkKey, TermMarks]:
    grades = {school_class.code: school_class.grade for school_class in classes}
    return {
        MarkKey(pupil.code, subject.code, term): _invent_term(rng, subject, grades[pupil.class_code], talent)
        for pupil in pupils
        for ability in [_invent_ability(rng)]
        for subject in SUBJECTS
        for talent in [ability + rng.gauss(0, 0.5)]
        for term in TERMS
    }


def _invent_ability(rng: Random) -> float:
    """What a pupil reaches on average; a few are weak enough to be held back."""
    return rng.uniform(3.6, 4.4) if rng.random() < WEAK_SHARE else min(9.3, max(5.8, rng.gauss(7.4, 1)))


def _invent_term(rng: Random, subject: Subject, grade: int, talent: float) -> TermMarks:
    regular = [_invent_result(rng, subject, talent + 0.4) for _ in range(subject.regular_count(grade))]
    return TermMarks(
        regular=tuple(regular),
        midterm=_invent_result(rng, subject, talent),
        final=_invent_result(rng, subject, talent),
    )


def _invent_result(rng: Random, subject: Subject, talent: float) -> Result:
    if subject.kind is SubjectKind.COMMENT:
        return CommentResult.ACHIEVED
    tenths = round(rng.gauss(talent, 0.6) * TENTHS)
    return Decimal(min(10 * TENTHS, max(0, tenths))) / TENTHS
