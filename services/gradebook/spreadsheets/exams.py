"""Results of a centralised exam: a .csv of candidate codes (SBD) and marks by subject, read row by row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from services.chassis.workbook import (
    CellProblem,
    Fault,
    Limits,
    check_size,
    column_letter,
    problem,
    refusal,
    squashed,
)
from services.chassis.workbook.delimited import rows_of
from services.chassis.workbook.faults import MIB, TOO_LARGE

MOST_ROWS = 100_000
EXAM_LIMITS = Limits(most_bytes=50 * MIB, processor_seconds=60, seconds=120)
CODE_HEADINGS = ("SBD", "SOBAODANH", "Số báo danh")
NOT_TAKEN = frozenset({"", "-1", "-1.0", "-1.00", "-1,00"})
HIGHEST_MARK = Decimal(10)
SUBJECTS = (  # of the graduation exam, as its files head them
    *("TOAN", "VAN", "NGOAI_NGU", "SU", "DIA", "GDKT_PL", "LI", "HOA", "SINH", "TIN_HOC"),
    *("GIAO_DUC_CONG_DAN", "CN_CONG_NGHIEP", "CN_NONG_NGHIEP"),
)

NO_CODES = Fault(
    code="no_candidate_codes",
    vi="Không thấy cột SBD (số báo danh) và cột điểm nào ở dòng đầu; hãy giữ nguyên dòng tiêu đề của tệp kết quả thi",
    en="No SBD column with columns of marks in the first row; keep the heading row of the results file",
)
NO_CODE = Fault(code="no_code", vi="Thiếu số báo danh", en="The candidate code is missing")
REPEATED_CODE = Fault(code="repeated_code", vi="Số báo danh đã có ở dòng trên", en="The code stands in a row above")
BAD_EXAM_MARK = Fault(
    code="bad_exam_mark",
    vi="Điểm thi phải từ 0 đến 10, nhiều nhất hai chữ số thập phân; để trống hoặc ghi -1 khi không dự thi",
    en="An exam mark lies between 0 and 10 with at most two decimals; empty or -1 where it was not taken",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamResult:
    """A candidate's marks by subject as the file heads it; a subject not taken is not there."""

    code: str
    marks: dict[str, Decimal]
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamResults:
    """The rows that can be taken, and what is wrong with the others; a row with one fault is left out whole."""

    results: tuple[ExamResult, ...]
    problems: tuple[CellProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    code: int
    subjects: dict[str, int]


def read_exam_results(data: bytes, subjects: Sequence[str] = SUBJECTS) -> ExamResults:
    """Every candidate of the file; WorkbookRefused only where there is nothing to read. Call it with EXAM_LIMITS."""
    check_size(len(data), most_bytes=EXAM_LIMITS.most_bytes)
    rows = iter(rows_of(data))
    columns = _columns(next(rows, []), subjects)
    results: dict[str, ExamResult] = {}
    problems: list[CellProblem] = []
    for number, row in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            raise refusal(TOO_LARGE, value=f"> {MOST_ROWS}")
        if any(row):
            result, faults = _result(row, number, columns)
            faults += _repeated(result, results, columns)
            problems += faults
            if not faults:
                results[result.code] = result
    return ExamResults(results=tuple(results.values()), problems=tuple(problems))


def _columns(headings: Sequence[str], subjects: Sequence[str]) -> _Columns:
    places = {squashed(heading): place for place, heading in reversed(list(enumerate(headings)))}
    code = next((places[key] for name in CODE_HEADINGS if (key := squashed(name)) in places), None)
    known = {subject: places[key] for subject in subjects if (key := squashed(subject)) in places}
    if code is None or not known:
        raise refusal(NO_CODES, value=", ".join(headings)[:200])
    return _Columns(code=code, subjects=known)


def _result(row: Sequence[str], number: int, columns: _Columns) -> tuple[ExamResult, list[CellProblem]]:
    problems: list[CellProblem] = []
    marks: dict[str, Decimal] = {}
    code = _at(row, columns.code)
    if not code:
        problems.append(_problem(NO_CODE, number, columns.code, code))
    for subject, place in columns.subjects.items():
        text = _at(row, place)
        if text in NOT_TAKEN:
            continue
        mark = _mark(text)
        if mark is None:
            problems.append(_problem(BAD_EXAM_MARK, number, place, text))
        else:
            marks[subject] = mark
    return ExamResult(code=code, marks=marks, row=number), problems


@lru_cache(maxsize=4096)
def _mark(text: str) -> Decimal | None:
    if not re.fullmatch(r"[0-9]{1,2}(?:[.,][0-9]{1,2})?", text):
        return None
    mark = Decimal(text.replace(",", "."))
    return mark if mark <= HIGHEST_MARK else None


def _repeated(result: ExamResult, results: dict[str, ExamResult], columns: _Columns) -> list[CellProblem]:
    if result.code not in results:
        return []
    return [_problem(REPEATED_CODE, result.row, columns.code, result.code)]


def _at(row: Sequence[str], place: int) -> str:
    return row[place].strip().replace("\u2212", "-") if place < len(row) else ""  # a minus sign is a hyphen


def _problem(fault: Fault, row: int, place: int, value: str) -> CellProblem:
    return problem(fault, sheet="CSV", row=row, column=column_letter(place), value=value)
