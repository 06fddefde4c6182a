"""The pupil list C1-HocSinh: one row per pupil of the whole school."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum

from services.chassis.workbook import (
    Fault,
    FaultList,
    Heading,
    Row,
    Unreadable,
    Value,
    a_choice,
    a_date,
    a_text,
    or_none,
    read_table,
)

UNKNOWN_CLASS = Fault(code="unknown_class", vi="Trường không có lớp này", en="The school has no such class")
UNKNOWN_STATE = Fault(code="unknown_state", vi="Không có trạng thái này", en="A pupil has no such state")
UNKNOWN_SEX = Fault(code="unknown_sex", vi="Giới tính phải là Nam hoặc Nữ", en="Sex is Nam or Nữ")
BAD_PERSONAL_ID = Fault(code="bad_personal_id", vi="Số định danh phải có 12 chữ số", en="A personal ID has 12 digits")


class Sex(Enum):
    MALE = "Nam"
    FEMALE = "Nữ"


class PupilState(Enum):
    """The twelve states that the national database knows (Trạng thái HS), as it writes them."""

    STUDYING = "Đang học"
    ARRIVED_IN_TERM_1 = "Chuyển đến kỳ 1"
    RETURNED_IN_TERM_1 = "Nghỉ học xin học lại kỳ 1"
    MOVED_IN_TERM_1 = "Chuyển đi kỳ 1"
    LEFT_IN_TERM_1 = "Thôi học kỳ 1"
    ARRIVED_IN_TERM_2 = "Chuyển đến kỳ 2"
    RETURNED_IN_TERM_2 = "Nghỉ học xin học lại kỳ 2"
    MOVED_IN_TERM_2 = "Chuyển đi kỳ 2"
    LEFT_IN_TERM_2 = "Thôi học kỳ 2"
    ARRIVED_IN_SUMMER = "Chuyển đến trong hè"
    MOVED_IN_SUMMER = "Chuyển đi trong hè"
    LEFT_IN_SUMMER = "Thôi học trong hè"

    @property
    def is_at_school(self) -> bool:
        """Whether the pupil sits in class; one who came back after a break (xin học lại) does."""
        return not self.value.startswith(("Chuyển đi", "Thôi học"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRow:
    """One pupil of the list; ``pupil_code`` is the ministry's, ``personal_id`` is None until there is one."""

    class_code: str
    pupil_code: str
    full_name: str
    born_on: date
    sex: Sex
    state: PupilState
    ethnicity: str | None
    personal_id: str | None


CLASS, PUPIL, NAME, BORN = "Mã lớp", "Mã học sinh", "Họ tên", "Ngày sinh"
SEX, STATE, ETHNICITY, PERSONAL_ID = "Giới tính", "Trạng thái HS", "Dân tộc", "Số định danh cá nhân"
HEADINGS = (
    Heading(name=CLASS),
    Heading(name=PUPIL),
    Heading(name=NAME, aliases=("Họ và tên",)),
    Heading(name=BORN),
    Heading(name=SEX),
    Heading(name=STATE),
    Heading(name=ETHNICITY),
    Heading(name=PERSONAL_ID),
)


def a_personal_id(value: Value) -> str:
    """Parser of a number of twelve digits; whether it fits birth and sex is a warning elsewhere, never a refusal."""
    text = a_text(value)
    if not re.fullmatch(r"[0-9]{12}", text):
        raise Unreadable(BAD_PERSONAL_ID)
    return text


a_sex = a_choice({sex.value: sex for sex in Sex}, UNKNOWN_SEX)
a_state = a_choice({state.value: state for state in PupilState}, UNKNOWN_STATE)


def read_pupils(data: bytes, *, class_codes: Collection[str]) -> tuple[PupilRow, ...]:
    """The pupils of the file, in its order; raises WorkbookRefused with every problem."""
    table = read_table(data, HEADINGS)
    a_class = a_choice({code: code for code in class_codes}, UNKNOWN_CLASS)
    faults = FaultList(table)
    faults.check({CLASS: a_class, PUPIL: a_text, NAME: a_text, BORN: a_date})
    faults.check({SEX: a_sex, STATE: a_state, PERSONAL_ID: or_none(a_personal_id)})
    faults.check_unique(PUPIL)
    faults.check_unique(PERSONAL_ID)
    faults.refuse_if_any()
    return tuple(_pupil(row, a_class) for row in table.rows)


def _pupil(row: Row, a_class: Callable[[Value], str]) -> PupilRow:
    return PupilRow(
        class_code=a_class(row[CLASS]),
        pupil_code=a_text(row[PUPIL]),
        full_name=a_text(row[NAME]),
        born_on=a_date(row[BORN]),
        sex=a_sex(row[SEX]),
        state=a_state(row[STATE]),
        ethnicity=or_none(a_text)(row[ETHNICITY]),
        personal_id=or_none(a_personal_id)(row[PERSONAL_ID]),
    )
