"""A pupil who comes in the middle of a year brings the marks along, each attributed to where it was made."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.chassis.authority import Actor
from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.enrolment import (
    EarlierMark,
    EnterEarlierMarks,
    MovePupil,
    WithdrawPupil,
)
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.school import CreateClasses, NewClass, OpenSchoolYear
from services.gradebook.usecases.enrolment import Listed, enrol_listed, today
from tests.integration.gradebook.small_school import MATHS, SCAN, SPORT, YEAR, enrol


@pytest.fixture
def arrival(gradebook, school, other_school):
    """Moves the school's first pupil to the other school and has an admin there place the pupil in its class."""
    pupil_id = school.pupils[0]

    def move():
        gradebook.ask_as(
            "transfer",
            MovePupil(
                school_year=YEAR, pupil_id=pupil_id, from_unit_id=school.unit_id, to_unit_id=other_school.unit_id
            ),
        )
        there = {"unit_id": other_school.unit_id, "class_id": other_school.class_id, "admin": other_school.admin}
        enrol(gradebook, **there, codes=["0000999999"], known=[pupil_id])
        return replace(other_school, pupils=(*other_school.pupils, pupil_id))

    return move


def row_of(school, pupil_id, subject=MATHS, term=1):
    sheet = school.sheet(subject, term)
    values = next(row for row in sheet.rows if row.pupil_id == pupil_id).cells
    return {column.key: cell.value for column, cell in zip(sheet.head.columns, values, strict=True) if cell.value}


def test_marks_of_the_earlier_school_come_along_and_say_where_they_are_from(school, arrival):
    school.save(["7.5", "8.0", "8.0"])
    school.save(["Đ"], key="gk", subject=SPORT)
    school.save_conduct(1)

    there = arrival()

    mine = there.gradebook.sql(
        "SELECT basis FROM mark_history WHERE pupil_id = :id AND basis IS NOT NULL", id=school.pupils[0]
    )
    assert row_of(there, school.pupils[0]) == {"tx1": "7.5"}
    assert row_of(there, school.pupils[0], SPORT) == {"gk": "Đ"}
    assert {row.basis for row in mine} == {f"sheet:{school.sheets[subject, 1].id}" for subject in (MATHS, SPORT)}
    assert row_of(school, school.pupils[0]) == {"tx1": "7.5"}
    conduct = there.gradebook.sql("SELECT level FROM conduct WHERE class_id = :id", id=there.class_id)
    assert [row.level for row in conduct] == ["Tốt"]


def test_the_new_class_goes_on_from_the_marks_that_were_brought(school, arrival):
    school.save(["7.5"])

    there = arrival()
    replace(there, pupils=there.pupils[:3]).fill(1)
    newcomer = replace(there, pupils=there.pupils[3:])
    newcomer.save_conduct()
    for subject, value in ((MATHS, "8.0"), (SPORT, "Đ")):
        for column in there.sheets[subject, 1].columns:
            if (subject, column.key) != (MATHS, "tx1"):
                newcomer.save([value], key=column.key, subject=subject)

    assert there.lock(Period.TERM_1).pupils == 4


def test_what_a_school_outside_certified_is_entered_by_an_admin_on_its_evidence(school):
    newcomer = school.pupils[0]
    marks = (EarlierMark(subject=MATHS, term=1, key="tx1", value="6,5"),)
    command = EnterEarlierMarks(
        school_year=YEAR, pupil_id=newcomer, from_school="THCS Xa Lắc", evidence=SCAN, marks=marks
    )

    with pytest.raises(Forbidden):
        school.gradebook.ask(command, school.teacher)
    with pytest.raises(Invalid, match="evidence_required"):
        school.gradebook.ask(replace(command, evidence="học bạ giấy"), school.admin)
    with pytest.raises(Invalid):
        school.gradebook.ask(replace(command, from_school=" "), school.admin)
    kept = school.gradebook.ask(command, school.admin)

    (row,) = school.history()
    assert (kept.written, row.value, row.basis) == (1, "6.5", f"school:THCS Xa Lắc:{SCAN}")
    with pytest.raises(Invalid):
        school.gradebook.ask(replace(command, marks=(replace(marks[0], key="tx9"),)), school.admin)
    with pytest.raises(NotFound):
        school.gradebook.ask(replace(command, pupil_id=new_id()), school.admin)


def test_what_an_admin_brings_from_outside_takes_no_place_of_a_mark_that_stands(school):
    newcomer = school.pupils[0]
    school.save(["4.5"])
    marks = tuple(EarlierMark(subject=MATHS, term=1, key=key, value="9.5") for key in ("tx1", "gk"))
    command = EnterEarlierMarks(
        school_year=YEAR, pupil_id=newcomer, from_school="THCS Xa Lắc", evidence=SCAN, marks=marks
    )

    with pytest.raises(Refused, match="marks_stand") as refused:
        school.gradebook.ask(command, school.admin)
    assert refused.value.fields == {"places": f"{MATHS}/1/tx1"}
    assert row_of(school, newcomer) == {"tx1": "4.5"}

    school.gradebook.ask(replace(command, marks=(replace(marks[0], value="4,5"), marks[1])), school.admin)
    assert row_of(school, newcomer) == {"tx1": "4.5", "gk": "9.5"}


def test_who_stops_school_keeps_the_marks_and_lacks_nothing_any_more(school):
    leaver = school.pupils[0]
    school.save(["7.5"])
    with school.gradebook.db.transaction() as tx:
        day = today(tx)
    command = WithdrawPupil(school_year=YEAR, pupil_id=leaver, left_on=day, reason="Theo gia đình đi xa.")
    with pytest.raises(Invalid):
        school.gradebook.ask(replace(command, left_on=day + timedelta(days=1)), school.admin)

    left = school.gradebook.ask(command, school.admin)

    assert left.ended_on == day
    assert row_of(school, leaver) == {"tx1": "7.5"}
    with pytest.raises(Invalid, match="cells_invalid"):
        school.save(["9.0"], versions=[1])
    with pytest.raises(NotFound):
        school.gradebook.ask(command, school.admin)


def test_who_arrives_when_the_year_is_over_is_on_the_list_of_the_next(school, other_school):
    gradebook, pupil_id, next_year = school.gradebook, school.pupils[0], YEAR + 1
    there = {"school_year": next_year, "unit_id": other_school.unit_id}
    gradebook.ask(OpenSchoolYear(**there, stage="THCS", subjects=()), other_school.admin)
    first = NewClass(name="6A", grade=6, homeroom_id=other_school.homeroom)
    [room] = gradebook.ask(CreateClasses(**there, classes=(first,)), other_school.admin).classes
    move = {"from_unit_id": school.unit_id, "to_unit_id": other_school.unit_id}
    gradebook.ask_as("transfer", MovePupil(school_year=YEAR, pupil_id=pupil_id, **move))
    listed = Listed(pupil_id=pupil_id, code="0000999999", class_id=room.id)

    with gradebook.db.transaction() as tx:
        admin = Actor(account_id=other_school.admin, person_id=other_school.admin)
        enrol_listed(tx, **there, listed=[listed], actor=admin)

    rows = gradebook.sql("SELECT * FROM enrolments WHERE pupil_id = :id ORDER BY version", id=pupil_id)
    assert [(row.school_year, row.class_id, row.ended_as) for row in rows] == [
        (YEAR, school.class_id, "MOVED"),
        (YEAR, None, "YEAR_ENDED"),
        (next_year, room.id, None),
    ]
