"""What stands in a book: marks as the law's books write them, averages by the law, corrections, and who is gone."""

from dataclasses import replace

import pytest

from services.contracts.gradebook.books import BookFormat, ClassBook
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.sheets import CellState, Scale
from services.gradebook.books.averages import values_of
from services.gradebook.books.printing import class_book, file_name, teacher_book
from services.gradebook.books.source import Result, Sheet
from services.gradebook.books.writing import outcome, written
from services.gradebook.domain import Cell
from tests.unit.gradebook.books.invented_class import (
    PRINTED_AT,
    corrected,
    locked,
    primary_class,
    secondary_class,
    source_of,
    taught_by,
)


def table_of(book, name: str):
    return next(table for table in book.tables if table.name == name)


def with_marks(sheet: Sheet, pupil_id, *values: str | CellState) -> Sheet:
    cells = {
        one.id: Cell(state=value) if isinstance(value, CellState) else Cell(state=CellState.VALUE, value=value)
        for one, value in zip(sheet.columns, values, strict=True)
    }
    return replace(sheet, cells={**sheet.cells, pupil_id: cells})


@pytest.mark.parametrize(
    ("cell", "scale", "text"),
    [
        (Cell(state=CellState.VALUE, value="7.5"), Scale.MARK, "7,5"),
        (Cell(state=CellState.VALUE, value="10.0"), Scale.MARK, "10,0"),
        (Cell(state=CellState.VALUE, value="9"), Scale.TEST, "9"),
        (Cell(state=CellState.VALUE, value="CĐ"), Scale.PASS, "CĐ"),
        (Cell(state=CellState.VALUE, value="T"), Scale.LEVEL, "T"),
        (Cell(state=CellState.MISSED_UNEXCUSED), Scale.MARK, "0*"),
        (Cell(state=CellState.MISSED_UNEXCUSED), Scale.PASS, "CĐ*"),
        (Cell(state=CellState.MISSED_UNEXCUSED), Scale.LEVEL, "*"),
        (Cell(state=CellState.MISSED_EXCUSED), Scale.MARK, "v"),
        (Cell(state=CellState.EXEMPT), Scale.MARK, "M"),
        (Cell(), Scale.MARK, ""),
    ],
)
def test_a_cell_is_written_as_the_laws_books_write_it(cell, scale, text):
    assert written(cell, scale) == text


def test_the_average_of_a_running_term_is_the_laws_and_counts_a_mark_missed_without_a_reason_as_zero():
    record = secondary_class(1, size=3)
    pupil, sheet = record.pupils[0], record.sheets[2]
    marks = ("9.0", CellState.MISSED_UNEXCUSED, "8.0", "7.0", "8.0", "8.5")

    values = values_of(replace(record, sheets=(with_marks(sheet, pupil.id, *marks),)))[pupil.id]

    assert values.terms[1] == {sheet.subject: "7.3"}  # (9 + 0 + 8 + 7 + 2 × 8 + 3 × 8,5) / 9


@pytest.mark.parametrize("waiting", [CellState.EMPTY, CellState.MISSED_EXCUSED])
def test_no_average_is_shown_while_a_mark_is_still_to_come(waiting):
    record = secondary_class(1, size=3)
    pupil, sheet = record.pupils[0], record.sheets[2]
    marks = ("9.0", waiting, "8.0", "7.0", "8.0", "8.5")

    values = values_of(replace(record, sheets=(with_marks(sheet, pupil.id, *marks),)))[pupil.id]

    assert values.terms[1] == {}


def test_a_locked_result_is_shown_as_it_was_locked_whatever_the_marks_are_now():
    record = secondary_class(1, size=3)
    pupil, subject = record.pupils[0], record.sheets[0].subject
    result = {pupil.id: {Period.TERM_1: Result(subjects={subject: "9.9"})}}

    values = values_of(replace(record, results=result, locked=(Period.TERM_1,)))[pupil.id]

    assert values.terms[1][subject] == "9.9"


def test_old_years_show_only_what_was_locked_for_their_averages_followed_another_circular():
    record = replace(secondary_class(1, size=3), school_year=2020)

    assert all(one.terms == {1: {}, 2: {}} and one.year == {} for one in values_of(record).values())


def test_an_exempt_pupil_has_the_letter_for_it_and_no_result():
    record = secondary_class(1, size=4)

    book = class_book(source_of(record), ClassBook.REGISTER, printed_at=PRINTED_AT)

    sport = [sheet.name for sheet in record.subjects.values()].index("Giáo dục thể chất")
    assert table_of(book, "Học kì I").rows[2][2 + sport] == "M"
    assert table_of(book, "Cả năm").rows[2][2 + sport] == "M"


def test_a_subject_that_a_pupil_has_not_chosen_has_a_dash_and_is_not_on_its_teachers_list():
    record = secondary_class(1, size=3)
    first, others = record.pupils[0], tuple(pupil.id for pupil in record.pupils[1:])
    chosen = tuple(replace(sheet, takers=others) if sheet.subject == "TIN" else sheet for sheet in record.sheets)

    source = source_of(replace(record, sheets=chosen))
    register = class_book(source, ClassBook.REGISTER, printed_at=PRINTED_AT)
    teacher = teacher_book(source, "Cô Minh", printed_at=PRINTED_AT)

    place = 2 + list(record.subjects).index("TIN")
    assert [row[place] == "–" for row in table_of(register, "Học kì I").rows] == [True, False, False]
    assert len(table_of(teacher, "6A TIN HK1").rows) == 2
    assert first.code not in str(table_of(teacher, "6A TIN HK1"))


def test_the_corrections_line_counts_the_places_and_names_each_subject_once_in_the_order_of_the_form():
    record = corrected(secondary_class(1, size=3), "TIN", "TOAN", "TOAN")

    book = class_book(source_of(record), ClassBook.REGISTER, printed_at=PRINTED_AT)

    line = "Trong bảng này có sửa chữa ở: 3 chỗ, thuộc các môn học: Toán, Tin học."
    assert table_of(book, "Học kì I").notes[0] == line
    assert table_of(book, "Cả năm").notes[0] == line
    assert table_of(book, "Học kì II").notes[0] == "Trong bảng này có sửa chữa ở: 0 chỗ."


def test_a_book_says_that_results_are_not_locked_yet():
    record = secondary_class(1, size=3)

    open_book = class_book(source_of(record), ClassBook.REGISTER, printed_at=PRINTED_AT)
    locked_book = class_book(source_of(locked(record)), ClassBook.REGISTER, printed_at=PRINTED_AT)

    assert "chưa khóa" in table_of(open_book, "Học kì I").notes[-1]
    assert "chưa khóa" not in table_of(locked_book, "Học kì I").notes[-1]


def test_a_book_of_one_term_says_nothing_of_the_other_or_of_the_year():
    source = source_of(locked(secondary_class(1, size=3)), term=1)

    books = [class_book(source, one, printed_at=PRINTED_AT) for one in ClassBook]

    for book in (*books, teacher_book(source, "Cô Minh", printed_at=PRINTED_AT)):
        assert not [table.name for table in book.tables if "II" in table.title or "Cả năm" in table.title]
        assert ("Thời gian", "Học kì I") in book.facts
        assert not any("Học kì II" in row or "Cả năm" in row for table in book.tables for row in table.rows)


def test_who_has_left_stays_on_the_list_with_the_day():
    record = secondary_class(1, size=6)

    book = class_book(source_of(record), ClassBook.HOMEROOM, printed_at=PRINTED_AT)

    assert book.tables[0].rows[4][1] == f"{record.pupils[4].name} (chuyển trường 05/01/2026)"
    assert "Số học sinh: 5" in book.counts
    assert "ngoài ra 1 em" in book.counts


def test_the_homeroom_book_has_identity_conduct_absences_results_and_remarks():
    record = locked(secondary_class(1, size=3))
    pupil = record.pupils[0]
    conduct, year = record.conduct_of(pupil.id, 1), record.result_of(pupil.id, Period.YEAR)

    listed, progress, remarks, *_ = class_book(source_of(record), ClassBook.HOMEROOM, printed_at=PRINTED_AT).tables

    assert listed.rows[0][2:4] == (pupil.code, f"{pupil.born_on:%d/%m/%Y}")
    assert listed.rows[0][4:] == (pupil.gender, pupil.ethnicity)
    first_term = (record.result_of(pupil.id, Period.TERM_1).level, conduct.conduct)
    assert progress.rows[0][2:6] == (*first_term, conduct.absences - conduct.unexcused, conduct.unexcused)
    assert progress.rows[0][-2:] == (year.title or "", outcome(year))
    assert remarks.rows[0][2:] == (conduct.remark, record.conduct_of(pupil.id, 2).remark)


def test_the_ledger_of_a_primary_class_has_four_times_with_subjects_tests_and_fifteen_qualities():
    record = locked(primary_class(1, size=3))

    book = class_book(source_of(record), ClassBook.REGISTER, printed_at=PRINTED_AT)

    times = [table for table in book.tables if table.title.startswith("Bảng tổng hợp")]
    assert book.title == "Sổ cái"
    assert [table.name for table in times] == ["Giữa học kì I", "Cuối học kì I", "Giữa học kì II", "Cuối năm học"]
    groups = [{head.text: head.columns for head in table.heads[0]} for table in times]
    assert [group["Môn học và hoạt động giáo dục"] for group in groups] == [14, 19, 14, 19]
    assert {(group["Phẩm chất chủ yếu"], group["Năng lực cốt lõi"]) for group in groups} == {(5, 10)}
    assert times[-1].rows[0][-3] == record.result_of(record.pupils[0].id, Period.YEAR).level


def test_a_primary_teachers_book_has_levels_tests_and_comments_of_mid_term_and_end():
    record = primary_class(1, size=3)

    book = teacher_book(source_of(record), "Cô Minh", printed_at=PRINTED_AT)

    maths, pupil = table_of(book, "5A TOAN HK1"), record.pupils[0].id
    sheet = next(one for one in record.sheets if (one.subject, one.term) == ("TOAN", 1))
    gk_muc, gk_kt, ck_muc, ck_kt = (sheet.cell(pupil, one).value for one in sheet.columns)
    words = sheet.comments[pupil]
    assert maths.rows[0][2:] == (gk_muc, gk_kt, words["gk"], ck_muc, ck_kt, words["ck"])
    assert {f"5A PCNL HK{term} {when}" for term in (1, 2) for when in ("Giữa học kì", "Cuối học kì")} <= {
        table.name for table in book.tables
    }


def test_a_teachers_book_holds_all_classes_but_no_colleagues_sheet():
    first, second = secondary_class(1, size=3), secondary_class(2, size=3, name="6B")
    teacher = first.sheets[0].teacher_ids[0]
    mine = taught_by(first, teacher)

    book = teacher_book(source_of(mine, second), "Cô Minh", printed_at=PRINTED_AT)

    assert ("Các lớp", "6A, 6B") in book.facts
    colleagues = [sheet.subject for sheet in first.sheets if sheet not in mine.sheets]
    assert colleagues
    assert not [
        table.name for table in book.tables if table.name.startswith("6A ") and table.name.split()[1] in colleagues
    ]


def test_the_digest_is_that_of_the_data_and_not_of_the_moment_or_the_form():
    source = source_of(secondary_class(1, size=3))
    later = PRINTED_AT.replace(hour=5)

    first, again = (class_book(source, ClassBook.REGISTER, printed_at=one) for one in (PRINTED_AT, later))
    other = class_book(source_of(secondary_class(1, size=4)), ClassBook.REGISTER, printed_at=PRINTED_AT)

    assert source.digest() in first.imprint
    assert "09:15 ngày 30/05/2026" in first.imprint
    assert source.digest() in again.imprint
    assert source.digest() not in other.imprint


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Result(promotion="PROMOTED"), "Lên lớp"),
        (Result(promotion="RETEST"), "Đánh giá lại"),
        (Result(promotion="PROMOTED", completion="COMPLETED"), "Hoàn thành chương trình"),
        (Result(), ""),
    ],
)
def test_after_the_last_grade_of_a_stage_its_programme_is_completed_instead_of_a_class_to_go_up_to(result, words):
    assert outcome(result) == words


def test_what_the_summer_brought_stands_beside_what_the_year_ended_with():
    record = locked(secondary_class(1, size=3))
    pupil, year = record.pupils[0], record.result_of(record.pupils[0].id, Period.YEAR)
    after = replace(year, subjects={**year.subjects, "TOAN": "4.5"}, retests={"TOAN": "5.5"}, level_after="Đạt")
    results = {**record.results, pupil.id: {**record.results[pupil.id], Period.YEAR: after}}

    book = class_book(source_of(replace(record, results=results)), ClassBook.REGISTER, printed_at=PRINTED_AT)

    table = table_of(book, "Cả năm")
    assert table.rows[0][2 + list(record.subjects).index("TOAN")] == "4,5 (5,5)"
    assert table.rows[0][-4:-2] == ("Đạt", "")
    assert "Sau hè" in {head.text for head in table.heads[0]}


def test_a_book_is_named_in_plain_letters():
    record = secondary_class(1, size=1, name="6Đ/1")

    book = class_book(source_of(record), ClassBook.HOMEROOM, printed_at=PRINTED_AT)

    assert file_name(book, BookFormat.PDF) == "so-giao-vien-chu-nhiem-6d-1-2025-2026.pdf"
