"""Cells are understood however teachers write them, and a pupil's state says whether the pupil is at school."""

import pytest

from services.chassis.workbook.cells import Unreadable
from services.gradebook.rules.tt22_2021 import CommentResult
from services.gradebook.spreadsheets.imported import PupilState
from services.gradebook.spreadsheets.readings import a_comment_result, a_mark


@pytest.mark.parametrize(
    ("written", "result"),
    [
        ("Đ", CommentResult.ACHIEVED),
        ("\u00d0", CommentResult.ACHIEVED),  # the Icelandic letter
        ("đạt", CommentResult.ACHIEVED),
        ("CĐ", CommentResult.NOT_ACHIEVED),
        ("C\u00d0", CommentResult.NOT_ACHIEVED),
        ("C Đ", CommentResult.NOT_ACHIEVED),
        ("Chưa đạt", CommentResult.NOT_ACHIEVED),
    ],
)
def test_a_comment_result_is_read_however_teachers_write_it(written, result):
    assert a_comment_result(written) is result


@pytest.mark.parametrize(("written", "mark"), [("7,5", "7.5"), ("8.0", "8.0"), (9, "9.0"), (0, "0.0"), ("10", "10.0")])
def test_a_mark_has_a_comma_a_point_or_is_a_number_and_zero_is_a_mark(written, mark):
    assert str(a_mark(written)) == mark


@pytest.mark.parametrize("written", ["10.5", 10.1, "-1", 7.25, "7,25", "abc", "Đ", ""])
def test_what_is_no_mark_cannot_be_read(written):
    with pytest.raises(Unreadable):
        a_mark(written)


@pytest.mark.parametrize(
    ("state", "present"),
    [
        (PupilState.STUDYING, True),
        (PupilState.ARRIVED_IN_SUMMER, True),
        (PupilState.RETURNED_IN_TERM_2, True),
        (PupilState.MOVED_IN_TERM_1, False),
        (PupilState.LEFT_IN_SUMMER, False),
    ],
)
def test_a_pupil_who_came_back_is_at_school_and_one_who_moved_or_left_is_not(state, present):
    assert state.is_at_school is present
