"""A pupil list is taken whole or refused whole, with every fault in its place."""

from datetime import date

import pytest

from services.chassis.workbook import WorkbookRefused
from services.gradebook.spreadsheets import PupilState, Sex, read_pupils

HEADINGS = (
    "Mã lớp",
    "Mã học sinh",
    "Họ tên",
    "Ngày sinh",
    "Giới tính",
    "Trạng thái HS",
    "Dân tộc",
    "Số định danh\ncá nhân",
)
AN = ("6A", "0100000001", "Nguyễn Văn An", "02/03/2014", "Nam", "Đang học", "Kinh", "000214000001")
BINH = ("6A", "0100000002", "Lê Thị Bình", 41700, "Nữ", "Chuyển đến kỳ 1", "Tày", "")


def changed(pupil, **cells):
    by_heading = dict(zip(("klass", "code", "name", "born", "sex", "state", "ethnicity", "id"), pupil, strict=True))
    return tuple((by_heading | cells).values())


@pytest.fixture
def read(xlsx):
    return lambda *pupils: read_pupils(xlsx([("DANH SÁCH HỌC SINH",), HEADINGS, *pupils]), class_codes=["6A", "6B"])


@pytest.fixture
def faults_of(read):
    def faults(*pupils):
        with pytest.raises(WorkbookRefused) as refusal:
            read(*pupils)
        return [(problem.row, problem.column, problem.reason_code) for problem in refusal.value.problems]

    return faults


def test_a_list_becomes_pupils_in_its_order(read):
    an, binh = read(AN, BINH)

    assert (an.class_code, an.pupil_code, an.full_name) == ("6A", "0100000001", "Nguyễn Văn An")
    assert (an.born_on, an.sex, an.personal_id) == (date(2014, 3, 2), Sex.MALE, "000214000001")
    assert (binh.born_on, binh.state, binh.personal_id) == (date(2014, 3, 2), PupilState.ARRIVED_IN_TERM_1, None)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"klass": "7A"}, (3, "A", "unknown_class")),
        ({"code": ""}, (3, "B", "empty")),
        ({"name": " "}, (3, "C", "empty")),
        ({"born": "31/02/2014"}, (3, "D", "not_a_date")),
        ({"born": ""}, (3, "D", "empty")),
        ({"sex": "x"}, (3, "E", "unknown_sex")),
        ({"state": "Đi chơi"}, (3, "F", "unknown_state")),
        ({"id": "00021400001"}, (3, "H", "bad_personal_id")),
        ({"id": 214000001}, (3, "H", "bad_personal_id")),  # typed as a number, the zeros in front are lost
    ],
)
def test_a_wrong_cell_refuses_the_file_and_is_named(faults_of, cells, fault):
    assert faults_of(changed(AN, **cells)) == [fault]


def test_all_faults_of_a_file_are_told_together(faults_of):
    faults = faults_of(changed(AN, klass="9Z", state="?"), changed(BINH, born="x"))

    assert faults == [(3, "A", "unknown_class"), (3, "F", "unknown_state"), (4, "D", "not_a_date")]


def test_a_code_or_personal_id_that_comes_twice_is_refused(faults_of):
    assert faults_of(AN, changed(BINH, code=AN[1])) == [(4, "B", "repeated_value")]
    assert faults_of(AN, changed(BINH, id=AN[7])) == [(4, "H", "repeated_value")]


def test_pupils_without_personal_id_do_not_clash(read):
    assert len(read(changed(AN, id=""), BINH)) == 2


def test_a_missing_column_is_named(xlsx):
    with pytest.raises(WorkbookRefused) as refusal:
        read_pupils(xlsx([HEADINGS[:5] + HEADINGS[6:], AN]), class_codes=["6A"])

    assert [problem.value for problem in refusal.value.problems] == ["Trạng thái HS"]


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
