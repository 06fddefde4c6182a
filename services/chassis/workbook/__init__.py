"""Reading and writing of spreadsheets that people exchange; it knows cells and headings and no school matter."""

from services.chassis.workbook import faults
from services.chassis.workbook.book import Book, check_size, open_book, read_file
from services.chassis.workbook.bounded import Limits, bounded
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
from services.chassis.workbook.headings import Heading, Path, Shape, Spot, squashed
from services.chassis.workbook.letters import spelling_key
from services.chassis.workbook.problems import CellProblem, WorkbookRefused, column_letter, in_order, problem, refusal
from services.chassis.workbook.tables import FaultList, Row, Table, find_spots, read_table, read_tables

__all__ = [
    "Book",
    "CellProblem",
    "Fault",
    "FaultList",
    "Heading",
    "Limits",
    "Path",
    "Row",
    "Shape",
    "Spot",
    "Table",
    "Unreadable",
    "Value",
    "WorkbookRefused",
    "a_choice",
    "a_date",
    "a_decimal",
    "a_text",
    "bounded",
    "check_size",
    "column_letter",
    "faults",
    "find_spots",
    "in_order",
    "normalised",
    "open_book",
    "or_none",
    "problem",
    "read_file",
    "read_table",
    "read_tables",
    "refusal",
    "spelling_key",
    "squashed",
    "text_of",
]
