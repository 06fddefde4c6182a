"""Years, classes, teachers and enrolment: opened once, placed once, at one school at a time."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from services.chassis.errors import Forbidden, Invalid, NotFound, Refused
from services.chassis.ids import new_id
from services.contracts.gradebook.assignments import AssignTeachers, NewAssignment
from services.contracts.gradebook.enrolment import FindEnrolment, FindLastEnrolment, MovePupil, PupilMovedV1
from services.contracts.gradebook.school import CreateClasses, NewClass, OpenSchoolYear
from services.contracts.identity import Role
from services.gradebook.models import YEARLY
from tests.integration.gradebook.small_school import MATHS, SPORT, YEAR


def move(school, to_unit_id, key=None):
    command = MovePupil(school_year=YEAR, pupil_id=school.pupils[0], from_unit_id=school.unit_id, to_unit_id=to_unit_id)
    return school.gradebook.ask_as("transfer", command, key=key)


def assign(school, subject=MATHS, class_id=None):
    assignment = NewAssignment(class_id=class_id or school.class_id, subject=subject, teacher_id=new_id())
    command = AssignTeachers(school_year=YEAR, unit_id=school.unit_id, assignments=(assignment,))
    return school.gradebook.ask(command, school.admin)


def moves(school):
    return [one for one in school.gradebook.told(PupilMovedV1) if one["record_id"] == str(school.pupils[0])]


def test_a_school_year_has_a_place_of_its_own_for_all_that_grows_with_marks(school):
    school.save(["7.5"])
    (row,) = school.gradebook.sql(
        "SELECT tableoid::regclass::text AS name FROM cells WHERE pupil_id = :id", id=school.pupils[0]
    )
    (keys,) = school.gradebook.sql("SELECT count(*) FROM idempotency_y2025")
    partitions = school.gradebook.sql("SELECT inhrelid::regclass::text AS name FROM pg_inherits")

    assert row.name == "cells_y2025"
    assert keys.count > 0
    assert {f"{table}_y2025" for table in YEARLY} <= {partition.name for partition in partitions}


def test_a_year_is_opened_once_by_the_schools_admin(school):
    command = OpenSchoolYear(school_year=YEAR, unit_id=school.unit_id, stage="THCS", subjects=())

    with pytest.raises(Refused, match="year_opened"):
        school.gradebook.ask(command, school.admin)
    with pytest.raises(Forbidden):
        school.gradebook.ask(command, school.principal)


@pytest.mark.parametrize("changed", [{"stage": "Đại học"}, {"school_year": 25}], ids=str)
def test_a_year_and_a_stage_that_do_not_exist_are_refused(school, changed):
    command = OpenSchoolYear(school_year=2030, unit_id=school.unit_id, stage="THCS", subjects=())

    with pytest.raises(Invalid):
        school.gradebook.ask(replace(command, **changed), school.admin)


def test_a_year_without_subjects_or_classes_yet_can_be_opened(school):
    here = {"school_year": 2030, "unit_id": school.unit_id}
    opened = school.gradebook.ask(OpenSchoolYear(**here, stage="THCS", subjects=()), school.admin)

    assert opened.subjects == 0
    assert school.gradebook.ask(CreateClasses(**here, classes=()), school.admin).classes == ()


def test_classes_belong_to_an_open_year_and_no_two_have_one_name(school):
    one = NewClass(name="6A", grade=6, homeroom_id=new_id())

    with pytest.raises(Refused, match="year_not_open"):
        school.gradebook.ask(CreateClasses(school_year=2031, unit_id=school.unit_id, classes=(one,)), school.admin)
    with pytest.raises(Refused, match="conflicting_write"):
        school.gradebook.ask(CreateClasses(school_year=YEAR, unit_id=school.unit_id, classes=(one,)), school.admin)


def test_a_subject_gets_a_sheet_for_each_term_with_the_columns_of_the_law(school):
    keys = {place: [column.key for column in head.columns] for place, head in school.sheets.items()}

    assert keys[MATHS, 1] == keys[MATHS, 2] == ["tx1", "tx2", "tx3", "tx4", "gk", "ck"]
    assert keys[SPORT, 1] == keys[SPORT, 2] == ["tx1", "tx2", "gk", "ck"]


def test_another_teacher_takes_over_only_sheets_without_marks(school):
    assigned = assign(school)
    school.save(["Đ"], subject=SPORT)

    assert {head.teacher_id for head in assigned.sheets if head.subject == MATHS} != {school.teacher}
    with pytest.raises(Refused, match="sheet_has_marks"):
        assign(school, subject=SPORT)


def test_teachers_are_assigned_to_the_schools_classes_and_subjects_alone(school):
    with pytest.raises(Invalid, match="unknown_class"):
        assign(school, class_id=new_id())
    with pytest.raises(Invalid, match="subject_not_taught"):
        assign(school, subject="LATINH")


def test_a_pupil_is_enrolled_at_one_school_at_a_time_whatever_a_program_does(school):
    again = """
        INSERT INTO enrolments (id, school_year, unit_id, pupil_id, code, position, version, began_on)
        VALUES (:id, 2025, :id, :pupil, '', 0, 2, now())
    """

    with pytest.raises(IntegrityError, match="enrolments_one_active_key"):
        school.gradebook.sql(again, id=new_id(), pupil=school.pupils[0])


def test_a_pupil_who_moves_leaves_one_school_and_enters_the_other_in_one_step(school):
    there = new_id()

    enrolment = move(school, there)

    rows = school.gradebook.sql("SELECT * FROM enrolments WHERE pupil_id = :id ORDER BY version", id=school.pupils[0])
    assert (enrolment.unit_id, enrolment.class_id, enrolment.ended_on) == (there, None, None)
    assert [(row.unit_id, row.ended_on) for row in rows] == [(school.unit_id, enrolment.began_on), (there, None)]
    assert [(one["version"], one["to_unit_id"]) for one in moves(school)] == [(2, str(there))]


def test_a_pupil_who_has_left_keeps_a_row_that_is_written_no_more(school):
    leaver = school.pupils[0]
    school.save(["7.5"])
    move(school, new_id())

    row = next(row for row in school.sheet().rows if row.pupil_id == leaver)

    assert (row.is_enrolled, row.cells[0].value) == (False, "7.5")
    with pytest.raises(Invalid, match="cells_invalid"):
        school.save(["9.0"], versions=[1])


def test_a_move_asked_for_again_with_its_key_happens_once(school):
    there = new_id()

    assert move(school, there, key="một lần") == move(school, there, key="một lần")
    assert len(moves(school)) == 1


def test_a_pupil_who_has_left_cannot_be_moved_from_there_again(school):
    move(school, new_id())

    with pytest.raises(Refused, match="not_enrolled_there"):
        move(school, new_id())


def test_of_two_moves_at_once_one_happens(school, pool):
    def attempt(to_unit_id):
        try:
            return move(school, to_unit_id)
        except Refused as refusal:
            return refusal.code

    answers = list(pool.map(attempt, [new_id(), new_id()]))

    assert answers.count("gradebook.not_enrolled_there") == 1
    assert len(moves(school)) == 1


def test_no_person_moves_a_pupil(school):
    command = MovePupil(school_year=YEAR, pupil_id=school.pupils[0], from_unit_id=school.unit_id, to_unit_id=new_id())

    with pytest.raises(Forbidden):
        school.gradebook.ask(command, school.admin)


def test_where_a_pupil_is_enrolled_is_told_to_the_schools_leaders_and_to_transfer(school):
    question = FindEnrolment(pupil_id=school.pupils[0])

    assert school.gradebook.ask(question, school.principal).class_id == school.class_id
    assert school.gradebook.ask_as("transfer", question).unit_id == school.unit_id
    for stranger in (school.teacher, school.gradebook.grant(Role.ADMIN, new_id())):
        with pytest.raises(NotFound):
            school.gradebook.ask(question, stranger)


def test_where_a_pupil_was_last_enrolled_at_a_school_is_told_to_transcript_alone(school):
    move(school, new_id())
    question = FindLastEnrolment(pupil_id=school.pupils[0], unit_id=school.unit_id)

    last = school.gradebook.ask_as("transcript", question)

    assert (last.unit_id, last.class_id) == (school.unit_id, school.class_id)
    assert last.ended_on is not None
    with pytest.raises(NotFound):
        school.gradebook.ask_as("transcript", replace(question, unit_id=new_id()))
    with pytest.raises(Forbidden):
        school.gradebook.ask(question, school.principal)
