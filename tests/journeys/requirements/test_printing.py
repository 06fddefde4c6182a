"""A primary school needs no paper books: all three are printed of what was entered once (R18, R19)."""

import io

import pytest
from python_calamine import CalamineWorkbook

from tests.journeys.requirements.schools import YEAR, sheet_path

TOTALS = "Tổng hợp đánh giá"
REMARK = "Đọc trôi chảy, viết còn chậm."


@pytest.fixture(scope="module")
def room(primary):
    """A primary class with the levels, tests and a comment of term 1."""
    room = primary.classes["4C"]
    room.fill(1)
    comments = [{"pupil_id": pupil, "text": REMARK, "version": 0} for pupil in room.pupils]
    primary.teacher.put(f"{sheet_path(room.sheets['tieng_viet', 1])}/comments", {"comments": comments})
    return room


@pytest.fixture(scope="module")
def books(room):
    """The class's register, its homeroom teacher's book and the subject teacher's, each as text."""
    school = room.school
    places = {
        "register": f"{room.path}/books/register",
        "homeroom": f"{room.path}/books/homeroom",
        "teacher": f"{YEAR}/units/{school.unit_id}/teachers/{school.teacher.id}/book",
    }
    return {name: read(school.principal.download(f"{place}.xlsx?term=1")) for name, place in places.items()}


def read(workbook):
    """The rows of all sheets of a book."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {name: opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


def cells_of(book):
    return [cell for rows in book.values() for row in rows for cell in row]


def test_the_three_books_name_the_same_pupils_and_close_with_the_same_totals(room, books):
    """R18."""
    names = {pupil.person.full_name for pupil in room.school.paper.pupils if pupil.class_code == room.name}

    totals = {name: [row for row in book[TOTALS] if row[0] == room.name] for name, book in books.items()}

    assert len(names) == 3
    assert [name for book in books.values() for name in names if name not in cells_of(book)] == []
    assert totals["register"] == totals["homeroom"] == totals["teacher"]
    assert len(totals["register"]) == sum(
        len(sheet["columns"]) for (_, term), sheet in room.sheets.items() if term == 1
    )


def test_a_comment_is_printed_where_it_belongs_without_being_typed_again(books):
    """R18, R19."""
    assert cells_of(books["teacher"]).count(REMARK) == 3
