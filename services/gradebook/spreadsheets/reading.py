"""Reading a spreadsheet of any known layout: which it is, and what its cells say, with every fault told at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.chassis.workbook import (
    Book,
    CellProblem,
    Fault,
    FaultList,
    Path,
    Shape,
    Spot,
    Table,
    WorkbookRefused,
    find_spots,
    in_order,
    open_book,
    or_none,
    read_tables,
    refusal,
)
from services.gradebook.spreadsheets import assembling
from services.gradebook.spreadsheets.imported import Half, Imported, LayoutId
from services.gradebook.spreadsheets.layouts import LAYOUTS, Column, Layout, Part
from services.gradebook.spreadsheets.titles import Fact, conflicts

SECTION = re.compile(r"lớp\s*:?\s*[0-9]{1,2}\S*(?: ?[^\W\d_]\w*)?", re.IGNORECASE)
ASIDE = re.compile(
    r"(?:tổng|cộng|người lập|hiệu trưởng|giáo viên|gvcn|gvbm|danh sách|ghi chú\s*:|.*ngày .*tháng|.*\bký tên)",
    re.IGNORECASE,
)
UNKNOWN_LAYOUT = Fault(
    code="unknown_layout",
    vi="Không nhận ra mẫu bảng tính này; đã tìm các cột của: "
    + "; ".join(layout.vi for layout in LAYOUTS.values())
    + ". Hãy dùng một trong các mẫu đó và giữ nguyên hàng tiêu đề",
    en="This layout is not known; looked for the columns of: "
    + ", ".join(LAYOUTS)
    + ". Use one of these and keep its row of headings",
)
STAFF_NOT_HERE = Fault(
    code="staff_list",
    vi="Đây là danh sách cán bộ; hãy nhập ở phần nhân sự của trường",
    en="This is a list of staff; import it among the school's staff",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A layout in a book: the sheets that have it, and the columns that they turned out to have."""

    layout: Layout
    spots: list[Spot]
    shape: Shape
    columns: dict[str, Column]


def read(data: bytes, half: Half | None = None) -> Imported:
    """All that the file says, in its order; raises WorkbookRefused with every problem.

    Its layout is the one that explains most of its columns; if none does, the refusal says what was looked for.
    ``half`` is the part of the term that a file of primary results is about; such a file often does not say it, and
    then it is the final one.
    """
    found = _recognised(open_book(data))
    if found.layout.id is LayoutId.STAFF_LIST:
        raise refusal(STAFF_NOT_HERE)
    tables, problems = _tables(found)
    for table in tables:
        problems += _faults(table, found)
    if problems:
        raise WorkbookRefused(problems)
    return assembling.imported(found.layout, found.columns, tables, half)


def _recognised(book: Book) -> Found:
    """Decided by the first sheet that has a known layout; catalogues before it have none."""
    for sheet in book.sheets:
        page = Book(kind=book.kind, sheets=(sheet,))
        found = [found for layout in LAYOUTS.values() if (found := _found(page, layout)).spots]
        if found:
            best = max(found, key=_explained)
            return _found(book, best.layout)
    raise refusal(UNKNOWN_LAYOUT, value=", ".join(sheet.name for sheet in book.sheets))


def _explained(found: Found) -> tuple[int, int]:
    return max(len(spot.columns) for spot in found.spots), -len(found.layout.columns)


def _found(book: Book, layout: Layout) -> Found:
    columns = {column.id: column for column in layout.columns if column.subject is None}

    def rest(path: Path) -> str | None:
        column = layout.rest(path) if layout.rest else None
        return columns.setdefault(column.id, column).id if column else None

    shape = Shape(headings=layout.headings, rest=rest if layout.rest else None, section=SECTION, aside=ASIDE)
    return Found(layout=layout, spots=find_spots(book, shape), shape=shape, columns=columns)


def _tables(found: Found) -> tuple[list[Table], list[CellProblem]]:
    """The tables of all sheets; a sheet of the layout that cannot be read does not hide the faults of the others."""
    tables: list[Table] = []
    problems: list[CellProblem] = []
    for spot in found.spots:
        try:
            tables += read_tables(spot, found.shape)
        except WorkbookRefused as refused:
            problems += refused.problems
    return tables, problems


def _faults(table: Table, found: Found) -> list[CellProblem]:
    faults = FaultList(table)
    columns = [found.columns[id_] for id_ in table.columns]
    faults.check({column.id: column.parse if column.is_filled else or_none(column.parse) for column in columns})
    for id_ in _identifying(columns):
        faults.check_unique(id_)
    return [*conflicts(table.sheet, table.title, _stated_by(found.layout)), *in_order(faults.problems)]


def _stated_by(layout: Layout) -> set[Fact]:
    """What a title must not say in two ways; a list is of many classes, and most layouts are of both halves."""
    if layout.is_list:
        return set()
    return set(Fact) if layout.is_of_half else set(Fact) - {Fact.HALF}


def _identifying(columns: list[Column]) -> Iterator[str]:
    """The columns in which no value may stand twice."""
    for column in columns:
        is_key = column.part in {Part.CODE, Part.PERSONAL_ID}
        if is_key or (column.part is Part.FIELD and column.key in {"code", "personal_id"}):
            yield column.id
