"""A mark file must be the open sheet's own; one fault refuses all of it, and every fault is told."""

from dataclasses import replace

import pytest

from services.chassis.workbook import WorkbookRefused
from services.gradebook.rules.tt22_2021 import CommentResult, SubjectKind
from services.gradebook.spreadsheets import ExpectedSheet, read_marks

HEADINGS = (
    "STT",
    "Lớp",
    "Mã định danh\nBộ GD&ĐT",
    "Họ và tên",
    "Ngày sinh",
    *(f"ĐĐGtx{number}" for number in range(1, 6)),
    "ĐĐGgk",
    "ĐĐGck",
    "Nhận xét",
)
TITLE = {"subject": "Môn học: Toán", "klass": "Lớp: 6A", "term": "Học kỳ: 1", "year": "Năm học: 2025-2026"}
AN, BINH = "0100000001", "0100000002"
EXPECTED = ExpectedSheet(
    class_name="6A",
    subject_name="Toán",
    term=1,
    school_year="2025-2026",
    kind=SubjectKind.SCORED,
    regular_count=4,
    pupil_codes=frozenset({AN, BINH}),
)
COMMENTS = replace(EXPECTED, kind=SubjectKind.COMMENT, regular_count=2)


def pupil(code, *marks, klass="6A", comment=""):
    """A row with its marks from ĐĐGtx1 on."""
    return (1, klass, code, "An", "02/03/2014", *marks, *[""] * (7 - len(marks)), comment)


@pytest.fixture
def read(xlsx):
    def reading(*rows, expected=EXPECTED, headings=HEADINGS, **title):
        lines = [(line,) for line in (TITLE | title).values()]
        return read_marks(xlsx([("TRƯỜNG THCS",), *lines, (), headings, *rows]), expected)

    return reading


@pytest.fixture
def faults_of(read):
    def faults(*rows, **given):
        with pytest.raises(WorkbookRefused) as refusal:
            read(*rows, **given)
        return [(problem.row, problem.column, problem.reason_code) for problem in refusal.value.problems]

    return faults


def test_marks_are_read_by_column_with_comma_point_or_number_and_an_empty_cell_is_not_zero(read):
    row, other = read(
        pupil(AN, "7,5", "8.0", 9, 0, "", "6,5", "", comment=" Chăm  chỉ "), pupil(BINH, "", 10, "", "", "", "", 5.5)
    )

    assert (row.pupil_code, row.comment) == (AN, "Chăm chỉ")
    assert {column: str(mark) for column, mark in row.marks.items()} == {
        "tx1": "7.5",
        "tx2": "8.0",
        "tx3": "9.0",
        "tx4": "0.0",
        "gk": "6.5",
        "ck": "None",
    }
    assert other.marks["tx1"] is None
    assert other.marks["ck"] == "5.5"
    assert other.comment is None


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
def test_a_comment_result_is_read_however_teachers_write_it(read, written, result):
    (row,) = read(pupil(AN, written), expected=COMMENTS)

    assert row.marks == {"tx1": result, "tx2": None, "gk": None, "ck": None}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("10.5", "bad_mark"),
        (10.1, "bad_mark"),
        ("-1", "bad_mark"),
        (7.25, "bad_mark"),
        ("7,25", "bad_mark"),
        ("abc", "not_a_number"),
        ("Đ", "not_a_number"),
    ],
)
def test_what_is_no_mark_is_refused_in_its_place(faults_of, cell, code):
    assert faults_of(pupil(AN, 7, cell)) == [(8, "G", code)]


def test_a_mark_in_a_comment_subject_is_refused(faults_of):
    assert faults_of(pupil(AN, "Đ", 8), expected=COMMENTS) == [(8, "G", "bad_comment_result")]


def test_more_marks_than_the_term_has_are_refused(faults_of):
    assert faults_of(pupil(AN, 7, 7, 7, 7, 7)) == [(8, "J", "too_many_marks")]


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ({"klass": "Lớp: 6B"}, "wrong_class"),
        ({"klass": "Lớp: 16A"}, "wrong_class"),
        ({"subject": "Môn học: Tin học"}, "wrong_subject"),
        ({"term": "Học kỳ: 2"}, "wrong_term"),
        ({"term": "HỌC KÌ II"}, "wrong_term"),
        ({"term": "Cả năm"}, "wrong_term"),
        ({"term": "Học kỳ: Cả năm"}, "wrong_term"),
        ({"year": "Năm học: 2024-2025"}, "wrong_year"),
        ({"klass": ""}, "missing_title"),
        ({"subject": "Môn học:"}, "wrong_subject"),
        ({"term": "Học kỳ:"}, "missing_title"),
        ({"year": "Năm học"}, "missing_title"),
    ],
)
def test_a_file_of_another_class_subject_term_or_year_is_refused(faults_of, title, code):
    assert faults_of(pupil(AN, 7), **title) == [(None, None, code)]


@pytest.mark.parametrize(
    "title",
    [
        {"klass": "LỚP : 6a"},
        {"term": "HỌC KÌ I"},
        {"term": "BẢNG ĐIỂM HỌC KỲ 1, NĂM HỌC 2025 - 2026", "year": ""},
        {"subject": "Môn: Toán - Lớp: 6A", "klass": ""},
    ],
)
def test_a_title_may_be_written_in_other_ways(read, title):
    assert len(read(pupil(AN, 7), **title)) == 1


def test_a_title_may_put_label_and_value_into_two_cells(xlsx):
    title = ("Môn học:", "Toán", "Lớp:", "6A", "Học kỳ:", "1", "Năm học:", "2025-2026")

    assert len(read_marks(xlsx([title, HEADINGS, pupil(AN, 7)]), EXPECTED)) == 1


def test_a_subject_name_may_hold_a_comma(read):
    name = "Hoạt động trải nghiệm, hướng nghiệp"

    assert read(pupil(AN, "Đ"), expected=replace(COMMENTS, subject_name=name), subject=f"Môn học: {name}")


def test_a_row_of_another_class_or_an_unknown_pupil_is_refused(faults_of):
    assert faults_of(pupil(AN, 7, klass="6B"), pupil("0199999999", 7)) == [
        (8, "B", "wrong_class"),
        (9, "C", "unknown_pupil"),
    ]


def test_a_pupil_who_comes_twice_is_refused(faults_of):
    assert faults_of(pupil(AN, 7), pupil(AN, 8)) == [(9, "C", "repeated_value")]


def test_all_faults_of_a_file_are_told_together(faults_of):
    faults = faults_of(pupil(AN, "abc", 10.5), pupil("x", 7.25), term="Học kỳ: 2")

    assert faults == [
        (None, None, "wrong_term"),
        (8, "F", "not_a_number"),
        (8, "G", "bad_mark"),
        (9, "C", "unknown_pupil"),
        (9, "F", "bad_mark"),
    ]


def test_a_missing_column_is_named(faults_of, read):
    with pytest.raises(WorkbookRefused) as refusal:
        read(pupil(AN, 7), headings=tuple(heading for heading in HEADINGS if heading != "ĐĐGgk"))

    assert [problem.value for problem in refusal.value.problems] == ["ĐĐGgk"]


def test_columns_beyond_the_term_may_be_left_out_of_the_file(read):
    headings = tuple(heading for heading in HEADINGS if heading != "ĐĐGtx5")
    row = (1, "6A", AN, "An", "02/03/2014", 7, 7, 7, 7, 8, 9, "")

    assert read(row, headings=headings)[0].marks["gk"] == "8.0"


def test_underscored_headings_are_known(read):
    headings = tuple(heading.replace("tx", "tx_") for heading in HEADINGS)

    assert read(pupil(AN, 7), headings=headings)[0].marks["tx1"] == "7.0"
