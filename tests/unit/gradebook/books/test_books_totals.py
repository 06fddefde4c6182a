"""The three books of a class say the same of it: what is under one adds up to what is under the others."""

import io
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from services.contracts.gradebook.books import BookFormat, ClassBook
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.sheets import CellState
from services.gradebook.books.printing import class_book, file_of, teacher_book
from services.gradebook.books.source import ClassRecord
from services.gradebook.books.totals import reckon
from tests.unit.gradebook.books.invented_class import (
    PRINTED_AT,
    locked,
    primary_class,
    random,
    secondary_class,
    source_of,
    taught_by,
)

SEEDS = range(5)


def any_class(seed: int) -> ClassRecord:
    """Secondary or primary, running or locked, of any size."""
    rng = random(seed)
    make = rng.choice((secondary_class, primary_class))
    record = make(seed, size=rng.randint(1, 30), is_full=bool(seed % 2))
    return locked(record, seed) if seed % 2 else record


def teachers(record: ClassRecord):
    return dict.fromkeys(one for sheet in record.sheets for one in sheet.teacher_ids)


def rows_of(book, name: str) -> list[list[object]]:
    """The rows of one of the book's tables as a workbook shows them, from the heading's last line on."""
    table = next(table for table in book.tables if table.name == name)
    opened = CalamineWorkbook.from_filelike(io.BytesIO(file_of(book, BookFormat.XLSX, printed_at=PRINTED_AT)))
    rows = opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
    first = 3 + len(table.heads)
    return rows[first : first + len(table.rows)]


def closing_name(record: ClassRecord) -> str:
    return "Tổng hợp đánh giá" if record.is_primary else "Tổng hợp môn"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_register_says_what_its_teachers_books_say_together(seed):
    record = any_class(seed)
    source, closing = source_of(record), closing_name(record)

    register = class_book(source, ClassBook.REGISTER, printed_at=PRINTED_AT)
    of_teachers = [replace(source, classes=(taught_by(record, one),)) for one in teachers(record)]
    books = [teacher_book(one, "Cô Minh", printed_at=PRINTED_AT) for one in of_teachers]

    together = [tuple(row) for book in books for row in rows_of(book, closing)]
    assert Counter(together) == Counter(tuple(row) for row in rows_of(register, closing))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_homeroom_teachers_book_closes_as_the_register_does(seed):
    source = source_of(any_class(seed))

    register = class_book(source, ClassBook.REGISTER, printed_at=PRINTED_AT)
    homeroom = class_book(source, ClassBook.HOMEROOM, printed_at=PRINTED_AT)

    assert homeroom.tables[-2:] == register.tables[-2:]
    assert (homeroom.counts, homeroom.imprint) == (register.counts, register.imprint)


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_of_a_class_are_those_of_its_teachers_added_up(seed):
    record = any_class(seed)

    whole = reckon(record).total
    parts = [reckon(taught_by(record, one)).total for one in teachers(record)]

    assert sorted(map(repr, whole.sheets)) == sorted(repr(sheet) for part in parts for sheet in part.sheets)
    assert whole.results == {place: one for part in parts for place, one in part.results.items()}
    assert {(part.pupils, part.girls, part.left) for part in parts} == {(whole.pupils, whole.girls, whole.left)}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_of_the_class_is_counted_once(seed):
    record = any_class(seed)
    by_id = {pupil.id: pupil for pupil in record.pupils}
    states = Counter(
        "gone" if by_id[pupil_id].has_left and cell.state is CellState.EMPTY else cell.state
        for sheet in record.sheets
        for pupil_id, cells in sheet.cells.items()
        for cell in cells.values()
    )

    columns = [column for sheet in reckon(record).total.sheets for column in sheet.columns]

    assert sum(one.marks for one in columns) == states[CellState.VALUE] + states[CellState.MISSED_UNEXCUSED]
    assert sum(one.unexcused for one in columns) == states[CellState.MISSED_UNEXCUSED]
    assert sum(one.excused for one in columns) == states[CellState.MISSED_EXCUSED]
    assert sum(one.exempt for one in columns) == states[CellState.EXEMPT]
    assert sum(one.empty for one in columns) == states[CellState.EMPTY]
    assert all(sum(one.spread.values()) == one.marks for one in columns)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_printed_in_a_column_adds_up_to_what_is_printed_under_it(seed):
    record = any_class(seed)
    book = class_book(source_of(record), ClassBook.REGISTER, printed_at=PRINTED_AT)
    tables = [table for table in book.tables if table.sums and table.sums[-1][1] == "Cộng"]

    added = [
        (sum(map(number, column)), number(under))
        for table in tables
        for column, under in zip(zip(*table.rows, strict=True), table.sums[-1], strict=True)
        if under not in ("", "Cộng")
    ]

    assert len(added) > 10
    assert all(of_rows == under for of_rows, under in added)


def number(cell: str | int) -> Decimal:
    return Decimal(str(cell).replace(",", ".")) if str(cell)[:1].isdigit() else Decimal(0)


def test_who_has_left_keeps_the_marks_but_is_counted_apart_and_misses_nothing():
    record = secondary_class(1, size=6)
    gone = record.pupils[4]
    emptied = {pupil_id: {} if pupil_id == gone.id else one for pupil_id, one in record.sheets[0].cells.items()}
    sheet = replace(record.sheets[0], cells=emptied)

    total = reckon(replace(record, sheets=(sheet,))).total

    assert (total.pupils, total.left) == (5, 1)
    assert [column.empty for column in total.sheets[0].columns] == [0] * 6
    assert total.sheets[0].pupils == 5


def test_who_does_not_take_the_subject_or_its_cluster_is_not_asked_for_its_marks():
    record = secondary_class(2, size=6)
    sheet, (first, second, *_) = record.sheets[0], record.pupils
    columns = (*sheet.columns[:3], replace(sheet.columns[3], is_cluster=True), *sheet.columns[4:])
    chosen = replace(sheet, columns=columns, takers=(first.id, second.id), with_cluster=(second.id,))

    total = reckon(replace(record, sheets=(chosen,))).total.sheets[0]

    assert total.pupils == 2
    assert [column.marks for column in total.columns] == [2, 2, 2, 1, 2, 2]


def test_levels_conduct_and_absences_are_spread_over_all_who_are_listed():
    record = locked(secondary_class(3))

    periods = reckon(record).total.periods

    assert all(sum(periods[one].levels.values()) == 45 for one in Period)
    year, terms = periods[Period.YEAR], [periods[Period.TERM_1], periods[Period.TERM_2]]
    assert (year.excused, year.unexcused) == (sum(one.excused for one in terms), sum(one.unexcused for one in terms))
