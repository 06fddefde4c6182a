"""Every spreadsheet of the invented school is read back as it was meant."""

from decimal import Decimal

import pytest

from deploy.demo.school import SCHOOL_YEAR, SUBJECTS, MarkKey, invent_schools
from deploy.demo.workbooks import comment_on, mark_template, pupil_list, staff_list, write_workbooks
from services.gradebook.spreadsheets import ExpectedSheet, MarkRow, PupilRow, PupilState, read_marks, read_pupils
from services.identity.spreadsheets import StaffRow, read_staff


@pytest.fixture(scope="module")
def schools():
    return invent_schools()


@pytest.fixture(scope="module")
def school(schools):
    return schools[0]


def test_the_pupil_list_is_read_back_equal(school):
    rows = read_pupils(pupil_list(school), class_codes=[school_class.code for school_class in school.classes])

    assert rows == tuple(
        PupilRow(
            class_code=pupil.class_code,
            pupil_code=pupil.code,
            full_name=pupil.person.full_name,
            born_on=pupil.person.born_on,
            sex=pupil.person.sex,
            state=PupilState.STUDYING,
            ethnicity=pupil.ethnicity,
            personal_id=pupil.person.personal_id,
        )
        for pupil in school.pupils
    )


def test_the_staff_list_is_read_back_equal(school):
    assert read_staff(staff_list(school)) == tuple(
        StaffRow(
            staff_code=member.code,
            full_name=member.person.full_name,
            email=member.email,
            state="Đang làm việc",
            position=member.position,
        )
        for member in school.staff
    )


def columns(marks):
    regular = {f"tx{place}": mark for place, mark in enumerate(marks.regular, 1)}
    return {key: stored(mark) for key, mark in (regular | {"gk": marks.midterm, "ck": marks.final}).items()}


def stored(mark):
    return f"{mark:.1f}" if isinstance(mark, Decimal) else str(mark)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.code)
@pytest.mark.parametrize(("class_code", "term"), [("6A", 1), ("8C", 2)])
def test_every_mark_sheet_is_read_back_equal(school, class_code, subject, term):
    pupils = school.pupils_of(class_code)
    expected = ExpectedSheet(
        class_name=class_code,
        subject_name=subject.name,
        term=term,
        school_year=SCHOOL_YEAR,
        kind=subject.kind,
        regular_count=subject.regular_count(int(class_code[0])),
        pupil_codes=frozenset(pupil.code for pupil in pupils),
    )

    rows = read_marks(mark_template(school, class_code=class_code, subject=subject, term=term), expected)

    marks = {pupil.code: school.marks[MarkKey(pupil.code, subject.code, term)] for pupil in pupils}
    assert rows == tuple(
        MarkRow(pupil_code=code, marks=columns(term_marks), comment=comment_on(term_marks.final))
        for code, term_marks in marks.items()
    )


def test_a_school_fills_a_folder_with_its_lists_and_one_file_per_sheet(schools, tmp_path):
    paths = write_workbooks(schools[1], tmp_path)

    assert len(paths) == 2 + 4 * len(SUBJECTS) * 2
    assert sorted(tmp_path.iterdir()) == sorted(paths)
