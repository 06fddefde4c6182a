"""A class of three invented pupils with its locked year, as gradebook and identity tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.chassis.ids import new_id
from services.contracts.gradebook.given import FindGivenYears, GivenYears
from services.contracts.gradebook.results import (
    ClassResults,
    PupilResult,
    ReadClassResults,
    ReasonV1,
    SubjectResult,
    TakeResults,
    TermSummary,
)
from services.contracts.gradebook.school import SubjectKind
from services.contracts.identity import (
    FindGuardians,
    FindPeople,
    FindUnits,
    GuardianContact,
    GuardianContacts,
    People,
    PersonV1,
    UnitKind,
    Units,
    UnitV1,
)
from services.contracts.signing.class_sheets import ReadSheetFiles, SheetFiles

YEAR = 2025
MATHS, SPORT = "TOAN", "GDTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedClass:
    """Class, school and people by who they are; `promotions` are those of the pupils in order."""

    class_id: UUID = field(default_factory=new_id)
    unit_id: UUID = field(default_factory=new_id)
    maths_teacher: UUID = field(default_factory=new_id)
    sport_teacher: UUID = field(default_factory=new_id)
    homeroom: UUID = field(default_factory=new_id)
    principal: UUID = field(default_factory=new_id)
    pupils: tuple[UUID, ...] = field(default_factory=lambda: (new_id(), new_id(), new_id()))
    promotions: tuple[str, ...] = ("PROMOTED", "PROMOTED", "PROMOTED")

    @property
    def results(self) -> ClassResults:
        return ClassResults(
            school_year=YEAR,
            unit_id=self.unit_id,
            class_id=self.class_id,
            class_name="6A",
            stage="THCS",
            grade=6,
            homeroom_id=self.homeroom,
            results=tuple(self._result(*each) for each in zip(self.pupils, self.promotions, strict=True)),
        )

    @property
    def people(self) -> Mapping[UUID, PersonV1]:
        staff = {
            self.maths_teacher: "Phạm Quốc Vượng",
            self.sport_teacher: "Lý Văn Khoẻ",
            self.homeroom: "Đỗ Thị Hường",
            self.principal: "Nguyễn Hữu Nghĩa",
        }
        known = {person_id: _person(person_id, name) for person_id, name in staff.items()}
        names = zip(self.pupils, ("Trần Nguyễn Phương Uyên", "Vũ An", "Lê Thị Ví Dụ"), strict=True)
        return known | {pupil_id: _pupil(number, pupil_id, name) for number, (pupil_id, name) in enumerate(names)}

    @property
    def unit(self) -> UnitV1:
        return UnitV1(
            id=self.unit_id,
            kind=UnitKind.SCHOOL,
            code="00000001",
            name="Trường THCS Sông Mây",
            parent_id=None,
            commune="Xã Ví Dụ",
            province="Tỉnh Ví Dụ",
            department="Sở GDĐT tỉnh Ví Dụ",
        )

    def answers(self) -> dict[type, Any]:
        """What gradebook, identity and signing answer; no class sheet is signed yet."""
        return {
            ReadClassResults: self.results,
            TakeResults: self.results,
            FindPeople: self._find_people,
            FindUnits: Units(units=(self.unit,)),
            FindGivenYears: GivenYears(pupils=()),
            FindGuardians: GuardianContacts(contacts=(self.mother,)),
            ReadSheetFiles: SheetFiles(files=()),
        }

    @property
    def mother(self) -> GuardianContact:
        """The first pupil's."""
        return GuardianContact(
            pupil_id=self.pupils[0],
            guardian_id=self.pupils[0],
            name="Nguyễn Thị Ví Dụ",
            email="me@example.vn",
            relation="Mẹ",
        )

    def promoting(self, *promotions: str) -> "LockedClass":
        return replace(self, promotions=promotions)

    def _find_people(self, asked: FindPeople) -> People:
        return People(people=tuple(person for person in self.people.values() if person.id in asked.person_ids))

    def _result(self, pupil_id: UUID, promotion: str) -> PupilResult:
        reason = ReasonV1(code="attendance", clause="12(1)(c)", vi="Nghỉ 3 buổi, không quá 45 buổi.", en="3 absences.")
        return PupilResult(
            pupil_id=pupil_id,
            regulation="TT22/2021",
            subjects=(
                _subject(MATHS, "Toán", SubjectKind.SCORED, "8.3", self.maths_teacher),
                _subject(SPORT, "Giáo dục thể chất", SubjectKind.COMMENT, "Đ", self.sport_teacher),
            ),
            terms=tuple(TermSummary(term=term, level="Khá", conduct="Tốt", absences=term) for term in (1, 2)),
            level="Khá",
            conduct="Tốt",
            absences=3,
            promotion=promotion,
            title=None,
            reasons=(reason,),
            remark="Chăm ngoan, hoà đồng với bạn bè.",
        )


def _subject(code: str, name: str, kind: SubjectKind, result: str, teacher_id: UUID) -> SubjectResult:
    return SubjectResult(
        code=code,
        name=name,
        kind=kind,
        term1=result,
        term2=result,
        year=result,
        comment="Nắm vững kiến thức.",
        teacher_id=teacher_id,
    )


def _person(person_id: UUID, name: str) -> PersonV1:
    return PersonV1(
        id=person_id,
        code=person_id.hex[-10:],
        name=name,
        born_on=None,
        gender=None,
        ethnicity=None,
        nationality="Việt Nam",
        personal_id=None,
    )


def _pupil(number: int, pupil_id: UUID, name: str) -> PersonV1:
    return replace(
        _person(pupil_id, name),
        born_on=date(2014, 9, 1 + number),
        gender="Nữ",
        ethnicity="Kinh",
        personal_id=f"00031400001{number}",
    )
