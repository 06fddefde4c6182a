"""Workbooks typed row by row, as a teacher would."""

import io

import pytest
import xlsxwriter


@pytest.fixture
def xlsx():
    """A function from rows of cells to the bytes of a workbook with one sheet."""

    def written(rows):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Sheet1")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        return buffer.getvalue()

    return written
