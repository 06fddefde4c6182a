"""Spreadsheets of the national education database read as values; a file with one fault is refused whole."""

from services.gradebook.spreadsheets.marks import ExpectedSheet, MarkRow, read_marks
from services.gradebook.spreadsheets.pupils import PupilRow, PupilState, Sex, read_pupils

__all__ = ["ExpectedSheet", "MarkRow", "PupilRow", "PupilState", "Sex", "read_marks", "read_pupils"]
