"""Rows out of .csv text: its encoding and its separator are found by looking."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from services.chassis.workbook import faults
from services.chassis.workbook.problems import refusal

SEPARATORS = ";\t,"
LOOKED_AT = 50  # rows
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
GUARDED = re.compile("^''*[=+\\-@\t\r\n＝＋－＠]")
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def rows_of(data: bytes) -> Iterator[list[str]]:
    """The records of the file; an apostrophe that guards a cell against being run as a formula is taken off."""
    text = decoded(data)
    hint = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    separator = hint[1] if hint else _separator(text)
    try:
        for row in _records(text[hint.end() :] if hint else text, separator):
            yield [cell[1:] if GUARDED.match(cell) else cell for cell in row]
    except csv.Error as broken:
        raise refusal(faults.NOT_A_WORKBOOK) from broken


def decoded(data: bytes) -> str:
    """The text of UTF-8 or UTF-16, with or without its mark; WorkbookRefused for another encoding or no text."""
    encoding = next((name for mark, name in BOMS.items() if data.startswith(mark)), None) or _guessed(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as other:
        is_text = not re.search(b"[\x00-\x08\x0e-\x1a]", data[:4096])
        raise refusal(faults.NOT_UNICODE if is_text else faults.NOT_A_WORKBOOK) from other
    if UNPRINTABLE.search(text):
        raise refusal(faults.NOT_A_WORKBOOK)
    return text


def _guessed(data: bytes) -> str:
    """UTF-16 without its mark shows by the zero bytes of its separators and digits."""
    sample = data[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 10 < len(sample):
        return "utf-8"
    return "utf-16-be" if even > odd else "utf-16-le"


def _separator(text: str) -> str:
    """The one by which most rows fall into equally many cells; text without any is no table."""
    best, (count, width) = max(
        ((separator, _regularity(text, separator)) for separator in SEPARATORS), key=lambda pair: pair[1]
    )
    if not count or not width:
        raise refusal(faults.NOT_A_WORKBOOK)
    return best


def _regularity(text: str, separator: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        widths.update(len(row) for row in islice(_records(text, separator), LOOKED_AT) if len(row) > 1)
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _records(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(text.splitlines(keepends=True), delimiter=separator)
