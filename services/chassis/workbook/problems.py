"""Why a file or a cell is not accepted, with its place as the person sees it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from services.chassis.errors import Invalid
from services.chassis.workbook.cells import Fault

MOST_TOLD = 1000  # problems: whoever mended so many knows what the file's trouble is


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
        super().__init__(count=len(problems), errors=[asdict(problem) for problem in problems[:MOST_TOLD]])
        self.problems = tuple(problems)


def problem(
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


def refusal(fault: Fault, *, sheet: str = "", value: str = "") -> WorkbookRefused:
    """The refusal of a whole file or sheet for one reason."""
    return WorkbookRefused([problem(fault, sheet=sheet, value=value)])


def in_order(problems: Sequence[CellProblem]) -> list[CellProblem]:
    """By row, then by column; what concerns the sheet as a whole comes first."""
    return sorted(problems, key=_place)


def column_letter(index: int) -> str:
    """Excel's name of a column counted from 0: A to Z, then AA."""
    tens, ones = divmod(index, 26)
    return (column_letter(tens - 1) if tens else "") + chr(ord("A") + ones)


def _place(problem: CellProblem) -> tuple[int, int, str]:
    column = problem.column or ""
    return problem.row or 0, len(column), column
