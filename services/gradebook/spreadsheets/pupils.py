"""The pupil list C1-HocSinh: one row per pupil of the whole school."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from services.chassis.workbook import (
    Fault,
    FaultList,
    Heading,
    Row,
    Value,
    a_choice,
    a_date,
    a_text,
    or_none,
    read_table,
)
from services.gradebook.spreadsheets.imported import PupilState, Sex
from services.gradebook.spreadsheets.readings import a_personal_id, a_sex, a_state

UNKNOWN_CLASS = Fault(code="unknown_class", vi="Trường không có lớp này", en="The school has no such class")


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
