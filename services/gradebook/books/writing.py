"""How a book writes what is in a cell: a comma in decimals, letters for what was missed, dates as people read them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from services.contracts.gradebook.sheets import CellState, Scale
from services.gradebook.books.source import Pupil, Result
from services.gradebook.domain import Cell

EXEMPT, EXCUSED, UNEXCUSED = "M", "v", "*"
NOT_TAKEN = "–"
LEGEND = (
    f"{UNEXCUSED} vắng không phép (tính 0 điểm hoặc Chưa đạt);  "
    f"{EXCUSED} vắng có phép, chờ kiểm tra bù;  {EXEMPT} miễn;  {NOT_TAKEN} không học môn này."
)

NOT_LOCKED = "Kết quả chưa khóa: điểm trung bình và mức đánh giá các môn là tạm tính đến lúc in."

COUNTED_AS = {Scale.MARK: "0", Scale.TEST: "0", Scale.PASS: "CĐ"}
"""What an assessment missed without a reason counts as (TT22/2021 Art. 7); levels have no such value."""

LEFT = {"MOVED": "Chuyển trường", "LEFT": "Thôi học"}
PROMOTIONS: Mapping[str, str] = {
    "PROMOTED": "Lên lớp",
    "NOT_PROMOTED": "Không lên lớp",
    "RETEST": "Đánh giá lại",
    "SUMMER_TRAINING": "Rèn luyện hè",
}
COMPLETIONS: Mapping[str, str] = {
    "COMPLETED": "Hoàn thành chương trình",
    "NOT_COMPLETED": "Chưa hoàn thành chương trình",
}


def written(cell: Cell, scale: Scale) -> str:
    """The cell as the law's books show it: 7,5; Đ; 0* or CĐ* when missed without a reason; v; M."""
    if cell.state is CellState.VALUE:
        return in_words(cell.value)
    if cell.state is CellState.MISSED_UNEXCUSED:
        return COUNTED_AS.get(scale, "") + UNEXCUSED
    return {CellState.MISSED_EXCUSED: EXCUSED, CellState.EXEMPT: EXEMPT}.get(cell.state, "")


def in_words(value: str | Decimal | None) -> str:
    """A result as it is written: decimals with a comma, nothing where there is none."""
    if value is None:
        return ""
    text = str(value)
    return text.replace(".", ",") if text[:1].isdigit() else text


def on_day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def years(school_year: int) -> str:
    return f"{school_year}–{school_year + 1}"


def what_became(pupil: Pupil) -> str:
    """Where a pupil went who is no longer in the class."""
    return f"{LEFT[pupil.ended_as or '']} {on_day(pupil.ended_on)}".strip() if pupil.has_left else ""


def outcome(result: Result) -> str:
    """What follows the year; in the last grade of a stage, whether its programme is completed."""
    if result.completion:
        return COMPLETIONS[result.completion]
    return PROMOTIONS.get(result.promotion or "", result.promotion or "")
