"""Rows out of .csv text: its encoding and its separator are found by looking."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import chain, islice

from services.chassis.workbook import faults
from services.chassis.workbook.problems import refusal

SEPARATORS = ";\t,"
LOOKED_AT = 50  # rows
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
GUARDED = re.compile("^''*[=+\\-@\t\r\n＝＋－＠]")
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def rows_of(data: bytes) -> Iterator[list[str]]:
    """The records of the file; an apostrophe that guards a cell against being run as a formula is taken off.

    Raises WorkbookRefused, perhaps only on the way, for an encoding other than UTF-8 and UTF-16 or for no table.
    """
    try:
        lines = _lines(data)
        first = next(lines, "")
        hint = re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE)
        separator = hint[1] if hint else _separator(data)
        for row in csv.reader(lines if hint else chain([first], lines), delimiter=separator):
            yield [cell[1:] if GUARDED.match(cell) else cell for cell in row]
    except csv.Error as broken:
        raise refusal(faults.NOT_A_WORKBOOK) from broken
    except UnicodeDecodeError as other:
        is_text = not re.search(b"[\x00-\x08\x0e-\x1a]", data[:4096])
        raise refusal(faults.NOT_UNICODE if is_text else faults.NOT_A_WORKBOOK) from other


def _lines(data: bytes) -> Iterator[str]:
    """The lines one by one, so that a large file is not held twice."""
    encoding = next((name for mark, name in BOMS.items() if data.startswith(mark)), None) or _guessed(data)
    for line in TextIOWrapper(BytesIO(data), encoding, newline=""):
        if UNPRINTABLE.search(line):
            raise refusal(faults.NOT_A_WORKBOOK)
        yield line


def _guessed(data: bytes) -> str:
    """UTF-16 without its mark shows by the zero bytes of its separators and digits."""
    sample = data[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 10 < len(sample):
        return "utf-8"
    return "utf-16-be" if even > odd else "utf-16-le"


def _separator(data: bytes) -> str:
    """The one by which most rows fall into equally many cells; text without any is no table."""
    count, _, best = max((*_regularity(data, separator), separator) for separator in SEPARATORS)
    if not count:
        raise refusal(faults.NOT_A_WORKBOOK)
    return best


def _regularity(data: bytes, separator: str) -> tuple[int, int]:
    """How many rows have the commonest number of cells above one, and that number."""
    rows = islice(csv.reader(_lines(data), delimiter=separator), LOOKED_AT)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))
