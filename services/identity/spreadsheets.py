"""The staff list CSDL_GiaoVien read as values; a file with one fault is refused whole."""

import re
from dataclasses import dataclass

from services.chassis.workbook import (
    Fault,
    FaultList,
    Heading,
    Row,
    Unreadable,
    Value,
    a_text,
    read_table,
)

BAD_EMAIL = Fault(code="bad_email", vi="Không phải địa chỉ thư điện tử", en="Not an e-mail address")

STAFF, NAME, EMAIL = "Mã định danh Bộ GD&ĐT", "Họ tên", "Email"
STATE, POSITION = "Trạng thái CB", "Vị trí việc làm"
HEADINGS = (
    Heading(name=STAFF, aliases=("Mã định danh Bộ GDĐT", "Mã định danh", "Mã CBGVNV", "Mã cán bộ")),
    Heading(name=NAME, aliases=("Họ và tên",)),
    Heading(name=EMAIL),
    Heading(name=STATE),
    Heading(name=POSITION),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """One member of staff; state and position stay in the ministry's words, ``email`` is in lower case."""

    staff_code: str
    full_name: str
    email: str
    state: str
    position: str


def an_email(value: Value) -> str:
    text = a_text(value).lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", text):
        raise Unreadable(BAD_EMAIL)
    return text


def read_staff(data: bytes) -> tuple[StaffRow, ...]:
    """The staff of the file, in its order; raises WorkbookRefused with every problem."""
    table = read_table(data, HEADINGS)
    faults = FaultList(table)
    faults.check({STAFF: a_text, NAME: a_text, EMAIL: an_email, STATE: a_text, POSITION: a_text})
    faults.check_unique(STAFF)
    faults.check_unique(EMAIL)
    faults.refuse_if_any()
    return tuple(_staff_row(row) for row in table.rows)


def _staff_row(row: Row) -> StaffRow:
    return StaffRow(
        staff_code=a_text(row[STAFF]),
        full_name=a_text(row[NAME]),
        email=an_email(row[EMAIL]),
        state=a_text(row[STATE]),
        position=a_text(row[POSITION]),
    )
