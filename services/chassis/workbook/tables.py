"""Tables out of spreadsheets that people filled in: headings found, and every fault told at once."""

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from itertools import product
from pathlib import PurePosixPath

from python_calamine import CalamineError, CalamineWorkbook

from services.chassis.errors import Invalid
from services.chassis.workbook.cells import Fault, Unreadable, Value, normalised, text_of

MIB = 1024 * 1024
MOST_BYTES = 5 * MIB
MOST_UNPACKED_BYTES = 64 * MIB
MOST_CELLS = 1_000_000  # of the rectangles that the sheets span: the reader holds all of them, filled or not
HEADING_WITHIN = 15  # rows

TOO_LARGE = Fault(code="too_large", vi="Tệp quá lớn", en="The file is too large")
NOT_A_WORKBOOK = Fault(code="not_a_workbook", vi="Không đọc được như tệp .xlsx", en="Not readable as an .xlsx file")
NO_ROWS = Fault(code="no_rows", vi="Không có dòng dữ liệu nào dưới tiêu đề", en="No rows of data below the headings")
MISSING_HEADING = Fault(
    code="missing_heading",
    vi=f"Không thấy cột này trong {HEADING_WITHIN} dòng đầu",
    en=f"This column is not found within the first {HEADING_WITHIN} rows",
)
REPEATED_HEADING = Fault(code="repeated_heading", vi="Cột này có hai lần", en="This column stands twice")
FORMULA_ERROR = Fault(code="formula_error", vi="Công thức bị lỗi", en="A formula failed")
REPEATED_VALUE = Fault(code="repeated_value", vi="Đã có ở dòng trên", en="Already stands in a row above")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """One fault with its place as the person sees it; row and column letter are None where the file is at fault."""

    sheet: str
    row: int | None
    column: str | None
    value: str
    reason_code: str
    reason_vi: str
    reason_en: str


class WorkbookRefused(Invalid):
    """The spreadsheet was refused whole; problems: {count}."""

    code = "workbook_refused"
    vi = "Cả tệp bảng tính bị từ chối; số lỗi: {count}."

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        super().__init__(count=len(problems), errors=[asdict(problem) for problem in problems])
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column by its heading; line breaks, case, letter forms and a remark in brackets after it do not matter."""

    name: str
    aliases: tuple[str, ...] = ()
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; ``number`` is the one that the person sees, ``values`` are by heading name."""

    number: int
    values: Mapping[str, Value]

    def __getitem__(self, heading: str) -> Value:
        return self.values.get(heading, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows below the headings; ``title`` holds the texts above them, ``columns`` the letters by heading name."""

    sheet: str
    title: tuple[str, ...]
    columns: Mapping[str, str]
    rows: tuple[Row, ...]


@dataclass(slots=True)
class FaultList:
    """The faults of one table, collected so that a person mends them all in one go."""

    table: Table
    problems: list[CellProblem] = field(default_factory=list)

    def check(self, parsers: Mapping[str, Callable[[Value], object]]) -> None:
        """Note every cell that the parser of its heading cannot read; a column that is not there reads as empty."""
        for row, (heading, parse) in product(self.table.rows, parsers.items()):
            try:
                parse(row[heading])
            except Unreadable as unreadable:
                self.add(unreadable.fault, row=row, heading=heading)

    def check_unique(self, heading: str) -> None:
        """Note every value that already stands in a row above."""
        seen: set[str] = set()
        for row in self.table.rows:
            text = normalised(text_of(row[heading]))
            if text and text in seen:
                self.add(REPEATED_VALUE, row=row, heading=heading)
            seen.add(text)

    def add(self, fault: Fault, *, row: Row, heading: str) -> None:
        value = text_of(row[heading])
        self.problems.append(
            _problem(fault, sheet=self.table.sheet, row=row.number, column=self.table.columns.get(heading), value=value)
        )

    def add_to_sheet(self, fault: Fault, *, value: str) -> None:
        """Note what is wrong with the sheet rather than with one cell."""
        self.problems.append(_problem(fault, sheet=self.table.sheet, value=value))

    def refuse_if_any(self) -> None:
        """Raise WorkbookRefused with all problems in the order of the sheet."""
        if self.problems:
            raise WorkbookRefused(sorted(self.problems, key=_place))


def read_table(data: bytes, headings: Sequence[Heading]) -> Table:
    """The first sheet's table under these headings; raises WorkbookRefused when there is none to read."""
    _check_container(data)
    spots = _spots(data)
    if not spots:
        raise _refusal(NO_ROWS)
    best = max(spots, key=lambda spot: len(_columns(spot, headings)))
    _check_headings(best, headings)
    return _table(best, _columns(best, headings))


def column_letter(index: int) -> str:
    """Excel's name of a column counted from 0: A to Z, then AA."""
    tens, ones = divmod(index, 26)
    return (column_letter(tens - 1) if tens else "") + chr(ord("A") + ones)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """A row where the headings may stand; ``rows`` are all of its sheet's, ``number`` counts from 1."""

    sheet: str
    rows: list[list[Value]]
    number: int

    def heading_texts(self) -> list[str]:
        return [re.sub(r" ?\([^()]*\)$", "", normalised(text_of(value))) for value in self.rows[self.number - 1]]


def _problem(
    fault: Fault, *, sheet: str = "", row: int | None = None, column: str | None = None, value: str = ""
) -> CellProblem:
    return CellProblem(
        sheet=sheet,
        row=row,
        column=column,
        value=value,
        reason_code=fault.code,
        reason_vi=fault.vi,
        reason_en=fault.en,
    )


def _place(problem: CellProblem) -> tuple[int, int, str]:
    column = problem.column or ""
    return problem.row or 0, len(column), column


def _refusal(fault: Fault) -> WorkbookRefused:
    return WorkbookRefused([_problem(fault)])


def _check_container(data: bytes) -> None:
    """Refuse what the reader would choke on, or pass over in silence, before it sees the file."""
    if len(data) > MOST_BYTES:
        raise _refusal(TOO_LARGE)
    parts = _unpacked(data)
    if sum(map(_cells_spanned, parts.values())) > MOST_CELLS:
        raise _refusal(TOO_LARGE)
    errors = [problem for name, xml in parts.items() for problem in _formula_errors(name, xml)]
    if errors:
        raise WorkbookRefused(errors)


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise _refusal(TOO_LARGE)
            return {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as broken:
        raise _refusal(NOT_A_WORKBOOK) from broken


def _cells_spanned(xml: bytes) -> int:
    places = re.findall(rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})", xml)
    width = max((_column_number(letters.upper()) for letters in {letters for letters, _ in places}), default=0)
    return width * max((int(row) for _, row in places), default=0)


def _formula_errors(part: str, xml: bytes) -> list[CellProblem]:
    """Cells such as #N/A, which the reader takes for empty ones; the sheet is named as its file in the workbook."""
    places = re.findall(rb"<(?:\w+:)?c\s(?=[^<>]*\bt=[\"']e[\"'])[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})", xml)
    sheet = PurePosixPath(part).stem
    return [_problem(FORMULA_ERROR, sheet=sheet, row=int(row), column=letters.decode()) for letters, row in places]


def _column_number(letters: bytes) -> int:
    return sum((letter - ord("A") + 1) * 26**power for power, letter in enumerate(reversed(letters)))


def _spots(data: bytes) -> list[_Spot]:
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = {name: _rows(workbook, name) for name in workbook.sheet_names}
    except CalamineError as broken:
        raise _refusal(NOT_A_WORKBOOK) from broken
    return [
        _Spot(sheet=name, rows=rows, number=number)
        for name, rows in sheets.items()
        for number in range(1, min(len(rows), HEADING_WITHIN) + 1)
    ]


def _rows(workbook: CalamineWorkbook, sheet: str) -> list[list[Value]]:
    return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _columns(spot: _Spot, headings: Sequence[Heading]) -> dict[str, int]:
    """Column index by heading name; a heading's own name goes before its aliases."""
    texts = spot.heading_texts()
    spellings = {heading.name: map(normalised, (heading.name, *heading.aliases)) for heading in headings}
    found = {name: next((text for text in known if text in texts), None) for name, known in spellings.items()}
    return {name: texts.index(text) for name, text in found.items() if text is not None}


def _check_headings(spot: _Spot, headings: Sequence[Heading]) -> None:
    texts, columns = spot.heading_texts(), _columns(spot, headings)
    missing = [heading.name for heading in headings if heading.is_required and heading.name not in columns]
    repeated = [name for name, index in columns.items() if texts.count(texts[index]) > 1]
    problems = [_problem(MISSING_HEADING, sheet=spot.sheet, value=name) for name in missing]
    problems += [_problem(REPEATED_HEADING, sheet=spot.sheet, row=spot.number, value=name) for name in repeated]
    if problems:
        raise WorkbookRefused(problems)


def _table(spot: _Spot, columns: Mapping[str, int]) -> Table:
    filled = ((number, _values(cells, columns)) for number, cells in enumerate(spot.rows, start=1))
    rows = tuple(
        Row(number=number, values=values)
        for number, values in filled
        if number > spot.number and any(map(text_of, values.values()))
    )
    if not rows:
        raise WorkbookRefused([_problem(NO_ROWS, sheet=spot.sheet)])
    title = tuple(text_of(cell) for cells in spot.rows[: spot.number - 1] for cell in cells if text_of(cell))
    letters = {name: column_letter(index) for name, index in columns.items()}
    return Table(sheet=spot.sheet, title=title, columns=letters, rows=rows)


def _values(cells: Sequence[Value], columns: Mapping[str, int]) -> dict[str, Value]:
    return {name: cells[index] for name, index in columns.items()}
