"""Schools in a tree of units, with locked results written straight into gradebook's tables."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from services.chassis.ids import new_id
from services.chassis.tables import unit_parents
from services.contracts.gradebook.results import Period
from services.contracts.identity import FindPeople, People, PersonV1, UnitKind
from services.gradebook.models.results import locks, results
from services.gradebook.models.school import classes, enrolments, school_years
from services.gradebook.repository import school
from services.gradebook.usecases.statistics import CountClassTask
from tests.integration.acting import Acting

YEAR = 2024
FOUNDED, REFORM = date(2020, 9, 1), date(2025, 7, 1)
LOCKED_AT = datetime(2025, 5, 28, 3, tzinfo=UTC)
LEVELS = ("Tốt", "Khá", "Đạt", "Chưa đạt", None)
PROMOTIONS = ("PROMOTED", "RETEST", "SUMMER_TRAINING", "NOT_PROMOTED")
TITLES = ("Học sinh Xuất sắc", "Học sinh Giỏi", None)
ETHNICITIES = ("Kinh", "Kinh", "Kinh", "Tày", "Mường", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A pupil with the year's result, as it was locked."""

    id: UUID
    unit_id: UUID
    class_id: UUID
    stage: str
    grade: int
    gender: str | None
    ethnicity: str | None
    result: dict[str, Any]
    personal_id: str | None = "000312000001"
    nationality: str = "Việt Nam"


@dataclass(slots=True)
class Province:
    """A department above communes above schools, and every pupil in them."""

    gradebook: Acting
    seed: int
    department: UUID = field(default_factory=new_id)
    pupils: dict[UUID, Pupil] = field(default_factory=dict)
    classes: dict[UUID, UUID] = field(default_factory=dict)
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a repeatable example, no secret
        self.gradebook.others.answers[FindPeople] = self.find_people
        with self.gradebook.db.transaction() as tx:
            school.make_partitions(tx, YEAR)

    def unit_below(self, parent_id: UUID, kind: UnitKind, since: date = FOUNDED, to: date | None = None) -> UUID:
        unit_id = new_id()
        self.place(unit_id, parent_id, kind, since, to)
        return unit_id

    def place(self, unit_id: UUID, parent_id: UUID, kind: UnitKind, since: date, to: date | None) -> None:
        row = {"unit_id": unit_id, "parent_id": parent_id, "kind": kind, "valid_from": since, "valid_to": to}
        self._insert(unit_parents, row | {"version": 1})

    def open_school(self, unit_id: UUID, stage: str = "THCS") -> None:
        self._insert(school_years, {"school_year": YEAR, "unit_id": unit_id, "stage": stage, "opened_at": LOCKED_AT})

    def school_below(self, parent_id: UUID, *, classes_each: int = 2, size: int = 8) -> UUID:
        """A school with classes of grades 6 and 9, not locked yet."""
        unit_id = self.unit_below(parent_id, UnitKind.SCHOOL)
        self.open_school(unit_id)
        for grade in (6, 9):
            for letter in "ABCD"[:classes_each]:
                self.add_class(unit_id, grade, f"{grade}{letter}", size)
        return unit_id

    def add_class(self, unit_id: UUID, grade: int, name: str, size: int, stage: str = "THCS") -> UUID:
        class_id = new_id()
        self.classes[class_id] = unit_id
        row = {"school_year": YEAR, "id": class_id, "unit_id": unit_id, "stage": stage, "name": name, "grade": grade}
        self._insert(classes, row | {"homeroom_id": new_id()})
        for _ in range(size):
            self.add_pupil(unit_id, class_id, grade, stage=stage)
        return class_id

    def add_pupil(self, unit_id: UUID, class_id: UUID, grade: int, *, stage: str = "THCS", **known: Any) -> Pupil:
        choice = self.dice.choice
        person = {"gender": choice(("Nam", "Nữ")), "ethnicity": choice(ETHNICITIES), "result": self.result()} | known
        pupil = Pupil(id=new_id(), unit_id=unit_id, class_id=class_id, grade=grade, stage=stage, **person)
        self.pupils[pupil.id] = pupil
        row = {"id": new_id(), "school_year": YEAR, "unit_id": unit_id, "class_id": class_id, "pupil_id": pupil.id}
        place = {"code": f"000{pupil.id.hex[-8:]}", "position": len(self.pupils), "version": 1}
        self._insert(enrolments, row | place | {"began_on": date(2024, 9, 5)})
        return pupil

    def result(self, **known: Any) -> dict[str, Any]:
        choice = self.dice.choice
        average = choice(("3.4", "3.5", "4.9", "5.0", "6.4", "6.5", "7.9", "8.0", "8.9", "9.0", "10.0", None))
        return {
            "level": choice(LEVELS),
            "conduct": choice(LEVELS),
            "promotion": choice(PROMOTIONS),
            "title": choice(TITLES),
            "absences": choice((0, 45, 46)),
            "subjects": [{"code": "TOAN", "year": average}, {"code": "GDTC", "year": choice(("Đ", "CĐ"))}],
        } | known

    def lock(self, class_id: UUID, period: Period = Period.YEAR) -> None:
        """Lock a class's results as the platform does: with the task to count them, in one transaction."""
        place = {"school_year": YEAR, "class_id": class_id, "period": period}
        rows = [
            place
            | {"pupil_id": one.id, "version": 1, "regulation": "TT22/2021", "inputs_digest": "", "result": one.result}
            for one in self.pupils.values()
            if one.class_id == class_id
        ]
        with self.gradebook.db.transaction() as tx:
            tx.conn.execute(insert(locks).values(place | {"locked_by": new_id(), "locked_at": LOCKED_AT}))
            if rows:
                tx.conn.execute(insert(results), rows)
            tx.later(CountClassTask(school_year=YEAR, class_id=class_id, period=period))

    def change(self, pupil: Pupil, version: int, **changed: Any) -> None:
        """A correction or second chance: the next version of a result."""
        row = {
            "school_year": YEAR, "class_id": pupil.class_id, "period": Period.YEAR, "pupil_id": pupil.id,
            "version": version, "regulation": "TT22/2021", "inputs_digest": "", "result": pupil.result | changed,
        }  # fmt: skip
        with self.gradebook.db.transaction() as tx:
            tx.conn.execute(insert(results).values(row))
            tx.later(CountClassTask(school_year=YEAR, class_id=pupil.class_id, period=Period.YEAR))

    def lock_all(self) -> None:
        for class_id in self.classes:
            self.lock(class_id)
        self.gradebook.work()

    def of(self, *unit_ids: UUID) -> Iterator[Pupil]:
        return (one for one in self.pupils.values() if one.unit_id in unit_ids)

    def find_people(self, asked: FindPeople) -> People:
        return People(people=tuple(_person(self.pupils[one]) for one in asked.person_ids if one in self.pupils))

    def _insert(self, table: Any, row: dict[str, Any]) -> None:
        with self.gradebook.db.transaction() as tx:
            tx.conn.execute(insert(table).values(row))


def _person(pupil: Pupil) -> PersonV1:
    return PersonV1(
        id=pupil.id,
        code=pupil.id.hex[-8:],
        name="Nguyễn Ví Dụ",
        born_on=None,
        gender=pupil.gender,
        ethnicity=pupil.ethnicity,
        nationality=pupil.nationality,
        personal_id=pupil.personal_id,
    )
