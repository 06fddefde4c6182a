"""Every spreadsheet of the invented school is read back as it was meant."""

from decimal import Decimal

import pytest

from deploy.demo.school import SCHOOL_YEAR, SUBJECTS, MarkKey, invent_schools
from deploy.demo.workbooks import comment_on, mark_template, pupil_list, staff_list, write_workbooks
from services.contracts.gradebook.results import Period
from services.gradebook.spreadsheets.imported import PupilState
from services.gradebook.spreadsheets.reading import read
from services.identity.spreadsheets import StaffRow, read_staff


@pytest.fixture(scope="module")
def schools():
    return invent_schools()


@pytest.fixture(scope="module")
def school(schools):
    return schools[0]


def test_the_pupil_list_is_read_back_equal(school):
    listed = read(pupil_list(school)).pupils

    assert [(one.class_name, one.code, one.sex, one.state, one.ethnicity) for one in listed] == [
        (pupil.class_code, pupil.code, pupil.person.sex, PupilState.STUDYING, pupil.ethnicity)
        for pupil in school.pupils
    ]
    assert [(one.full_name, one.born_on, one.personal_id) for one in listed] == [
        (pupil.person.full_name, pupil.person.born_on, pupil.person.personal_id) for pupil in school.pupils
    ]


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
    (sheet,) = read(mark_template(school, class_code=class_code, subject=subject, term=term)).sheets

    marks = {
        pupil.code: school.marks[MarkKey(pupil.code, subject.code, term)] for pupil in school.pupils_of(class_code)
    }
    assert (sheet.class_name, sheet.subject, sheet.school_year) == (class_code, subject.name, SCHOOL_YEAR)
    assert sheet.term is (Period.TERM_1, Period.TERM_2)[term - 1]
    assert {row.pupil.code: (row.values, row.comments) for row in sheet.rows} == {
        code: (columns(term_marks), {"hk": comment_on(term_marks.final)}) for code, term_marks in marks.items()
    }


def test_a_school_fills_a_folder_with_its_lists_and_one_file_per_sheet(schools, tmp_path):
    paths = write_workbooks(schools[1], tmp_path)

    assert len(paths) == 2 + 4 * len(SUBJECTS) * 2
    assert sorted(tmp_path.iterdir()) == sorted(paths)
