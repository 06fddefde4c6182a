"""What one cell holds: its text as people see it, and parsers that say why a cell cannot be read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias, TypeVar

from services.chassis.workbook.letters import STROKED_D, repaired

T = TypeVar("T")
Value: TypeAlias = str | float | bool | date | datetime | time | timedelta

SERIAL_ZERO = date(1899, 12, 30)
SERIALS = range(61, 2_958_466)  # 1/3/1900, past the leap day that Excel invented, to 31/12/9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a cell or a file is not accepted, in both languages; ``code`` is for programs and never changes."""

    code: str
    vi: str
    en: str


EMPTY = Fault(code="empty", vi="Ô bắt buộc đang để trống", en="A required cell is empty")
NOT_A_DATE = Fault(code="not_a_date", vi="Không phải ngày dạng dd/mm/yyyy", en="Not a date as dd/mm/yyyy")
NOT_A_NUMBER = Fault(code="not_a_number", vi="Không phải số", en="Not a number")


class Unreadable(Exception):  # noqa: N818 - an answer about a cell, not a fault of the program
    """What a cell parser raises; FaultList.check makes it a CellProblem."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def normalised(text: str) -> str:
    """``text`` as headings are compared: NFC, spaces folded, no case, the Icelandic Ð taken for Đ."""
    return text_of(text).translate(STROKED_D).casefold()


def text_of(value: Value) -> str:
    """What the cell shows: NFC, spaces folded, a whole number without decimals, a date as dd/mm/yyyy."""
    if isinstance(value, float):
        return f"{value:.15g}"  # the digits Excel keeps
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return _folded(str(value))


def a_text(value: Value) -> str:
    """Parser of a cell that must hold text."""
    text = text_of(value)
    if not text:
        raise Unreadable(EMPTY)
    return text


def a_date(value: Value) -> date:
    """Parser of a date cell, of dd/mm/yyyy as text (also with - or .), or of an Excel serial number."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return _date_of_serial(value) if isinstance(value, (int, float)) else _date_of_text(a_text(value))


def a_decimal(value: Value) -> Decimal:
    """Parser of a number, or of one written as 7,5 or 7.5."""
    text = a_text(value)
    if not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", text):
        raise Unreadable(NOT_A_NUMBER)
    return Decimal(text.replace(",", "."))


def a_choice(choices: Mapping[str, T], fault: Fault) -> Callable[[Value], T]:
    """Parser of a cell that must hold one of these texts, in any case; another one is this fault."""
    known = {normalised(text): choice for text, choice in choices.items()}

    def parse(value: Value) -> T:
        text = normalised(a_text(value))
        if text not in known:
            raise Unreadable(fault)
        return known[text]

    return parse


def or_none(parse: Callable[[Value], T]) -> Callable[[Value], T | None]:
    """The parser made to take an empty cell for None."""
    return lambda value: parse(value) if text_of(value) else None


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    """Kept for a while, since the same cell is looked at by its heading, its parser and its reader."""
    return " ".join(repaired(text).split())


def _date_of_serial(serial: float) -> date:
    if int(serial) not in SERIALS:
        raise Unreadable(NOT_A_DATE)
    return SERIAL_ZERO + timedelta(days=int(serial))


def _date_of_text(text: str) -> date:
    written = re.fullmatch(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", text)
    if not written:
        raise Unreadable(NOT_A_DATE)
    day, _, month, year = written.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError as impossible:
        raise Unreadable(NOT_A_DATE) from impossible
