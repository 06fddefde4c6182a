"""Statistics in words and as files: what the values are called, and a table that a spreadsheet program opens safely."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import flask

from gateway.endpoints import XLSX
from gateway.language import say
from services.chassis.workbook.writing import Page, csv_of, xlsx_of
from services.contracts.gradebook.results import Period
from services.contracts.gradebook.statistics import NONE, Dimension, Measure, ReadStatistics, Statistics, StatisticsRow
from services.contracts.identity import FindUnits, Units

Names: TypeAlias = Mapping[UUID | str, str]

Cell: TypeAlias = str | int

MEASURES = {
    Measure.LEVEL: ("Kết quả học tập", "Study level"),
    Measure.CONDUCT: ("Kết quả rèn luyện", "Conduct"),
    Measure.PROMOTION: ("Lên lớp", "Promotion"),
    Measure.TITLE: ("Danh hiệu", "Title"),
    Measure.PRIMARY_LEVEL: ("Kết quả giáo dục (tiểu học)", "Result of the year (primary)"),
    Measure.COMPLETION: ("Hoàn thành chương trình", "Completion"),
    Measure.ABSENCE: ("Số buổi nghỉ", "Absence"),
    Measure.SUBJECT: ("Kết quả môn học", "Subjects' results"),
}
DIMENSIONS = {
    Dimension.UNIT: ("Đơn vị", "Unit"),
    Dimension.STAGE: ("Cấp học", "Stage"),
    Dimension.GRADE: ("Khối", "Grade"),
    Dimension.GENDER: ("Giới tính", "Gender"),
    Dimension.ETHNICITY: ("Dân tộc", "Ethnicity"),
    Dimension.SUBJECT: ("Môn học", "Subject"),
}
PERIODS = {
    Period.TERM_1: ("Học kỳ 1", "Term 1"),
    Period.TERM_2: ("Học kỳ 2", "Term 2"),
    Period.YEAR: ("Cả năm", "Year"),
}
VALUES = {
    "Tốt": ("Tốt", "Good"),
    "Khá": ("Khá", "Fair"),
    "Đạt": ("Đạt", "Achieved"),
    "Chưa đạt": ("Chưa đạt", "Not achieved"),
    "Học sinh Xuất sắc": ("Xuất sắc", "Excellent"),
    "Học sinh Giỏi": ("Giỏi", "Good"),
    "Học sinh Tiêu biểu hoàn thành tốt trong học tập và rèn luyện": ("Tiêu biểu", "Outstanding"),
    "Hoàn thành xuất sắc": ("Hoàn thành xuất sắc", "Excellently completed"),
    "Hoàn thành tốt": ("Hoàn thành tốt", "Well completed"),
    "Hoàn thành": ("Hoàn thành", "Completed"),
    "Chưa hoàn thành": ("Chưa hoàn thành", "Not completed"),
    "PROMOTED": ("Lên lớp", "Promoted"),
    "RETEST": ("Kiểm tra lại", "Retest"),
    "SUMMER_TRAINING": ("Rèn luyện trong hè", "Summer training"),
    "NOT_PROMOTED": ("Không lên lớp", "Not promoted"),
    "COMPLETED": ("Hoàn thành", "Completed"),
    "NOT_COMPLETED": ("Chưa hoàn thành", "Not completed"),
    "UP_TO_45": ("Đến 45 buổi", "Up to 45"),
    "OVER_45": ("Trên 45 buổi", "Over 45"),
    "UNDER_3_5": ("Dưới 3,5", "Under 3.5"),
    "FROM_3_5": ("3,5 đến dưới 5", "3.5 to under 5"),
    "FROM_5": ("5 đến dưới 6,5", "5 to under 6.5"),
    "FROM_6_5": ("6,5 đến dưới 8", "6.5 to under 8"),
    "FROM_8": ("8 đến dưới 9", "8 to under 9"),
    "FROM_9": ("9 đến 10", "9 to 10"),
    "Đ": ("Đạt (Đ)", "Achieved (Đ)"),
    "CĐ": ("Chưa đạt (CĐ)", "Not achieved (CĐ)"),
    "T": ("Hoàn thành tốt (T)", "Well completed (T)"),
    "H": ("Hoàn thành (H)", "Completed (H)"),
    "C": ("Chưa hoàn thành (C)", "Not completed (C)"),
    NONE: ("Không có", "None"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def names_of(units: Units, found: Statistics) -> Names:
    """What units and subjects are called, by id and code."""
    return {unit.id: unit.name for unit in units.units} | found.subject_names


def units_in(found: Statistics) -> FindUnits:
    """The question how the units that figures are told apart by were called on the figures' day."""
    return FindUnits(unit_ids=tuple({row.unit_id: None for row in found.rows if row.unit_id}), on=found.on)


def table(query: ReadStatistics, found: Statistics, names: Names) -> Table:
    """The groups with their pupils, counts and percentages, and their total last; a hidden group has only its name."""
    dimensions = [one for one in Dimension if one in query.by]
    values = [say(*VALUES[value]) for value in found.values]
    headings = [say(*DIMENSIONS[one]) for one in dimensions] or [""]
    rows = [tuple(keys_of(row, dimensions, names)) + _figures(row, len(values)) for row in found.rows if dimensions]
    total = (say("Tổng", "Total"), *[""] * (len(headings) - 1), *_figures(found.total, len(values)))
    return Table(
        headings=(*headings, say("Số học sinh", "Pupils"), *values, *(f"% {value}" for value in values)),
        rows=(*rows, total),
    )


def keys_of(row: StatisticsRow, dimensions: Sequence[Dimension], names: Names) -> list[str]:
    """What a group is told apart by, in words."""
    return [_word(row, one, names) for one in dimensions]


def download(given: Table, query: ReadStatistics, ending: str) -> flask.Response:
    """The table as a file of that kind, csv or xlsx."""
    write, mimetype = FILES[ending]
    page = Page(name="", title=(), headings=[(one,) for one in given.headings], heading_row=1, rows=given.rows)
    response = flask.Response(write(page), mimetype=mimetype)
    name = f"thong-ke-{query.school_year}-{query.period.lower()}-{query.measure.lower()}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def number(count: int) -> str:
    """A whole number with its thousands set apart."""
    return say(f"{count:,}".replace(",", "."), f"{count:,}")


def percent(share: str) -> str:
    """A percentage as the person writes decimals."""
    return say(share.replace(".", ","), share)


def _figures(row: StatisticsRow, values: int) -> tuple[Cell, ...]:
    if row.is_hidden or row.pupils is None:
        return (say("dưới 5", "under 5"), *[""] * (2 * values))
    shares = row.shares or ("",) * values
    return (row.pupils, *row.counts, *(percent(share) for share in shares))


def _word(row: StatisticsRow, dimension: Dimension, names: Names) -> str:
    if dimension is Dimension.UNIT:
        return names.get(row.unit_id, str(row.unit_id)) if row.unit_id else ""
    value = getattr(row, dimension.name.lower())
    if dimension is Dimension.SUBJECT:
        return names.get(value, value)
    return str(value) if value not in (None, "") else say("chưa rõ", "not known")


FILES: Mapping[str, tuple[Callable[[Page], bytes], str]] = {
    "csv": (csv_of, "text/csv"),
    "xlsx": (lambda page: xlsx_of([page]), XLSX),
}
