"""Spreadsheets of schools and of the national education database, read as values and written from them."""

from services.gradebook.spreadsheets.imported import PupilState, Sex
from services.gradebook.spreadsheets.marks import ExpectedSheet, MarkRow, read_marks
from services.gradebook.spreadsheets.pupils import PupilRow, read_pupils

__all__ = ["ExpectedSheet", "MarkRow", "PupilRow", "PupilState", "Sex", "read_marks", "read_pupils"]
