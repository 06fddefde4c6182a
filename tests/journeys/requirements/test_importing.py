"""Files instead of typing: shown before they are written, and exams' results sent as one file (R13, R19, R36)."""

import pytest

from deploy.demo.school import SUBJECTS
from deploy.demo.workbooks import mark_template
from tests.journeys.requirements.schools import YEAR, sheet_path

CIVICS = next(one for one in SUBJECTS if one.code == "GDCD")
CELLS = 3 * 4  # three pupils; two regular assessments, mid-term, final


@pytest.fixture(scope="module")
def room(lower):
    return lower.classes["6C"]


@pytest.fixture(scope="module")
def preview(lower, room):
    """Sends the teacher's workbook of civics in term 2, which is not yet applied."""

    def send(workbook):
        return lower.teacher.upload(f"{lower.path}/mark-previews", workbook, sheet_id=room.sheets["GDCD", 2]["id"])

    return send


def test_a_teachers_workbook_is_shown_cell_by_cell_written_whole_and_comes_back_unchanged(lower, room, preview):
    """R19, R36."""
    shown = preview(mark_template(lower.paper, class_code=room.name, subject=CIVICS, term=2))
    assert len([one for one in shown["marks"]["changes"] if one["part"] == "MARK"]) == CELLS
    assert room.values("GDCD", "ck", term=2) == [(None, 0)] * 3

    applied = lower.teacher.post(f"{YEAR}/imports/{shown['id']}/marks")
    exported = lower.teacher.download(f"{sheet_path(room.sheets['GDCD', 2])}/exports/csdl_marks_1")

    assert applied["applied"]["marks"] == CELLS
    assert [version for _, version in room.values("GDCD", "ck", term=2)] == [1] * 3
    again = preview(exported)["marks"]
    assert (again["changes"], again["refused"]) == ([], [])


def test_an_exams_results_are_sent_as_one_file_and_copied_into_the_centralised_column(lower):
    """R13."""
    room = lower.classes["9B"]
    codes = [pupil.code for pupil in lower.paper.pupils if pupil.class_code == room.name]
    column = {"grade": 9, "subject": "TOAN", "term": 1, "key": "ck"}
    lower.admin.put(f"{lower.path}/centralised-columns", column | {"is_centralised": True})
    exam = lower.admin.post(f"{lower.path}/exams", {"name": "Kiểm tra cuối kỳ", "subjects": ["TOAN"]})
    results = f"SBD,TOAN\n{codes[0]},8.25\n{codes[1]},6.2\n{codes[2]},11\n9999999999,7.0\n"

    place = f"{YEAR}/exams/{exam['id']}"
    answered = lower.admin.upload(f"{place}/mark-imports", results.encode(), name="results.csv")
    copied = lower.admin.post(f"{place}/units/{lower.unit_id}/copies", column | {"exam_subject": "TOAN"})

    assert answered["rows"] == {"WRITTEN": 2, "BAD_VALUE": 1, "UNKNOWN_CANDIDATE": 1}
    assert copied["written"] == 2
    assert [value for value, _ in room.values("TOAN", "ck")] == ["8.3", "6.2", None]
