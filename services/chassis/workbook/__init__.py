"""Reading .xlsx files that people filled in; it knows cells and headings and no school matter."""

from services.chassis.workbook.cells import (
    Fault,
    Unreadable,
    Value,
    a_choice,
    a_date,
    a_decimal,
    a_text,
    normalised,
    or_none,
    text_of,
)
from services.chassis.workbook.tables import (
    CellProblem,
    FaultList,
    Heading,
    Row,
    Table,
    WorkbookRefused,
    column_letter,
    read_table,
)

__all__ = [
    "CellProblem",
    "Fault",
    "FaultList",
    "Heading",
    "Row",
    "Table",
    "Unreadable",
    "Value",
    "WorkbookRefused",
    "a_choice",
    "a_date",
    "a_decimal",
    "a_text",
    "column_letter",
    "normalised",
    "or_none",
    "read_table",
    "text_of",
]
