"""What an entry window opens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.gradebook.school import SubjectKind
from services.contracts.gradebook.sheets import SheetHead
from services.contracts.gradebook.windows import OpenWindow, WindowKind, WindowV1
from services.gradebook.windows import for_column, is_open, meets, over

OPENS_AT = datetime(2026, 1, 5, tzinfo=UTC)
SCHOOL, CLASS_6A, CLASS_6B = UUID(int=1), UUID(int=2), UUID(int=3)
WHOLE_SCHOOL = WindowV1(
    id=UUID(int=9),
    school_year=2025,
    unit_id=SCHOOL,
    term=1,
    kind=WindowKind.MARKS,
    opens_at=OPENS_AT,
    closes_at=OPENS_AT + timedelta(hours=1),
)
SHEET = SheetHead(
    id=UUID(int=8),
    school_year=2025,
    unit_id=SCHOOL,
    class_id=CLASS_6A,
    class_name="6A",
    grade=6,
    subject="TOAN",
    subject_name="Toán",
    kind=SubjectKind.SCORED,
    is_elective=False,
    term=1,
    teacher_id=UUID(int=7),
    columns=(),
)


def wanted(**narrowed):
    return OpenWindow(
        school_year=2025, unit_id=SCHOOL, term=1, kind=WindowKind.MARKS, closes_at=WHOLE_SCHOOL.closes_at, **narrowed
    )


def test_a_window_is_open_from_its_opening_until_just_before_its_closing():
    moment = timedelta(microseconds=1)

    assert is_open(WHOLE_SCHOOL, WHOLE_SCHOOL.opens_at)
    assert is_open(WHOLE_SCHOOL, WHOLE_SCHOOL.closes_at - moment)
    assert not is_open(WHOLE_SCHOOL, WHOLE_SCHOOL.closes_at)
    assert not is_open(WHOLE_SCHOOL, WHOLE_SCHOOL.opens_at - moment)


@pytest.mark.parametrize(
    "narrowed", [{}, {"grade": 6}, {"class_id": CLASS_6A}, {"subject": "TOAN"}, {"column_key": "ck"}]
)
def test_a_window_over_the_whole_school_or_a_part_of_it_opens_the_sheets_within(narrowed):
    assert over([replace(WHOLE_SCHOOL, **narrowed)], SHEET)


@pytest.mark.parametrize("narrowed", [{"grade": 7}, {"class_id": CLASS_6B}, {"subject": "VAN"}])
def test_a_window_opens_nothing_beyond_what_it_names(narrowed):
    assert over([replace(WHOLE_SCHOOL, **narrowed)], SHEET) == []


def test_a_window_over_one_column_leaves_the_others_closed():
    final = replace(WHOLE_SCHOOL, column_key="ck")

    assert for_column([final], "ck") == [final]
    assert for_column([final], "gk") == []
    assert for_column([WHOLE_SCHOOL], "gk") == [WHOLE_SCHOOL]


def test_two_windows_meet_where_some_cell_is_in_both():
    of_grade_6 = replace(WHOLE_SCHOOL, grade=6)

    assert meets(WHOLE_SCHOOL, wanted(subject="TOAN", column_key="ck"))
    assert meets(of_grade_6, wanted(subject="TOAN"))
    assert not meets(of_grade_6, wanted(grade=7))
