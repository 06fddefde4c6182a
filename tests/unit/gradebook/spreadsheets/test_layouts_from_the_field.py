"""Every layout that schools send is recognised and read: whose cell it is, what it says, where a person sees it."""

from dataclasses import replace

import pytest

from services.chassis.workbook import Fault, WorkbookRefused, bounded
from services.contracts.gradebook.results import Period
from services.gradebook.rules import tt27_2020
from services.gradebook.spreadsheets.imported import Half, ImportedRow, LayoutId, ListedPupil, PupilKey, PupilState, Sex
from services.gradebook.spreadsheets.layouts import LAYOUTS
from services.gradebook.spreadsheets.reading import read
from services.gradebook.spreadsheets.readings import a_quality
from tests.unit.chassis.workbook_files import xls, xlsx
from tests.unit.gradebook.spreadsheets import field_files as field
from tests.unit.gradebook.spreadsheets.field_files import AN, AN_BORN, AN_ID, AN_SERIAL, BINH, BINH_BORN, BINH_ID

AN_KEY = PupilKey(code=AN, personal_id=None, name="Đỗ Hoà An", born_on=AN_BORN)
BINH_KEY = PupilKey(code=BINH, personal_id=None, name="Lê Thị Bình", born_on=BINH_BORN)
AN_CELLS, BINH_CELLS = (AN, "Đỗ Hoà An", "02/03/2014"), (BINH, " Lê  Thị\nBình", "20-11-2014")

MARKS_1 = field.csdl_marks_1(
    [1, "6A", *AN_CELLS, "7,5", 8, "9.0", "", "", 6.5, "10", "Chăm chỉ"],
    [2, "6A", *BINH_CELLS, 0, "", "", "", "", "", "", ""],
)
MARKS_2 = field.csdl_marks_2([1, *AN_CELLS, "8 7,5  9", 6.5, 10, "8,4", "N12", "Chăm chỉ"], [2, *BINH_CELLS, 7])
COMMENTS = field.csdl_comments([1, *AN_CELLS, "8,4", "N12", "Chăm chỉ"])
COMMENT_SUBJECT = field.csdl_comment_subject([1, *AN_CELLS, "Đạt", "Hát hay"], [2, *BINH_CELLS, "CĐ", ""])
PRIMARY = field.csdl_primary([1, "3B", *AN_CELLS, "T", "Giỏi", "Hoàn thành", 9, "Khá"], [2, "3B", *BINH_CELLS, "c"])
RESULTS = field.csdl_primary_results(
    [1, "3B", *AN_CELLS, "T", 10, "H", 8, *"THTHTHTHT", *"TTĐ", *"TĐTCT", *"TTTĐT", "x", "X", "HTXS"],
    [2, "3B", *BINH_CELLS, "C", "4"],
)
VNEDU = field.vnedu_gradebook([1, "", *AN_CELLS[1:], "Nam", 7, "8,5", "", "", "", 6, 9, "7,8", "", "7,9"])
SOFTWARE = field.software_export(["1", "6A", "HS0017", *AN_CELLS, "7.5", "8", "", "", "6", "9"])
SOFTWARE_CSDL = field.software_export(
    ["1", "6A", AN_ID, *AN_CELLS[1:], "7.5", "8", "", "", "6", "9"], has_own_code=False
)
TABLE = field.mark_table(["1", *AN_CELLS[1:], "7", "8", "", "", "6", "9", "7,8"])
OLD = field.old_mark_table(["1", *AN_CELLS[1:], "7 8", "9", "6", "9", "7,8"])
SUMMARY_ROW = [*["7,9"] * 8, "Đ", "Đ", "CĐ", "Đ", "Khá", "Tốt", 1, 0, 1, ""]
SUMMARY = field.vnedu_summary([1, AN, AN_ID, *AN_CELLS[1:], *SUMMARY_ROW])
PUPILS = field.c1_pupils(
    ["6A", AN, AN_CELLS[1], AN_SERIAL, "Nam", "Đang học", "01/09/2025", "Kinh", "", AN_ID, "Ninh Bình"],
    ["6A", *BINH_CELLS, "Nữ", "Chuyển đến kỳ 1", "", "Tày", "Khiếm thính", "", ""],
)
PROFILE_MIDDLE = ["0900000000", *[""] * 8, "Đỗ Văn Cha", "Thợ", "1985", "", "", ""]
PROFILE = field.class_profile([1, *AN_CELLS, "Nam", "Kinh", "Đang học", *PROFILE_MIDDLE, "6A", "6", AN_ID])
ADMISSION = field.admission_list(
    ("1A", [[1, "Đỗ Hoà An", "02/03/2014", AN_ID, "", "Kinh", ""]]),
    ("1B", [[1, "Lê Thị Bình", "20/11/2014", BINH_ID, "x", "Tày", "x"]]),
)
STAFF = field.staff_list(["Vũ Văn Sơn", "0190000002", "son@example.vn", "Đang làm việc", "Giáo viên", "", "Toán"])

FILES = {
    LayoutId.CSDL_MARKS_1: MARKS_1,
    LayoutId.CSDL_MARKS_2: MARKS_2,
    LayoutId.CSDL_COMMENTS: COMMENTS,
    LayoutId.CSDL_COMMENT_SUBJECT: COMMENT_SUBJECT,
    LayoutId.CSDL_PRIMARY: PRIMARY,
    LayoutId.CSDL_PRIMARY_RESULTS: RESULTS,
    LayoutId.VNEDU_GRADEBOOK: VNEDU,
    LayoutId.VNEDU_SUMMARY: SUMMARY,
    LayoutId.SOFTWARE_EXPORT: SOFTWARE,
    LayoutId.SOFTWARE_CSDL_EXPORT: SOFTWARE_CSDL,
    LayoutId.MARK_TABLE: TABLE,
    LayoutId.OLD_MARK_TABLE: OLD,
    LayoutId.PUPIL_LIST: PUPILS,
    LayoutId.CLASS_PROFILE: PROFILE,
    LayoutId.ADMISSION_LIST: ADMISSION,
    LayoutId.STAFF_LIST: STAFF,
}
READABLE = {layout: rows for layout, rows in FILES.items() if layout is not LayoutId.STAFF_LIST}


def sheet_of(rows, **options):
    (sheet,) = read(xlsx(rows), **options).sheets
    return sheet


def refused(rows, **options):
    with pytest.raises(WorkbookRefused) as refusal:
        read(xlsx(rows), **options)
    return [(problem.row, problem.column, problem.reason_code) for problem in refusal.value.problems]


def test_every_layout_has_a_file_from_the_field():
    assert set(FILES) == set(LayoutId)


@pytest.mark.parametrize("layout", READABLE)
@pytest.mark.parametrize("write", [xlsx, xls])
def test_a_layout_is_recognised_in_either_workbook_format(layout, write):
    assert read(write(FILES[layout])).layout is layout


@pytest.mark.parametrize("layout", READABLE)
def test_decomposed_letters_read_the_same(layout):
    assert read(xlsx(field.decomposed(FILES[layout]))) == read(xlsx(FILES[layout]))


@pytest.mark.parametrize("layout", READABLE)
def test_an_old_workbook_and_a_bounded_process_read_the_same(layout):
    plain = read(xlsx(FILES[layout]))

    assert read(xls(FILES[layout])) == plain
    assert bounded(read, xlsx(FILES[layout])) == plain


@pytest.mark.parametrize("layout", READABLE)
def test_catalogue_sheets_do_not_matter_wherever_they_stand(layout):
    table = ("6A", FILES[layout])

    read_behind = read(xlsx([["Mã", "Tên"], ["1", "Kinh"]], sheet="Danh mục", more=[table, field.C1_CATALOGUE]))

    assert read_behind == read(xlsx(FILES[layout]))


def test_marks_of_template_1_go_to_their_pupils_and_columns():
    sheet = sheet_of(MARKS_1)

    assert (sheet.class_name, sheet.subject, sheet.term, sheet.school_year) == (
        "6A",
        "Toán",
        Period.TERM_1,
        "2025-2026",
    )
    assert sheet.rows == (
        ImportedRow(
            pupil=AN_KEY,
            values={"tx1": "7.5", "tx2": "8.0", "tx3": "9.0", "gk": "6.5", "ck": "10.0"},
            comments={"hk": "Chăm chỉ"},
        ),
        ImportedRow(pupil=BINH_KEY, values={"tx1": "0.0"}),
    )
    assert (sheet.page, sheet.rows[0].number, sheet.letters["tx1"], sheet.letters["hk"]) == ("Sheet1", 7, "F", "M")


def test_a_comment_subject_may_use_template_1():
    rows = field.csdl_marks_1([1, "6A", *AN_CELLS, "Đ", "\u00d0ạt", "C Đ", "Chưa đạt", "", "đ", "CĐ"])

    assert sheet_of(rows).rows[0].values == {"tx1": "Đ", "tx2": "Đ", "tx3": "CĐ", "tx4": "CĐ", "gk": "Đ", "ck": "CĐ"}


def test_several_marks_in_one_cell_of_template_2_are_told_apart():
    an, binh = sheet_of(MARKS_2).rows

    assert an.values == {"tx1": "8.0", "tx2": "7.5", "tx3": "9.0", "gk": "6.5", "ck": "10.0"}
    assert (an.stated, an.comments) == ({"tb": "8.4"}, {"hk_ma": "N12", "hk": "Chăm chỉ"})
    assert binh.values == {"tx1": "7.0"}


def test_what_a_comment_template_computes_is_stated_and_no_mark():
    (row,) = sheet_of(COMMENTS).rows
    an, binh = sheet_of(COMMENT_SUBJECT).rows

    assert (row.values, row.stated, row.comments) == ({}, {"tb": "8.4"}, {"hk_ma": "N12", "hk": "Chăm chỉ"})
    assert (an.values, an.stated, an.comments) == ({}, {"tb": "Đ"}, {"hk": "Hát hay"})
    assert binh.stated == {"tb": "CĐ"}


def test_a_primary_subject_has_levels_tests_and_comments_of_both_halves():
    sheet = sheet_of(PRIMARY)

    assert sheet.class_name == "3B"
    assert sheet.rows[0].values == {"gk_muc": "T", "ck_muc": "H", "ck_kt": "9"}
    assert sheet.rows[0].comments == {"gk": "Giỏi", "ck": "Khá"}
    assert sheet.rows[1].values == {"gk_muc": "C"}


def test_primary_results_become_a_sheet_a_subject_and_one_of_qualities():
    found = read(xlsx(RESULTS))
    sheets = {sheet.subject: sheet for sheet in found.sheets}

    assert len(sheets) == 12
    assert {sheet.class_name for sheet in found.sheets} == {"3B"}
    assert [row.values for row in sheets["Toán"].rows] == [
        {"ck_muc": "T", "ck_kt": "10"},
        {"ck_muc": "C", "ck_kt": "4"},
    ]
    assert sheets["Nghệ thuật (Mĩ thuật)"].rows[0].values == {"ck_muc": "T"}
    assert sheets["Nghệ thuật (Âm nhạc)"].rows[0].values == {"ck_muc": "H"}
    of_nobody = sheets[None].rows[0]
    assert len(of_nobody.values) == 13
    assert {
        key: of_nobody.values[key] for key in ("ck_tu_chu_tu_hoc", "ck_khoa_hoc", "ck_tham_mi", "ck_trung_thuc")
    } == {
        "ck_tu_chu_tu_hoc": "T",
        "ck_khoa_hoc": "T",
        "ck_tham_mi": "C",
        "ck_trung_thuc": "Đ",
    }
    assert of_nobody.summary == {"hoan_thanh": "x", "len_lop": "x", "xep_loai": "HTXS"}


def test_qualities_go_by_the_codes_of_the_law():
    written = {column.key for column in LAYOUTS[LayoutId.CSDL_PRIMARY_RESULTS].columns if column.parse is a_quality}

    assert written == {*tt27_2020.QUALITIES, *tt27_2020.GENERAL_COMPETENCES, *tt27_2020.SPECIFIC_COMPETENCES}


def test_primary_results_are_of_the_half_that_the_person_names():
    found = read(xlsx(RESULTS), half=Half.MIDTERM)

    assert found.sheets[0].half is Half.MIDTERM
    assert "gk_yeu_nuoc" in found.sheets[0].rows[0].values


def test_a_subject_of_another_grade_is_read_beside_the_competence_of_its_name():
    rows = [[*row] for row in RESULTS]
    rows[1][9] = "Khoa học"

    sheets = {sheet.subject: sheet for sheet in read(xlsx(rows)).sheets}

    assert sheets["Khoa học"].rows[0].values == {"ck_muc": "T"}
    assert sheets[None].rows[0].values["ck_khoa_hoc"] == "T"


def test_a_vnedu_gradebook_knows_its_pupils_by_name_and_birth_date():
    sheet = sheet_of(VNEDU)

    assert (sheet.class_name, sheet.subject, sheet.term) == ("6A", "Toán", None)
    assert sheet.rows == (
        ImportedRow(
            pupil=replace(AN_KEY, code=None),
            values={"tx1": "7.0", "tx2": "8.5", "gk": "6.0", "ck": "9.0"},
            stated={"tb_hk1": "7.8", "tb_cn": "7.9"},
        ),
    )


def test_a_vnedu_summary_states_averages_by_subject_and_summarises_the_term():
    found = read(
        xlsx(
            SUMMARY,
            sheet="6A",
            more=[("6B", field.vnedu_summary([1, BINH, "", *BINH_CELLS[1:], *SUMMARY_ROW], klass="6B"))],
        )
    )
    of_6a = {sheet.subject: sheet for sheet in found.sheets if sheet.class_name == "6A"}

    assert [sheet.class_name for sheet in found.sheets if sheet.subject == "Toán"] == ["6A", "6B"]
    assert list(of_6a) == [None, *field.VNEDU_SUBJECTS]
    assert (of_6a[None].term, of_6a[None].school_year) == (Period.TERM_2, "2025-2026")
    assert of_6a["LS&ĐL"].rows[0].stated == {"tb": "7.9"}
    assert of_6a["NDGDCĐP"].rows[0].stated == {"tb": "CĐ"}
    row = of_6a[None].rows[0]
    assert row.pupil == replace(AN_KEY, personal_id=AN_ID)
    assert row.summary == {"hoc_tap": "Khá", "ren_luyen": "Tốt", "nghi_p": "1", "nghi_k": "0", "nghi_tong": "1"}
    assert not any(row.values for sheet in found.sheets for row in sheet.rows)


def test_the_whole_year_is_not_the_second_term():
    (sheet, *_) = read(xlsx(field.vnedu_summary([1, AN, AN_ID, *AN_CELLS[1:], *SUMMARY_ROW], period="Cả năm"))).sheets

    assert sheet.term is Period.YEAR


def test_a_title_that_says_two_terms_is_refused():
    rows = [[*row] for row in SUMMARY]
    rows[1][7] = "Khối 6 - Lớp 6A - (Cả năm)"

    assert refused(rows) == [(None, None, "title_conflict")]


def test_a_school_software_export_gives_the_ministrys_code():
    sheet = sheet_of(SOFTWARE)

    assert (sheet.class_name, sheet.subject, sheet.term) == ("6A", "Toán", Period.TERM_1)
    assert sheet.rows == (ImportedRow(pupil=AN_KEY, values={"tx1": "7.5", "tx2": "8.0", "gk": "6.0", "ck": "9.0"}),)


def test_a_number_of_twelve_digits_is_a_personal_id_under_any_heading():
    assert sheet_of(SOFTWARE_CSDL).rows[0].pupil == replace(AN_KEY, code=None, personal_id=AN_ID)


@pytest.mark.parametrize("average", ["ĐTBmhkI", "TBmhk1", "ĐTBmhk1"])
def test_a_table_by_hand_tells_its_term_by_its_title_or_its_average(average):
    rows = field.mark_table(["1", *AN_CELLS[1:], "7", "8", "", "", "6", "9", "7,8"], average=average)

    sheet = sheet_of(rows)
    untitled = sheet_of(rows[4:])

    assert (sheet.class_name, sheet.term, sheet.rows[0].stated) == ("6A", Period.TERM_1, {"tb_hk1": "7.8"})
    assert (untitled.class_name, untitled.term) == ("6A", Period.TERM_1)


def test_old_headings_are_harmless_where_their_weights_are_the_same():
    assert sheet_of(OLD).rows[0].values == {"tx1": "7.0", "tx2": "8.0", "tx3": "9.0", "gk": "6.0", "ck": "9.0"}


def test_a_pupil_list_gives_dates_from_text_and_serial_numbers():
    assert read(xlsx(PUPILS)).pupils == (
        ListedPupil(
            class_name="6A",
            full_name="Đỗ Hoà An",
            born_on=AN_BORN,
            sex=Sex.MALE,
            code=AN,
            personal_id=AN_ID,
            state=PupilState.STUDYING,
            state_on=AN_BORN.replace(2025, 9, 1),
            ethnicity="Kinh",
        ),
        ListedPupil(
            class_name="6A",
            full_name="Lê Thị Bình",
            born_on=BINH_BORN,
            sex=Sex.FEMALE,
            code=BINH,
            state=PupilState.ARRIVED_IN_TERM_1,
            ethnicity="Tày",
            disability="Khiếm thính",
        ),
    )


def test_a_class_profile_keeps_contacts_and_parents_as_details():
    (an,) = read(xlsx(PROFILE)).pupils

    assert (an.class_name, an.code, an.personal_id, an.state) == ("6A", AN, AN_ID, PupilState.STUDYING)
    assert an.details == {
        "phone": "0900000000",
        "father": "Đỗ Văn Cha",
        "father_job": "Thợ",
        "father_born": "1985",
        "grade": "6",
    }


def test_an_admission_list_takes_each_class_from_the_row_above_its_pupils():
    an, binh = read(xlsx(ADMISSION)).pupils

    assert (an.class_name, an.sex, an.personal_id, an.disability) == ("1A", Sex.MALE, AN_ID, None)
    assert (binh.class_name, binh.sex, binh.ethnicity, binh.disability) == ("1B", Sex.FEMALE, "Tày", "x")


def test_a_staff_list_is_sent_to_where_staff_are_imported():
    assert refused(STAFF) == [(None, None, "staff_list")]


OF_TWO = [layout for layout in READABLE if layout is not LayoutId.ADMISSION_LIST and BINH in FILES[layout][-1]]


@pytest.mark.parametrize("layout", OF_TWO)
def test_rows_in_another_order_give_the_same_cells(layout):
    *above, an, binh = FILES[layout]

    assert _cells(read(xlsx([*above, binh, an]))) == _cells(read(xlsx([*above, an, binh])))


def _cells(found):
    rows = [(sheet.subject, replace(row, number=0)) for sheet in found.sheets for row in sheet.rows]
    return sorted(map(repr, [*rows, *(replace(pupil, number=0) for pupil in found.pupils)]))


def test_several_classes_in_one_table_become_a_sheet_each():
    rows = field.csdl_marks_1([1, "6A", *AN_CELLS, 7], [2, "6B", *BINH_CELLS, 8])
    rows[2] = []

    assert [(sheet.class_name, len(sheet.rows)) for sheet in read(xlsx(rows)).sheets] == [("6A", 1), ("6B", 1)]


def test_a_table_by_hand_may_name_the_class_in_each_row():
    rows = [
        row[:-1] for row in field.csdl_marks_1([1, "6A", *AN_CELLS, *[7] * 7, ""], [2, "6B", *BINH_CELLS, *[7] * 7, ""])
    ]
    rows[2] = []

    assert read(xlsx(rows)).layout is LayoutId.MARK_TABLE
    assert [sheet.class_name for sheet in read(xlsx(rows)).sheets] == ["6A", "6B"]


def test_a_title_may_name_both_halves_and_a_list_many_classes():
    both = [["ĐÁNH GIÁ GIỮA KỲ VÀ CUỐI KỲ"], *PRIMARY]
    many = [["Lớp 6A"], ["Lớp 6B"], *PUPILS]

    assert read(xlsx(both)).sheets == read(xlsx(PRIMARY)).sheets
    assert read(xlsx(many)).pupils == read(xlsx(PUPILS)).pupils


def test_what_vnedu_says_of_the_pupil_is_no_subject():
    rows = [[*row] for row in SUMMARY]
    rows[5][16], rows[7][16] = "Danh hiệu", "Học sinh Giỏi"

    assert "Danh hiệu" not in {sheet.subject for sheet in read(xlsx(rows)).sheets}


@pytest.mark.parametrize(
    ("cell", "code"),
    [("10.5", "bad_mark"), (7.25, "bad_mark"), ("-1", "bad_mark"), ("abc", "not_a_number"), ("7,5,1", "not_a_number")],
)
def test_what_is_no_mark_is_told_in_its_place(cell, code):
    rows = field.csdl_marks_1([1, "6A", *AN_CELLS, 7, cell])

    assert refused(rows) == [(7, "G", code)]


def test_a_formula_in_a_sheet_that_is_read_refuses_the_file_and_one_in_a_catalogue_does_not():
    formula = field.csdl_marks_1([1, "6A", *AN_CELLS, "=3+4"])
    beside = read(xlsx(MARKS_1, more=[("Danh mục", [["=1+1"]])]))

    assert refused(formula) == [(7, "F", "formula")]
    assert beside == read(xlsx(MARKS_1))


def test_every_problem_of_every_sheet_is_told_at_once():
    bad = field.csdl_marks_1(
        [1, "6A", AN, "", "31/02/2014", "x"],
        [2, "6A", *AN_CELLS, *["7"] * 6, 11],
    )
    worse = field.csdl_primary([1, "3B", *AN_CELLS, "Q"])

    with pytest.raises(WorkbookRefused) as refusal:
        read(xlsx(bad, more=[("Lớp 6B", bad)]))

    places = [(problem.sheet, problem.row, problem.column, problem.reason_code) for problem in refusal.value.problems]
    assert places == [
        (sheet, *place)
        for sheet in ("Sheet1", "Lớp 6B")
        for place in (
            (7, "D", "empty"),
            (7, "E", "not_a_date"),
            (7, "F", "not_a_number"),
            (8, "C", "repeated_value"),
            (8, "L", "bad_mark"),
        )
    ]
    assert refused(worse) == [(7, "F", "bad_level")]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (field.csdl_primary([1, "3B", *AN_CELLS, "T", "", "T", 7.5]), (7, "I", "bad_whole_mark")),
        (field.csdl_marks_2([1, *AN_CELLS, "7 8 9 8 7 6"]), (7, "E", "too_many_marks")),
        (field.csdl_primary_results([1, "3B", *AN_CELLS, *[""] * 13, "H"]), (4, "S", "bad_quality")),
        (field.csdl_primary_results([1, "3B", *AN_CELLS, *[""] * 26, "?"]), (4, "AF", "bad_tick")),
        (field.c1_pupils(["6A", *AN_CELLS, "?", "Đang học"]), (5, "E", "unknown_sex")),
        (field.admission_list(("1A", [[1, "An", "02/03/2014", "123", "", ""]])), (4, "D", "bad_personal_id")),
    ],
)
def test_each_kind_of_cell_has_its_own_reason(rows, place):
    assert refused(rows) == [place]


def test_a_file_of_no_known_layout_is_told_what_was_looked_for():
    with pytest.raises(WorkbookRefused) as refusal:
        read(xlsx([["Ngày", "Thực đơn"], ["Thứ hai", "Cơm"]]))

    (problem,) = refusal.value.problems
    assert problem.reason_code == "unknown_layout"
    assert "CSDL ngành, mẫu điểm 1" in problem.reason_vi
    assert "vnEdu" in problem.reason_vi


def test_a_reader_may_say_what_is_wrong_in_the_place_of_a_cell():
    sheet = sheet_of(MARKS_1)

    problem = sheet.problem(Fault(code="unknown_pupil", vi="", en=""), sheet.rows[1], "code", BINH)

    assert (problem.sheet, problem.row, problem.column, problem.value) == ("Sheet1", 8, "C", BINH)
